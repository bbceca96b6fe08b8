/** Environment files as people write them, with the entries that are in them. */
import fc from 'fast-check'

/** What was written, and where. */
export interface WrittenEntry {
  readonly kind: 'key' | 'channel' | 'index' | 'spec' | 'section' | 'requirement'
  readonly text: string
  readonly line: number
}

export interface WrittenFile {
  readonly text: string
  readonly entries: readonly WrittenEntry[]
}

/** A line of a file, and what is written on it. */
interface Line {
  readonly text: string
  readonly entries: readonly Omit<WrittenEntry, 'line'>[]
}

const NAMES = ['numpy', 'xarray', 'Dask', 'my_pkg', 'ruamel.yaml', 'r-base', '_libgcc_mutex', 'pip', 'tensorflow']
const VERSIONS = [
  '',
  '=1.2',
  '==1.2',
  ' >=2,<3',
  '>=1|<0.5',
  ' 1.2 py312h5eee18b_0',
  '=*=*mkl*',
  '=1!2.0',
  '~=1.4',
  '=1.2=0_cpython'
]
const BRACKETS = [
  '',
  '',
  '',
  '[complete]',
  '[build_number=3]',
  '[version=">=2"]',
  '[md5=abc,extra]',
  '[build=7_cp311]',
  ' (optional)'
]
const CHANNELS = ['', '', '', 'conda-forge::', 'pytorch/linux-64::', 'https://conda.anaconda.org/conda-forge::', 'pip:']

const anyOf = <T>(...items: readonly T[]) => fc.constantFrom(...items)

const spec = fc
  .tuple(anyOf(...CHANNELS), anyOf(...NAMES), anyOf(...VERSIONS), anyOf(...BRACKETS))
  .map(([channel, name, version, brackets]) => `${channel}${name}${brackets === '' ? version : brackets}`)

/** A requirement that names a package. */
export const plainRequirement = fc
  .tuple(
    anyOf(' ', ''),
    anyOf('requests', 'Some.Pkg', 'a', 'my_pkg', 'foo-bar', 'x1'),
    anyOf('', '', '[a]', ' [b, c-d]'),
    anyOf(
      '',
      '==1.*',
      '>=2,<3',
      ' ~= 1.4',
      ' (>=1, !=1.5)',
      '===1.0',
      '>1.0rc1',
      '==1.0+local.1',
      '==1.0 --hash=sha256:0a'
    ),
    anyOf(
      '',
      '',
      '; python_version < "3.9"',
      " ; sys_platform == 'win32'",
      '; os_name=="posix" and extra=="x"',
      ";platform_machine!='arm64'"
    )
  )
  .map(parts => parts.slice(1).join(''))

/** A requirement that leads elsewhere than to an index. */
export const address = fc
  .tuple(
    anyOf('', '', 'foo', 'foo[x]', 'Foo.Bar '),
    anyOf('@', ' @ ', '@ '),
    anyOf(
      'git+',
      'git+ssh://git@',
      'https://',
      'http://',
      'file:///',
      '/',
      './',
      '../',
      'hg+https://',
      'svn+ssh://',
      'ssh://',
      'bzr+lp:',
      ''
    ),
    anyOf(
      'evil.example:x/y.git',
      'evil.example/x-1-py3-none-any.whl',
      'x',
      'x/y@v1#subdirectory=z',
      '%2e/x',
      '${HOME}/x'
    ),
    anyOf('', '', "; sys_platform == 'win32'", ' ; python_version<"3"')
  )
  .map(([name, at, scheme, path, marker]) => `${name === '' ? '' : `${name}${at}`}${scheme}${path}${marker}`)

/** Pieces of requirements in any order; most of it is none. */
export const jumble = fc
  .array(
    anyOf(
      ...['foo', 'Foo.Bar', 'x', ' ', ' ', '[a]', '[', ']', '@', ' @ ', 'git+', 'ssh://', '://', ':', '/', '../', './'],
      ...[
        '>=1',
        '==2',
        '<',
        '=',
        ',',
        '(',
        ')',
        ';',
        'os_name',
        '"posix"',
        '"',
        "'",
        '#',
        '--hash=sha256:0a',
        '-e',
        '\\'
      ]
    ),
    { minLength: 1, maxLength: 6 }
  )
  .map(pieces => pieces.join(''))

