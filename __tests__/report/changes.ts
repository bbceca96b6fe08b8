import type { Platform } from '../../src/lockfile/platforms.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { lock, lockedPackage, type LockChange } from '../support/locks.js'
import { realSizeChange } from '../support/real-size.js'

/** A change with a golden file of the same name. */
export type GoldenChange = LockChange & {
  /** The room there is; a pull request body's unless given. */
  readonly limit?: number
}

const FOUR: readonly Platform[] = ['linux-64', 'osx-64', 'osx-arm64', 'win-64']

const OWN = `channels: [conda-forge]
dependencies:
  - sunpy
  - python=3.12
  - pip:
    - hapiclient
`
const UPSTREAM = `channels:
  - conda-forge
dependencies:
  - dask
  - distributed
  - numpy
  - xarray
`

const BASE = `
  python 3.12.10 h9e4cc4f_0: openssl __glibc>=2.17
  openssl 3.5.1 h7b32b05_0: __glibc>=2.17
  numpy 2.3.2 py312h33ff503_0: python libblas
  libblas 3.9.0 31_h59b9bed_openblas: libopenblas
  libopenblas 0.3.30 pthreads_h94d23a6_0
  dask 2025.7.0: dask-core distributed bokeh
  dask-core 2025.7.0: python toolz
  distributed 2025.7.0: dask-core tornado msgpack-python
  tornado 6.5.1 py312h66e93f0_0: python
  msgpack-python 1.1.1 py312h68727a3_0: python
  toolz 1.0.0: python
  bokeh 3.7.3: numpy contourpy
  contourpy 1.3.2 py312h68727a3_0: numpy
  xarray 2025.7.1: numpy pandas
  pandas 2.3.1 py312hf79963d_0: numpy
  sunpy 6.1.1 py312hc0a28a1_0: numpy parfive
  parfive 2.2.0
  ipykernel 6.30.0: python
  hapiclient 0.2.5 pip
`

/** The lock of {@link BASE} with some texts in it replaced, as in `tornado 6.5.1` by `tornado 6.5.2`. */
function base(replacements: Readonly<Record<string, string>> = {}, platforms?: readonly Platform[]): LockedPackage[] {
  const text = Object.entries(replacements).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`no ${from} in the lock`)
    return result.replaceAll(from, to)
  }, BASE)
  return lock(text, platforms)
}

function change(replacements: Readonly<Record<string, string>>, more: Partial<LockChange> = {}): LockChange {
  const { platforms } = more
  return {
    before: base({}, platforms),
    after: base(replacements, platforms),
    own: OWN,
    upstream: { before: UPSTREAM, after: UPSTREAM },
    ...more
  }
}

function without(packages: readonly LockedPackage[], ...names: string[]): LockedPackage[] {
  return packages.filter(entry => !names.includes(entry.name))
}

/** An image gets another BLAS and a newer Python, and on macOS only the latter; some records tell no size. */
function downloadGrows(): LockChange {
  const mkl = { 'libblas 3.9.0 31_h59b9bed_openblas: libopenblas': 'libblas 3.9.0 31_hfdb39a5_mkl: mkl' }
  const blas = { 'libopenblas 0.3.30 pthreads_h94d23a6_0': 'mkl 2024.2.2 ha957f24_16' }
  const python = { 'python 3.12.10': 'python 3.12.11', 'hapiclient 0.2.5': 'hapiclient 0.2.6' }
  const grown = change(
    {},
    {
      platforms: ['osx-arm64', 'linux-64'],
      before: [...base({}, ['osx-arm64']), ...base({}, ['linux-64'])],
      after: [...base(python, ['osx-arm64']), ...base({ ...mkl, ...blas, ...python }, ['linux-64'])]
    }
  )
  return { ...grown, sizes: sizesOf(grown, SIZES) }
}

/** Bytes as conda-forge's records have them, by the beginning of NAME VERSION BUILD. */
const SIZES: Readonly<Record<string, number>> = {
  'python 3.12.10': 31_279_179,
  'python 3.12.11': 31_445_023,
  'openssl 3.5.1': 3_117_410,
  'numpy 2.3.2': 8_785_045,
  'libblas 3.9.0 31_h59b9bed_openblas': 16_859,
  'libblas 3.9.0 31_hfdb39a5_mkl': 17_193,
  'libopenblas 0.3.30': 5_917_514,
  'mkl 2024.2.2': 124_718_448,
  'bokeh 3.7.3': 4_934_851,
  'contourpy 1.3.2': 276_533,
  'xarray 2025.7.1': 894_173,
  'pandas 2.3.1': 15_092_371,
  'sunpy 6.1.1': 5_254_871
}

