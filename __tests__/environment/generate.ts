/** A number from 0 up to 1; the same sequence for the same seed. */
export type Random = () => number

/** Mulberry32, so that a failing case can be made again. */
export function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const NAMES = ['numpy', 'xarray', 'python', 'pip', 'Dask', 'zarr', 'my_pkg', 'ruamel.yaml', 'r-base', '_libgcc_mutex']
const VERSIONS = [
  '', '', '', '=1.2', '==1.2', '>=2', '<3', '>=2,<3', ' >=2', ' 1.2', '=1.2.*', '~=1.4', '!=1.5', '>=1|<0.5', '=1.2=py312_0',
  '>=2.14=*cuda*', ' 2.* *cuda', '=1!2.0', ' >=1, <2', '[version=">=2"]', '[build=py312_0]', '=1.2=py312_0=extra'
] // prettier-ignore
const BAD = [
  'numpy >>2',
  'numpy=1=2=3=4',
  '=1.2',
  '>=2',
  'numpy >=1,',
  '[version=1]',
  'numpy[',
  'num py 1 2 3 4',
  'numpy>=2<3',
  ''
]
const SELECTORS = [
  '',
  '',
  '',
  '',
  ' # [linux64]',
  ' # [osx]',
  ' # [win]',
  ' # [unix]',
  ' # a comment',
  ' # see [1] (here)',
  ' # [arm64]'
]
const REQUIREMENTS = [
  'requests', 'Requests>=2', 'some.pkg[extra]==1.0', 'numpy<3', 'xarray', "foo; sys_platform == 'win32'", "foo>=1; sys_platform == 'linux'",
  '-e .', '-e git+https://example.org/x', 'git+https://example.org/x@v1', 'x @ https://example.org/x-1.whl', 'pip', 'foo ~= 1.4', 'my_pkg==1.*'
] // prettier-ignore
const BAD_REQUIREMENTS = ['-r requirements.txt', '--no-deps', 'foo >>2', 'foo bar', '==1']
const CHANNELS = [
  ...Array.from({ length: 14 }, () => 'channels: [conda-forge]'), 'channels:\n  - conda-forge\n  - nodefaults',
  'channels: [pytorch, conda-forge]', 'channels: [conda-forge, pytorch]', 'channels: []', '', 'channels: [nodefaults, conda-forge]',
  'channels: [https://example.org/c, conda-forge]'
] // prettier-ignore
const HEADS = ['name: test', '', 'category: dev', 'platforms: [osx-64]', 'prefix: /opt', 'category:']

/** The text of an environment file, most of the time a valid one. */
export function generateFile(random: Random): string {
  const pick = <T>(items: readonly T[], fallback: T): T => items[Math.floor(random() * items.length)] ?? fallback
  const spec = () => {
    if (random() < 0.01) return JSON.stringify(pick(BAD, ''))
    const channel = random() < 0.08 ? pick(['conda-forge::', 'pytorch::', 'https://example.org/c::'], '') : ''
    const text = `${channel}${pick(NAMES, 'numpy')}${pick(VERSIONS, '')}`
    return random() < 0.2 || /[[\]:!]/.test(text) ? JSON.stringify(text) : text
  }
  const conda = Array.from({ length: Math.floor(random() * 7) }, () => `  - ${spec()}${pick(SELECTORS, '')}`)
  const requirement = () => (random() < 0.02 ? pick(BAD_REQUIREMENTS, '') : pick(REQUIREMENTS, 'requests'))
  const count = Math.floor(random() * 4)
  const pip = Array.from({ length: count }, () => `    - ${JSON.stringify(requirement())}${pick(SELECTORS, '')}`)
  const section = random() < 0.35 ? [pip.length === 0 ? '  - pip:' : ['  - pip:', ...pip].join('\n')] : []
  const position = Math.floor(random() * (conda.length + 1))
  const dependencies = [...conda.slice(0, position), ...section, ...conda.slice(position)]
  const list = dependencies.length === 0 ? 'dependencies: []' : ['dependencies:', ...dependencies].join('\n')
  return `${[pick(HEADS, ''), pick(CHANNELS, ''), '# a comment', list].filter(line => line !== '').join('\n')}\n`
}

const file = (...lines: readonly string[]) =>
  `channels: [conda-forge]\ndependencies:\n${lines.map(line => `  - ${line}\n`).join('')}`

/** Cases that a generator would not think of. */
export const HAND_MADE: readonly (readonly string[])[] = [
  [file('xarray<2025.9'), file('xarray')],
  [file('pip=24', 'pip: [requests]')],
  [file('pip: [requests]'), file('pip=24')],
  [file('numpy', 'numpy>=2', 'numpy')],
  [file('NumPy'), file('numpy>=2')],
  [file('a'), file('b'), file('c', 'a=1')],
  [file('numpy: 2')],
  [file('numpy', '3')],
  [file('numpy', 'null')],
  ['channels: [conda-forge]\ndependencies:\n'],
  ['channels: [conda-forge]\n'],
  ['channels: conda-forge\ndependencies: [numpy]\n'],
  ['dependencies: [numpy]\n'],
  ['- numpy\n'],
  ['dependencies: [numpy\n'],
  ['channels: [a, b]\ndependencies: [x]\n', 'channels: [b]\ndependencies: [y]\n', 'channels: []\ndependencies: [z]\n'],
  ['channels: [a]\ndependencies: [x]\n', 'channels: [a, b]\ndependencies: [y]\n'],
  ['channels: [nodefaults]\ndependencies: [x]\n', 'channels: [b]\ndependencies: [y]\n'],
  ['dependencies: &d [x]\nother: *d\n'],
  ['channels: [nodefaults, conda-forge, nodefaults]\ndependencies: [x]\n'],
  [file('tensorflow>=2.14.0=*cuda118*'), file('tensorflow')],
  [file('numpy # [linux64]', 'numpy>=2 # [osx]'), file('numpy=1 # [win]')]
]
