/** Text as somebody would write it who wants to break a parser, a log or a page. */
import fc from 'fast-check'

/** What means something to YAML, JSON, lockfiles, specs, the runner, a terminal or Markdown. */
const SNIPPETS = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '  ',
    '\0',
    '\u001b[31m',
    '\u0085',
    '\u2028',
    '\u202e',
    '\u200b',
    '\ufeff',
    '\ud800',
    '🐍'
  ],
  ...['&a ', '*a', '&b [*a, *a]', '<<: *a\n', '<<: {a: b}\n', '? ', ': ', '- ', '|\n', '>-\n', '# ', '---\n', '...\n'],
  ...[
    '%YAML 9.9\n---\n',
    '%YAML 1.2\n---\n',
    '%TAG ! x\n---\n',
    '!!python/object:os.system ',
    '!!binary aGk=',
    '!!set {a}',
    '!x '
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    ',',
    '\\',
    '\\x',
    '"\\ud800"',
    'null',
    '~',
    'y',
    'no',
    '1e999',
    '0x1F',
    '1:30',
    '.nan'
  ],
  ...['__proto__: a\n', '"constructor": 1,', 'toString', 'hasOwnProperty: {}\n', '{"a":'],
  ...[
    'dependencies:\n',
    'channels: [a]\n',
    '  - pip:\n',
    '    - a\n',
    '- a # [linux]\n',
    '#[x]#[x](',
    'package:\n',
    'metadata: {}\n'
  ],
  ...[
    '@EXPLICIT\n',
    '# pip (a+)+ @ https://x/a-1.whl#sha256=00\n',
    'https://x/linux-64/a-1-0.conda#',
    '%zz',
    '%2e%2e/',
    '../'
  ],
  ...['conda-forge::a', 'a[version=">=1"]', 'a @ git+ssh://x', '-e .', '==1.0', '; python_version<"3"', '(', ')'],
  ...[
    '::error::x',
    '##[error]x',
    '<!-- conda-lock-sync: {"files":1} -->',
    '<script>',
    '`',
    '``` ',
    '|',
    '\\|',
    '](//x)',
    '@octocat'
  ]
]

const snippet = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...SNIPPETS) },
  fc.string({ unit: 'binary', maxLength: 5 })
)

/** Many of the same, which take the time of anything that is not linear; or deep ones. */
const run = fc.tuple(snippet, fc.integer({ min: 2, max: 3000 })).map(([text, count]) => text.repeat(count))

/** Anything at all. */
export const soup = fc.oneof(
  { weight: 6, arbitrary: fc.array(snippet, { maxLength: 40 }).map(parts => parts.join('')) },
  { weight: 1, arbitrary: fc.array(fc.oneof(snippet, run), { maxLength: 6 }).map(parts => parts.join('')) }
)

interface Change {
  readonly kind: 'insert' | 'remove' | 'repeat'
  /** Parts of the length: where, and up to where. */
  readonly from: number
  readonly length: number
  readonly text: string
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'remove', 'repeat'),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 80 }),
  text: fc.oneof({ weight: 8, arbitrary: snippet }, { weight: 1, arbitrary: run })
})

function apply(text: string, { kind, from, length, text: added }: Change): string {
  const start = Math.floor(from * text.length)
  const part = text.slice(start, start + length)
  if (kind === 'insert') return text.slice(0, start) + added + text.slice(start)
  return text.slice(0, start) + (kind === 'repeat' ? part + part : '') + text.slice(start + length)
}

/** Good files, with some changes. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(texts, fc.array(change, { maxLength: 4 })).map(([text, changes]) => changes.reduce(apply, text))
}

/** Any value of JSON, with names that mean something somewhere. */
export function value(names: readonly string[]): fc.Arbitrary<unknown> {
  return fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.oneof(soup, fc.constantFrom(...names, '1', 'linux-64'), fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...names) }, snippet), tie('value'), {
        maxKeys: 8
      })
    )
  })).value
}