/** The sizes of the packages of a change, by hash. */
export function sizesOf(
  { before = [], after }: LockChange,
  sizes: Readonly<Record<string, number>>
): ReadonlyMap<string, number> {
  return new Map(
    [...before, ...after].flatMap(({ name, version, build, hash }) => {
      const found = Object.entries(sizes).find(([key]) => `${name} ${version} ${build}`.startsWith(key))
      return found === undefined ? [] : [[hash, found[1]] as const]
    })
  )
}

/** Packages with numbers for names: many, at a chosen version and build. */
function many(
  count: number,
  version: string,
  build: string,
  platforms: readonly Platform[] = ['linux-64']
): LockedPackage[] {
  return platforms.flatMap(platform =>
    Array.from({ length: count }, (_, index) =>
      lockedPackage({
        platform,
        channel: 'conda-forge',
        name: `package-${String(index).padStart(4, '0')}`,
        version,
        build
      })
    )
  )
}

/** What somebody might call a thing who wants to get out of where it is put. */
export const HOSTILE: readonly string[] = [
  '@octocat',
  '<img/src=x/onerror=alert(1)>',
  '[click](https://evil.example)',
  'https://evil.example/x',
  'www.evil.example',
  'a|b|@octocat|',
  'a\\|@octocat',
  'a\\\\|<b>x</b>',
  '`@octocat`',
  '``@octocat```<b>',
  '#1',
  'octocat/repo#1',
  '</details><script>alert(1)</script>',
  '-->@octocat<!--',
  '![x](https://evil.example/x.png)',
  '\u202Egnp.@octocat',
  '@octocat\\',
  '$`@octocat`$',
  '&lt;b&gt;@octocat',
  '| --- |',
  '```\n@octocat',
  ':tada:@octocat'
]

function hostileChange(): LockChange {
  const packages = (version: (name: string) => string) =>
    HOSTILE.flatMap((name, index) => [
      lockedPackage({ platform: 'linux-64', channel: 'conda-forge', name, version: version(name), build: 'h1_0' }),
      lockedPackage({
        platform: 'linux-64',
        channel: `https://evil.example/${name}`,
        name: `user-${index}`,
        version: '1.0',
        build: version(name),
        dependencies: { [name]: version(name), __glibc: version(name) }
      })
    ])
  const yaml = (spec: (name: string) => string) =>
    `channels: [conda-forge]\ndependencies:\n${HOSTILE.map(name => `  - ${JSON.stringify(spec(name))}\n`).join('')}`
  return {
    before: packages(name => `1${name}`),
    after: packages(name => `2${name}`),
    upstream: { before: yaml(name => `numpy ${name}`), after: yaml(name => `sunpy ${name}`) },
    own: yaml(name => `sunpy >=${name}`),
    upstreamLock: [
      lockedPackage({
        platform: 'linux-64',
        channel: 'conda-forge',
        name: 'numpy',
        version: '@octocat|<b>',
        build: 'h1_0'
      })
    ],
    unreadable: [{ path: '@octocat <b>lock</b>', problem: 'cannot be read: `bad`', line: undefined }],
    inputs: { lockfile: 'a`b @octocat <b>.yml', 'upstream-files': 'a|b/@octocat.yml: @octocat|<b>.yml' }
  }
}

export const HOSTILE_CHANGE = hostileChange()

