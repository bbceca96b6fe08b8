import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { inputsHash, type SolveSettings } from '../../src/environment/inputs-hash.js'
import { parseEnvironment, type Environment } from '../../src/environment/parse.js'
import { selectorOf } from '../../src/environment/selectors.js'
import { PLATFORMS, type Platform } from '../../src/lockfile/platforms.js'
import { askToolchain } from '../support/toolchain-python.js'

const SOURCE = { file: 'environment.yml', fix: 'Correct environment.yml.' }

function parse(text: string | Uint8Array, platforms: readonly Platform[] = ['linux-64']): Environment {
  return parseEnvironment(SOURCE, typeof text === 'string' ? Buffer.from(text) : text, platforms)
}

/** Files that conda-lock reads. */
const READABLE: Readonly<Record<string, string>> = {
  plain: 'name: x\nchannels:\n  - conda-forge\n  - nodefaults\ndependencies:\n  - python=3.11\n  - "xarray >=2025"\n',
  flow: '{channels: [conda-forge], dependencies: [a, b=1.10, "c[version=1]"]}',
  selectors: [
    'dependencies:',
    '  - all',
    '  - linux # [linux]',
    '  - linux64 # only here [linux64]',
    '  - unix  #[unix]',
    '  - mac  # [osx]',
    '  - m1 # [arm64]',
    '  - arm # [aarch64]',
    '  - ppc # [ppc64le]',
    '  - win # [win]',
    '  - odd # [osx] (not a selector)',
    '  - none # [nothing]',
    '  - two # [linux] [win]',
    '  - extra[dev] # [unix]',
    '  # - commented # [linux]',
    '  - last  # no selector',
    ''
  ].join('\n'),
  pip: 'dependencies:\n  - a\n  - pip\n  - pip:\n    - b==1.0\n    - c[extra]>=2 # [linux]\n    - d # [win]\n  - e\n',
  'pip that is empty elsewhere': 'dependencies:\n  - a\n  - pip:\n    - b # [linux]\n',
  windows: 'channels:\r\n  - c\r\ndependencies:\r\n  - all\r\n  - a # [linux]\r\n  - b # [win]\r\n',
  'byte order mark': '\ufeffdependencies:\n  - a\n',
  'non-ASCII': 'name: Größe 🐍\ndependencies:\n  - a  # für alle\n',
  anchors: 'x: &x [conda-forge]\nchannels: *x\ny: &y {dependencies: [a]}\n<<: *y\n',
  'yaml 1.1': 'dependencies:\n  - python=3.10\n  - a=1_0\n  - "010"\nallow-pypi-requests: no\n',
  'yaml 1.2': '%YAML 1.2\n---\ndependencies: [a, "y", n]\nallow-pypi-requests: no\n',
  'numbers as keys': '1: 2\ndependencies: [a]\n',
  'no final newline': 'dependencies:\n  - a'
}

test("reads what conda-lock's own selectors and YAML parser read, for every platform", async () => {
  const program = `
import json, logging, sys, yaml
from conda_lock.src_parser.selectors import filter_platform_selectors
logging.disable()
task = json.load(sys.stdin)
read = lambda text, platform: yaml.safe_load("\\n".join(filter_platform_selectors(text, platform=platform)))
print(json.dumps({
    name: {platform: read(text, platform)["dependencies"] for platform in task["platforms"]}
    for name, text in task["texts"].items()
}))`
  const ours = Object.fromEntries(
    Object.entries(READABLE).map(([name, text]) => {
      const environment = parse(text, PLATFORMS)
      return [name, Object.fromEntries(PLATFORMS.map(platform => [platform, environment.dependencies(platform)]))]
    })
  )
  const theirs = await askToolchain(program, { texts: READABLE, platforms: PLATFORMS })
  // A `pip:` section that is empty on a platform is null for conda-lock, which then skips it; here it is empty.
  expect(ours).toEqual(JSON.parse(JSON.stringify(theirs).replaceAll('{"pip":null}', '{"pip":[]}')))
})

/** Lines of all that means something to a selector. */
const selectorLine = fc.array(fc.constantFrom('a', ' ', '#', '[', ']', '(', ')', '[linux]', '# [osx]'), {
  maxLength: 14
})

test("finds the selectors that conda-lock's own pattern finds, here and in the Python process", async () => {
  const program = `
import json, re, sys
sys.path.insert(0, "solver")
import selector_pattern
from conda_lock.src_parser import selectors
lines = json.load(sys.stdin)
pattern = re.compile(r"(.+?)\\s*(#.*)\\[([^\\[\\]]+)\\](?(2)[^\\(\\)]*)$")
assert pattern.pattern in open(selectors.__file__).read()
third = lambda match: match and match.group(3)
selector_pattern.install()
kept = selectors.filter_platform_selectors("x # [osx]\\ny # [linux]", "linux-64")
print(json.dumps({"theirs": [third(pattern.match(line)) for line in lines],
                  "ours": [third(selector_pattern.find_selector(line)) for line in lines], "kept": list(kept)}))`
  const lines = fc.sample(selectorLine, { seed: 16, numRuns: 2000 }).map(parts => parts.join(''))
  const found = lines.map(line => selectorOf(line) ?? null)
  expect(await askToolchain(program, lines)).toEqual({ theirs: found, ours: found, kept: ['y # [linux]'] })
})