const requirement = fc.oneof(
  { weight: 8, arbitrary: plainRequirement },
  { weight: 1, arbitrary: anyOf('-e .', '-e ./src') }
)

export const comment = anyOf(
  ...[
    '',
    '',
    '',
    '',
    '  # why',
    '  # [linux]',
    ' # [osx]',
    ' #[unix]',
    ' # [not win]',
    ' # bars [for storms]',
    ' # see [1] (here)'
  ],
  ...[
    '  # [arm64] [linux64]',
    ' # a # b [win',
    '  # [linux and not aarch64]',
    ' # ([osx])',
    ' # [] x',
    ' # [win] #[x]#[x'
  ]
)

/** As it is, or in quotes; what means something to YAML needs them. */
const scalar = (text: string) =>
  fc.boolean().map(quoted => (quoted || !/^[A-Za-z][\w=.<-]*$/.test(text) ? JSON.stringify(text) : text))

const item = (kind: WrittenEntry['kind'], text: fc.Arbitrary<string>, indent: string): fc.Arbitrary<Line> =>
  text.chain(value =>
    fc.tuple(scalar(value), comment).map(([written, end]) => ({
      text: `${indent}- ${written}${end}`,
      entries: [{ kind, text: value }]
    }))
  )

const section = (name: string, rest: string): Line => ({
  text: `  - ${name}:${rest}`,
  entries: [{ kind: 'section', text: name }]
})

const pipSection = fc.oneof<fc.Arbitrary<Line[]>[]>(
  fc.array(item('requirement', requirement, '    '), { maxLength: 4 }).map(lines => [section('pip', ''), ...lines]),
  fc.tuple(fc.array(requirement, { maxLength: 3 }), comment).map(([texts, end]) => [
    {
      text: `  - pip: ${JSON.stringify(texts)}${end}`,
      entries: [{ kind: 'section', text: 'pip' }, ...texts.map(text => ({ kind: 'requirement', text }) as const)]
    }
  ])
)

const otherSection = anyOf('python', 'numpy').map(name => [section(name, ' 3')])

const dependencies: fc.Arbitrary<Line[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: item('spec', spec, '  ').map(line => [line]) },
      { weight: 1, arbitrary: pipSection },
      { weight: 1, arbitrary: otherSection },
      { weight: 1, arbitrary: anyOf('', '  # a comment', '  # - gone # [linux]').map(text => [{ text, entries: [] }]) }
    ),
    { maxLength: 8 }
  )
  .map(groups => [
    { text: 'dependencies:', entries: [{ kind: 'key', text: 'dependencies' }] },
    { text: '  - python', entries: [{ kind: 'spec', text: 'python' }] },
    ...groups.flat()
  ])

const key = (text: string): Line => ({
  text,
  entries: [{ kind: 'key', text: text.slice(0, text.indexOf(':')) }]
})

const settings: fc.Arbitrary<Line[]> = fc.subarray([
  ...[
    'name: x',
    'platforms: [osx-64]',
    'prefix: /opt/x',
    'variables: {A: b}',
    'category: dev',
    'unknown:',
    '# a comment [win]'
  ].map(text => (text.startsWith('#') ? { text, entries: [] } : key(text))),
  {
    text: 'channels: [conda-forge, nodefaults] # [linux]',
    entries: [
      { kind: 'key', text: 'channels' },
      { kind: 'channel', text: 'conda-forge' },
      { kind: 'channel', text: 'nodefaults' }
    ]
  } as const
])

/** A file that conda-lock can read, its keys in any order. */
export const environmentFile: fc.Arbitrary<WrittenFile> = fc
  .tuple(settings, dependencies, fc.nat(), anyOf('\n', '\n', '\r\n'))
  .map(([head, list, split, end]) => {
    const place = split % (head.length + 1)
    const lines = [...head.slice(0, place), ...list, ...head.slice(place)]
    return {
      text: lines.map(line => line.text + end).join(''),
      entries: lines.flatMap((line, index) => line.entries.map(entry => ({ ...entry, line: index + 1 })))
    }
  })