/** Every change, by the name of its golden file. */
export const CHANGES: Readonly<Record<string, GoldenChange>> = {
  nothing: change({}, { changed: false }),
  'upstream-comment': change({}, { upstream: { before: UPSTREAM, after: `# Edited by hand.\n${UPSTREAM}` } }),
  'named-upgrade': change({ 'xarray 2025.7.1': 'xarray 2025.8.0' }),
  'transitive-upgrades': change({ 'libopenblas 0.3.30': 'libopenblas 0.3.31', 'toolz 1.0.0': 'toolz 1.1.0' }),
  'major-upgrade': change(
    { 'sunpy 6.1.1': 'sunpy 7.0.1', 'parfive 2.2.0': 'parfive 3.0.0', 'hapiclient 0.2.5': 'hapiclient 1.0.0' },
    { repositories: new Map([['hapiclient', 'github.com/hapi-server/client-python']]) }
  ),
  downgrade: change({ 'bokeh 3.7.3': 'bokeh 3.6.0', 'toolz 1.0.0': 'toolz 1.1.0' }),
  'python-minor': change(
    { 'python 3.12.10': 'python 3.13.5', py312: 'py313' },
    { own: OWN.replace('python=3.12', 'python=3.13') }
  ),
  'dask-differs-from-upstream': change(
    { '2025.7.0': '2025.9.1' },
    {
      upstreamLock: lock(
        'python 3.12.10\ndask 2025.7.0\ndistributed 2025.7.0\nmsgpack-python 1.1.1\nnumpy 2.3.2\npandas 2.3.1\ncloudpickle 3.1.1'
      )
    }
  ),
  'dask-same-as-upstream': change({ '2025.7.0': '2025.9.1' }, { upstreamLock: base({ '2025.7.0': '2025.9.1' }) }),
  'upstream-lock-unreadable': change({ 'toolz 1.0.0': 'toolz 1.1.0' }, { upstreamLock: 'version: 2\n' }),
  added: change(
    {},
    {
      after: lock(`${BASE}\nzarr 3.1.1: numcodecs donfig\nnumcodecs 0.16.1\ndonfig 0.8.1: pyyaml\npyyaml 6.0.2`),
      upstream: { before: UPSTREAM, after: `${UPSTREAM}  - zarr>=3.0.8\n` }
    }
  ),
  'pip-over-conda': change(
    {},
    {
      after: lock(
        `${BASE}\ncloudpickle 3.1.1\ncloudpickle 2.2.1 pip`
          .replace('dask-core 2025.7.0: python', 'dask-core 2025.7.0: cloudpickle>=3 python')
          .replace('hapiclient 0.2.5 pip', 'hapiclient 0.2.6 pip: cloudpickle<3 numpy<2')
      )
    }
  ),
  'cpu-to-cuda': {
    ...change({}),
    before: lock(`${BASE}\npytorch 2.7.0 cpu_generic_py312_h1234567_0`),
    after: lock(`${BASE}\npytorch 2.7.0 cuda126_py312h1234567_300`),
    own: OWN.replace('  - pip:', '  - pytorch\n  - pip:')
  },
  'pip-removed': {
    ...change({}),
    before: lock(`${BASE}\npip 25.2 pyh8b19718_0: python\nwheel 0.45.1: python`)
  },
  'other-settings': change(
    { 'toolz 1.0.0': 'toolz 1.1.0' },
    { inputs: { cuda: '12.4' }, madeFrom: { inputs: { cuda: '11.8' } } }
  ),
  'copy-edited-here': change(
    {},
    { upstream: { before: UPSTREAM.replace('- xarray', '- xarray<2025.9'), after: UPSTREAM }, madeFrom: {} }
  ),
  removed: change(
    {},
    {
      after: without(base(), 'xarray', 'pandas'),
      upstream: { before: UPSTREAM, after: UPSTREAM.replace('  - xarray\n', '') }
    }
  ),
  rebuilt: change({ h33ff503_0: 'h33ff503_1', hf79963d_0: 'hf79963d_2' }),
  'another-channel': change({
    '  parfive 2.2.0': '  my-lab::parfive 2.2.0',
    '  toolz 1.0.0': '  https://conda.example.org/internal::toolz 1.1.0',
    '  hapiclient 0.2.5 pip': '  hapiclient 0.2.5'
  }),
  'download-grows': downloadGrows(),
  'new-channel': change({}, { after: lock(`${BASE}\nnvidia::cuda-version 12.9`) }),
  mirror: {
    before: many(50, '1.0', 'h1_0'),
    after: many(50, '1.0', 'h1_0').map(entry => ({
      ...entry,
      url: entry.url.replace('https://conda.anaconda.org', 'https://mirror.example.org')
    }))
  },
  'virtual-packages': change({
    'openssl 3.5.1 h7b32b05_0: __glibc>=2.17': 'openssl 3.5.2 h7b32b05_0: __glibc>=2.28',
    'toolz 1.0.0: python': 'toolz 1.0.0: python __cuda>=12'
  }),
  pip: change(
    { 'hapiclient 0.2.5': 'hapiclient 0.2.6' },
    { after: lock(`${BASE.replace('0.2.5', '0.2.6')}\nisodate 0.7.2 pip`) }
  ),
  overlaps: change(
    { 'xarray 2025.7.1': 'xarray 2025.9.0' },
    {
      upstream: { before: UPSTREAM, after: UPSTREAM.replace('- xarray', '- xarray<2025.9') },
      own: `${OWN}  - xarray\n  - numpy\n`
    }
  ),
  'lockfiles-disagreed': change(
    { 'toolz 1.0.0': 'toolz 1.1.0' },
    { explicitBefore: base({ 'bokeh 3.7.3': 'bokeh 3.6.0' }) }
  ),
  'lockfiles-disagreed-until-now': change(
    {},
    {
      before: base({ 'bokeh 3.7.3': 'bokeh 3.6.0' }),
      explicitBefore: base()
    }
  ),
  'first-lock': {
    before: undefined,
    after: base(),
    own: OWN,
    upstream: { before: undefined, after: UPSTREAM }
  },
  'unreadable-lock': {
    before: undefined,
    after: base(),
    own: OWN,
    upstream: { before: UPSTREAM, after: UPSTREAM },
    unreadable: [{ path: 'conda-lock.yml', problem: 'cannot be read: `bad indentation`', line: undefined }]
  },
  'four-platforms-agree': change(
    { 'xarray 2025.7.1': 'xarray 2025.8.0', 'toolz 1.0.0': 'toolz 1.1.0' },
    { platforms: FOUR }
  ),
  'four-platforms-differ': change(
    {},
    {
      platforms: FOUR,
      after: lock(
        BASE.replace('xarray 2025.7.1', 'xarray 2025.8.0')
          .replace('parfive 2.2.0', 'parfive 2.3.0 (linux-64 osx-64 osx-arm64)\nparfive 2.1.0 (win-64)')
          .replace(
            'toolz 1.0.0: python',
            'toolz 1.1.0 (linux-64): python\ntoolz 1.0.0 (osx-64 osx-arm64 win-64): python'
          )
          .replace('pandas 2.3.1 py312hf79963d_0', 'pandas 2.3.1 py312hf79963d_1 (linux-64)')
          .concat('\npandas 2.3.1 py312habcdef0_1 (osx-64 osx-arm64 win-64)\ncolorama 0.4.6 (win-64)'),
        FOUR
      ),
      upstreamLock: base({ '2025.7.0': '2025.6.0' }, ['linux-64', 'osx-arm64'])
    }
  ),
  'new-platform': change(
    {},
    {
      platforms: ['linux-64', 'osx-arm64'],
      before: base(),
      after: base({ 'xarray 2025.7.1': 'xarray 2025.8.0' }, ['linux-64', 'osx-arm64'])
    }
  ),
  'dropped-platform': change({ 'toolz 1.0.0': 'toolz 1.1.0' }, { before: base({}, ['linux-64', 'osx-64', 'win-64']) }),
  'no-upstream': change({ 'xarray 2025.7.1': 'xarray 2025.8.0' }, { inputs: { 'upstream-files': 'none' } }),
  'files-only': change({ 'xarray 2025.7.1': 'xarray 2025.8.0' }, { inputs: { mode: 'files' }, runUrl: undefined }),
  'real-size': realSizeChange(),
  'real-size-four-platforms': realSizeChange(FOUR),
  'first-lock-of-800': { before: undefined, after: many(800, '1.0', 'h1_0') },
  'all-800-changed-on-four-platforms': {
    platforms: FOUR,
    before: FOUR.flatMap((platform, index) => many(800, `1.${index}`, 'h123456_0', [platform])),
    after: FOUR.flatMap((platform, index) => many(800, `2.${index}`, 'h123456_0', [platform]))
  },
  'all-800-rebuilt': { before: many(800, '1.0', 'h123456_0'), after: many(800, '1.0', 'h654321_1') },
  'no-room-for-builds': { ...realSizeChange(), limit: 11_000 },
  'no-room-for-reasons': { ...realSizeChange(), limit: 9_000 },
  'no-room-for-transitive': { ...realSizeChange(), limit: 6_500 },
  'no-room-for-tables': { ...realSizeChange(), limit: 3_500 },
  'no-room-at-all': { ...realSizeChange(), limit: 500 },
  hostile: HOSTILE_CHANGE
}