test('reads the settings beside the dependencies', () => {
  expect(parse(READABLE.plain ?? '')).toMatchObject({
    file: 'environment.yml',
    channels: ['conda-forge'],
    category: 'main',
    pipRepositories: [],
    allowPypiRequests: true
  })
  const text =
    'category: dev\npip-repositories: [http://127.0.0.1/simple]\nallow-pypi-requests: false\ndependencies: []\n'
  expect(parse(text)).toMatchObject({
    channels: [],
    category: 'dev',
    pipRepositories: ['http://127.0.0.1/simple'],
    allowPypiRequests: false
  })
})

test('a file may be empty for platforms that nobody asked for', () => {
  const text = 'dependencies:\n  - a # [linux]\n'
  expect(parse(text).dependencies('linux-64')).toEqual(['a'])
  expect(() => parse(text, ['linux-64', 'win-64'])).toThrow('not an environment file')
})

/** Each line is twice the one before. */
function doubling(list: string): string {
  const lines = Array.from(
    { length: 20 },
    (_, index) => `x${index + 1}: &${index + 1} ${list.replaceAll('0', String(index))}`
  )
  return ['x0: &0 [a]', ...lines, 'dependencies: [a]', ''].join('\n')
}

function nested(depth: number): string {
  return Array.from({ length: depth }, (_, index) => `${' '.repeat(index)}a:\n`).join('')
}

function keys(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}: a\n`).join('')
}

test.each<[string, string | Uint8Array, number, RegExp]>([
  ['not YAML', 'channels:\n  - a\ndependencies: [a\n', 4, /not valid YAML/],
  ['a tab', 'dependencies:\n\t- a\n', 2, /not valid YAML: Tabs/],
  ['two documents', 'dependencies: [a]\n---\ndependencies: [b]\n', 2, /not valid YAML: Source contains multiple/],
  [
    'conflict markers',
    'channels: [c]\ndependencies:\n  - a\n<<<<<<< HEAD\n  - b\n=======\n  - c\n>>>>>>> main\n',
    4,
    /environment\.yml has a merge conflict that nobody has resolved/
  ],
  ['an alias of nothing', 'dependencies: *a\n', 1, /not valid YAML: Unresolved alias/],
  ['a key that is a list', '? [a]\n: b\ndependencies: [a]\n', 1, /not valid YAML/],
  ['a text', 'hello\n', 1, /not an environment file/],
  ['nothing', '', 1, /not an environment file/],
  ['no dependencies', 'name: x\nchannels: []\n', 1, /no `dependencies:` list/],
  ['dependencies that are no list', 'name: x\ndependencies: python\n', 2, /no `dependencies:` list/],
  [
    'a number',
    'name: x\ndependencies:\n  - 3.11\n',
    3,
    /neither a spec such as `name=1.2` nor a `pip:` section with a list: 3\.11/
  ],
  ['a dash alone', 'dependencies:\n  - a\n  -\n', 3, /has a dash under `dependencies:` with nothing behind it\.$/],
  ['pip as a text', 'dependencies:\n  - pip: a\n', 2, /neither a spec such as `name=1.2` nor a `pip:` section/],
  ['channels that are no list', 'dependencies: []\nchannels: conda-forge\n', 2, /no list of texts under `channels:`/],
  ['bytes', Uint8Array.of(0x64, 0xff), 1, /not text in UTF-8/],
  ['channels that only PyYAML sees', 'dependencies: []\n# a\rchannels: [evil]\n', 2, /has the character U\+000D/],
  ['dependencies that only PyYAML sees', 'dependencies: []\n# a\u2028dependencies: [evil]\n', 2, /U\+2028/],
  ['lines that only Python sees', 'dependencies: []\n# a\u0085b: c\n', 2, /U\+0085/],
  ['a list in itself', 'name: x\ndependencies: &a [*a]\n', 2, /the alias \*a stands within what it stands for/],
  ['a mapping in itself', 'x: &a\n  b: *a\ndependencies: [a]\n', 2, /the alias \*a stands within what it stands for/],
  ['a merge with itself', 'dependencies: [a]\nx: &a {<<: *a}\n', 2, /the alias \*a stands within/],
  ['a merge with a text', 'dependencies: [a]\n<<: a\n', 2, /not valid YAML: Merge sources must be maps/],
  ['another YAML', '%YAML 9.9\n---\ndependencies: [a]\n', 1, /not valid YAML: Unsupported YAML version 9\.9/],
  ['a directive of nobody', '%FOO\n---\ndependencies: [a]\n', 1, /not valid YAML: Unknown directive %FOO/],
  ['an object of Python', 'dependencies:\n  - !!python/object:os.system a\n', 2, /not valid YAML: Unresolved tag/],
  ['many aliases', `x: &x a\ndependencies:\n${'- *x\n'.repeat(101)}`, 103, /has more than 100 aliases/],
  ['lists of lists', doubling('[*0, *0]'), 2, /not valid YAML: Excessive alias count/],
  ['deep lists', `dependencies: [a]\nx: ${'['.repeat(3000)}${']'.repeat(3000)}\n`, 2, /more than 20 lists or mappings/],
  ['deep lists without an end', `dependencies: [a]\nx: ${'['.repeat(90_000)}`, 2, /more than 20 lists or mappings/],
  ['deep items', `dependencies:\n${'- '.repeat(5000)}a`, 2, /more than 20 lists or mappings/],
  ['deep keys', `dependencies: [a]\n${': '.repeat(50_000)}`, 2, /more than 20 lists or mappings/],
  ['deep mappings', `dependencies: [a]\n${nested(60)}`, 22, /more than 20 lists or mappings/],
  ['very many entries', `dependencies:\n${'- xarray\n'.repeat(15_000)}`, 9999, /has more than 10000 entries/],
  ['very many keys', `dependencies: [a]\n${keys(15_000)}`, 5000, /has more than 10000 entries/],
  ['a spec of a novel', `dependencies:\n  - a\n  - ${'b'.repeat(2000)}\n`, 3, /an entry of more than 1000 characters/],
  ['a megabyte', `dependencies: [a]\n${'# a\n'.repeat(250_000)}`, 1, /is larger than 256 KiB/]
])('refuses %s, with the line', (_what, text, line, message) => {
  expect.assertions(2)
  try {
    parse(text)
  } catch (error) {
    expect(error).toMatchObject({ kind: 'environment', hint: SOURCE.fix, place: { file: 'environment.yml', line } })
    expect(String(error)).toMatch(message)
  }
})

test('a section that is not pip is ignored, as conda-lock does, but known with its line', () => {
  const environment = parse('dependencies:\n  - a\n  - python: 3\n')
  expect(environment.dependencies('linux-64')).toEqual(['a', { pip: [] }])
  expect(environment.entries).toContainEqual(expect.objectContaining({ kind: 'section', text: 'python', line: 3 }))
})

describe('the hash of the inputs', () => {
  const SETTINGS: SolveSettings = {
    platforms: ['linux-64'],
    channelAlias: 'https://c',
    lookup: undefined,
    solver: 'rattler'
  }
  const hash = (texts: readonly string[], settings: Partial<SolveSettings> = {}) => {
    const all = { ...SETTINGS, ...settings }
    return inputsHash(
      texts.map(text => parse(text, all.platforms)),
      all
    )
  }
  const text = 'channels: [c]\ndependencies:\n  - a\n  - b>=1\n'
  const before = hash([text])

  test.each([
    ['a comment', '# hello\nchannels: [c]\ndependencies:\n  - a  # why\n  - b>=1\n'],
    ['layout', 'dependencies: [a, "b>=1"]\nchannels:\n- c\n'],
    ['a name', `name: env\n${text}`],
    ['a spec for another platform', `${text}  - w  # [win]\n`]
  ])('does not cover %s', (_what, other) => {
    expect(hash([other])).toBe(before)
  })

  test.each<[string, readonly string[], Partial<SolveSettings>?]>([
    ['a spec', [text.replace('b>=1', 'b>=2')]],
    ['the order of specs', ['channels: [c]\ndependencies: ["b>=1", a]\n']],
    ['a channel', [text.replace('[c]', '[c, d]')]],
    ['another file', [text, text]],
    ['the category', [`category: dev\n${text}`]],
    ['the platforms', [text], { platforms: ['linux-64', 'osx-64'] }],
    ['the channel alias', [text], { channelAlias: 'https://mirror' }],
    ['the solver', [text], { solver: 'micromamba' }],
    ['the cooldown', [text], { excludeNewer: '3d' }],
    ['what the cooldown spares', [text], { exempt: ['a'] }],
    ['the version of CUDA', [text], { cuda: '12.4' }],
    ['the virtual packages', [text], { virtualPackages: { 'linux-64': { __glibc: '2.35' } } }]
  ])('covers %s', (_what, texts, settings = {}) => {
    expect(hash(texts, settings)).not.toBe(before)
  })
})

test('knows the line of each entry as each platform has them, and of the whole file for others', () => {
  const text = 'channels: [c]\ndependencies:\n  - a # [osx]\n  - b\n  - pip:\n      - d # [osx]\n      - e\n'
  const environment = parse(text, ['linux-64', 'osx-64'])
  const linesOn = (platform: Platform) => places.map(place => environment.line(platform, place))
  const places = [[0], [1], [1, 0], [2], [2, 1], [9]]
  expect(linesOn('linux-64')).toEqual([4, 5, 7, 2, 2, 2])
  expect(linesOn('osx-64')).toEqual([3, 4, 4, 5, 7, 2])
  expect(linesOn('win-64')).toEqual([3, 4, 4, 5, 7, 2])
})
