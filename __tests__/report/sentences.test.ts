/**
 * Each sentence of the report, with a change over which it is said and one over which it is not. docs/report.md has the same table
 * for readers, and is held here.
 */
import { describe, expect, test } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { makeReport } from '../../src/report/make.js'
import { renderReport } from '../../src/report/report.js'
import { sizesOf } from './changes.js'
import { factsOf, lock, type LockChange } from '../support/locks.js'

const order = await loadVersionOrder()
const PAGE = fileURLToPath(new URL('../../docs/report.md', import.meta.url))

const OWN = 'channels: [conda-forge]\ndependencies: [dask, pytorch, pip: [sunpy]]\n'
const UPSTREAM = 'channels: [conda-forge]\ndependencies: [xarray]\n'
const BASE = [
  'python 3.12.11 h9e4cc4f_0_cpython: openssl',
  'openssl 3.5.1 h7b32b05_0: __glibc>=2.17',
  'dask 2025.7.0: python toolz',
  'toolz 1.0.0: python',
  'pip 25.2 pyh8b19718_0: python',
  'xarray 2025.7.1: python',
  'pytorch 2.7.0 cpu_generic_py312_h1234567_0: python',
  'sunpy 7.0.1 pip: parfive>=2',
  'parfive 2.2.0 pip'
].join('\n')

/** A change of {@link BASE} by some replacements in the new lock. */
function by(replacements: Readonly<Record<string, string>> = {}, more: Partial<LockChange> = {}): LockChange {
  const text = Object.entries(replacements).reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`no ${from}`)
    return all.replace(from, to)
  }, BASE)
  return { before: lock(BASE), after: lock(text), own: OWN, upstream: { before: UPSTREAM, after: UPSTREAM }, ...more }
}

const TOOLZ = by({ 'toolz 1.0.0': 'toolz 1.1.0' })
const REBUILT = by({ h7b32b05_0: 'h7b32b05_1' })
const MIRROR = by({ 'openssl 3.5.1': 'https://mirror.example/conda-forge::openssl 3.5.1' })

/** The same file as before from the mirror: the content has not changed. */
const MOVED: LockChange = {
  ...MIRROR,
  after: MIRROR.after.map((pin, index) => ({ ...pin, hash: MIRROR.before?.[index]?.hash ?? '', md5: '' }))
}

/** One package comes as a source distribution, as before. */
const asSource = (pin: LockedPackage) =>
  pin.name === 'sunpy' ? { ...pin, url: pin.url.replace('-py3-none-any.whl', '.tar.gz') } : pin
const SOURCE: LockChange = { ...by(), before: lock(BASE).map(asSource), after: lock(BASE).map(asSource) }

/** A larger PyTorch, of which both sizes are told; of Toolz none is. */
const HEAVIER = by({ 'pytorch 2.7.0 cpu': 'pytorch 2.7.1 cuda126', 'toolz 1.0.0': 'toolz 1.1.0' })
const SIZES = { 'pytorch 2.7.0': 26_913_243, 'pytorch 2.7.1': 536_110_812 }

interface Sentence {
  /** As it stands in the report; in capitals what differs from case to case. */
  readonly text: string
  readonly when: string
  readonly said: RegExp
  readonly over: LockChange
  readonly notOver: LockChange
}

const SENTENCES: readonly Sentence[] = [
  {
    text: 'First lock: N packages',
    when: 'there was no `conda-lock.yml`',
    said: /^\*\*First lock: 9 packages on `linux-64`\.\*\*/,
    over: by({}, { before: undefined }),
    notOver: by(
      {},
      { before: undefined, unreadable: [{ path: 'conda-lock.yml', problem: 'is torn', line: undefined }] }
    )
  },
  {
    text: 'Locked anew, because the old lock cannot be read: N packages',
    when: 'there was one that cannot be read',
    said: /^\*\*Locked anew, because the old lock cannot be read: 9 packages/,
    over: by({}, { before: undefined, unreadable: [{ path: 'conda-lock.yml', problem: 'is torn', line: undefined }] }),
    notOver: by({}, { before: undefined })
  },
  {
    text: 'No package changed',
    when: 'every package has the version, the file and the address that it had',
    said: /^\*\*No package changed\.\*\*/,
    over: by(),
    notOver: MOVED
  },
  {
    text: 'N packages upgraded, downgraded, added, removed',
    when: "these have another version by conda's order, or are in one of the locks only",
    said: /^\*\*1 package upgraded on `linux-64`/,
    over: TOOLZ,
    notOver: REBUILT
  },
  {
    text: 'N packages only rebuilt',
    when: 'these have the same version in another file',
    said: /^\*\*1 package only rebuilt/,
    over: REBUILT,
    notOver: MOVED
  },
  {
    text: 'N packages only from another address',
    when: 'these are the same file, by name and hash, from elsewhere',
    said: /^\*\*1 package only from another address/,
    over: MOVED,
    notOver: REBUILT
  },
  {
    text: 'PLATFORM is new',
    when: 'the old lock was not for it',
    said: /`osx-arm64` is new/,
    over: by({}, { platforms: ['linux-64', 'osx-arm64'], after: lock(BASE, ['linux-64', 'osx-arm64']) }),
    notOver: TOOLZ
  },
  {
    text: 'PLATFORM is dropped',
    when: 'only the old lock was for it',
    said: /`osx-arm64` is dropped/,
    over: by({}, { before: lock(BASE, ['linux-64', 'osx-arm64']) }),
    notOver: TOOLZ
  },
  {
    text: 'The environment files name N of them',
    when: 'so many of all changed packages, rebuilt ones included, are named in an environment file now',
    said: /The environment files name it\./,
    over: by({ cpu_generic_py312_h1234567_0: 'cpu_generic_py312_h1234567_1' }),
    notOver: REBUILT
  },
  {
    text: 'with the same version',
    when: 'so many of these only come as another file or from another address, so the table of named packages lacks them',
    said: /The environment files name 2 of them, 1 with the same version\./,
    over: by({
      'dask 2025.7.0': 'dask 2025.7.1',
      'toolz 1.0.0': 'toolz 1.1.0',
      cpu_generic_py312_h1234567_0: 'cpu_generic_py312_h1234567_1'
    }),
    notOver: by({ 'dask 2025.7.0': 'dask 2025.7.1', 'toolz 1.0.0': 'toolz 1.1.0' })
  },
  {
    text: 'N more were named until now',
    when: 'so many of the changed packages were named in an environment file, and are not any more; the table has them',
    said: /The environment files name 1 of them; 1 more was named until now\./,
    over: by(
      { 'dask 2025.7.0': 'dask 2025.7.1', 'xarray 2025.7.1: python\n': '' },
      { upstream: { before: UPSTREAM, after: UPSTREAM.replace('xarray', '') } }
    ),
    notOver: by({ 'dask 2025.7.0': 'dask 2025.7.1', 'toolz 1.0.0': 'toolz 1.1.0' })
  },
  {
    text: 'No environment file names any of them',
    when: 'none of them is',
    said: /No environment file names it\./,
    over: REBUILT,
    notOver: by({ cpu_generic_py312_h1234567_0: 'cpu_generic_py312_h1234567_1' })
  },
  {
    text: 'Look at N points first',
    when: 'there are so many rows and lines under "Look at these first"',
    said: /Look at 1 point first\./,
    over: by({ 'toolz 1.0.0': 'toolz 0.9.0' }),
    notOver: TOOLZ
  },
  {
    text: 'Nothing here needs a closer look',
    when: 'something changed, and there is no such point, no difference in `same-version`, and the old lockfiles agreed',
    said: /^✅ Nothing here needs a closer look: /m,
    over: TOOLZ,
    notOver: by({ 'toolz 1.0.0': 'toolz 1.1.0' }, { upstreamLock: lock('dask 2025.1.0') })
  },
  {
    text: 'the same versions of Python and Dask',
    when: 'the same, and both locks have them',
    said: /the same versions of Python and Dask/,
    over: TOOLZ,
    notOver: { before: lock('a 1'), after: lock('a 2\ndask 2025.7.0') }
  },
  {
    text: 'on the platforms that were locked before',
    when: 'the same, and a platform is new',
    said: /closer look on the platforms that were locked before/,
    over: by(
      { 'toolz 1.0.0': 'toolz 1.1.0' },
      {
        platforms: ['linux-64', 'osx-arm64'],
        before: lock(BASE),
        after: lock(BASE.replace('toolz 1.0.0', 'toolz 1.1.0'), ['linux-64', 'osx-arm64'])
      }
    ),
    notOver: TOOLZ
  },
  {
    text: 'PACKAGE is locked twice: VERSION from conda, and VERSION from pip',
    when: 'both managers have locked the project, in versions that PEP 440 tells apart',
    said: /^- `toolz` is locked twice: `1\.0\.0` from conda, and `0\.12` from pip.*named in/m,
    over: by({ 'parfive>=2': 'parfive>=2 toolz<1\ntoolz 0.12 pip' }),
    notOver: by({ 'parfive>=2': 'parfive>=2 toolz\ntoolz 1.0 pip' })
  },
  {
    text: "PACKAGE from pip needs REQUIREMENT, and conda's is VERSION",
    when: "conda's version of a project does not meet it, and pip has locked none",
    said: /^- `sunpy` from pip needs `toolz <1`, and conda's is `1\.0\.0`/m,
    over: by({ 'parfive>=2': 'parfive>=2 toolz<1' }),
    notOver: by({ 'parfive>=2': 'parfive>=2 toolz>=1' })
  },
  {
    text: 'downgrade',
    when: "the version went down by conda's order",
    said: /\| downgrade \|$/m,
    over: by({ 'toolz 1.0.0': 'toolz 0.12.0' }),
    notOver: TOOLZ
  },
  {
    text: 'major upgrade',
    when: 'the first number went up, unless it is a year, of a package that an environment file names',
    said: /\| major upgrade \|$/m,
    over: by({ 'pytorch 2.7.0': 'pytorch 3.0.0' }),
    notOver: by({ 'toolz 1.0.0': 'toolz 2.0.0' })
  },
  {
    text: 'other variant: WORDS instead of WORDS',
    when: 'the builds of a package that an environment file names have other words in them, such as `cpu`, `cuda126`, `mkl`, `nompi`',
    said: /other variant: `cuda126_mkl` instead of `cpu_generic` \|$/m,
    over: by({ cpu_generic_py312_h1234567_0: 'cuda126_mkl_py312_h7654321_300' }),
    notOver: by({ cpu_generic_py312_h1234567_0: 'cpu_generic_py313_h7654321_1' })
  },
  {
    text: 'Python itself; Dask itself',
    when: '`python`, `dask` or `distributed` has another version, or is gone',
    said: /\| Python itself \|$/m,
    over: by({ 'python 3.12.11': 'python 3.12.12' }),
    notOver: by({ h9e4cc4f_0_cpython: 'h9e4cc4f_1_cpython' })
  },
  {
    text: 'No longer there, and nothing else had needed it',
    when: 'a package that none named, and that nothing has stopped needing, is in neither manager of the new lock',
    said: /^- No longer there, and nothing else had needed it: `pip`$/m,
    over: by({ '\npip 25.2 pyh8b19718_0: python': '' }),
    notOver: by(
      { '\nxarray 2025.7.1: python': '' },
      { upstream: { before: UPSTREAM, after: UPSTREAM.replace('[xarray]', '[]') } }
    )
  },
  {
    text: 'From another channel, CHANNEL instead of CHANNEL',
    when: 'a package comes from another channel, or from the other manager',
    said: /^- From another channel, `my-lab` instead of `conda-forge`: `toolz`$/m,
    over: by({ 'toolz 1.0.0': 'my-lab::toolz 1.0.0' }),
    notOver: TOOLZ
  },
  {
    text: 'From a channel that nothing came from until now, CHANNEL',
    when: 'a package is new, and so is its channel or the host of its wheel',
    said: /^- From a channel that nothing came from until now, `my-lab`: `own`$/m,
    over: by({ 'toolz 1.0.0': 'my-lab::own 1.0\ntoolz 1.0.0' }),
    notOver: by({ 'toolz 1.0.0': 'own 1.0\ntoolz 1.0.0' })
  },
  {
    text: 'Virtual package NAME: SPEC asked for by PACKAGES',
    when: 'what the machine must have is asked for in a way that it was not before',
    said: /^- Virtual package `__glibc`: `>=2\.28` asked for by `openssl` \(before only `>=2\.17`\)$/m,
    over: by({ '__glibc>=2.17': '__glibc>=2.28' }),
    notOver: TOOLZ
  },
  {
    text: 'Virtual package NAME: no longer asked for',
    when: 'nothing asks for it any more',
    said: /^- Virtual package `__glibc`: no longer asked for$/m,
    over: by({ ': __glibc>=2.17': '' }),
    notOver: TOOLZ
  },
  {
    text: 'Not the same version everywhere',
    when: "a package of `same-version` differs from upstream's own lockfile, or between images",
    said: /^### Not the same version everywhere$/m,
    over: by({ 'toolz 1.0.0': 'toolz 1.1.0' }, { upstreamLock: lock('dask 2025.1.0') }),
    notOver: by({ 'toolz 1.0.0': 'toolz 1.1.0' }, { upstreamLock: lock('python 3.12.11\ndask 2025.7.0') })
  },
  {
    text: 'Same versions in LOCKFILES',
    when: 'none of them differs, and there is something to compare with',
    said: /^✅ Same versions in /m,
    over: by({ 'toolz 1.0.0': 'toolz 1.1.0' }, { upstreamLock: lock('python 3.12.11\ndask 2025.7.0') }),
    notOver: by({ 'toolz 1.0.0': 'toolz 1.1.0' }, { upstreamLock: lock('python 3.12.11\ndask 2025.1.0') })
  },
  {
    text: 'The input NAME is VALUE; until now the lockfile was made with VALUE',
    when: 'the old lockfile remembers another setting',
    said: /^> The input `cuda` is `12\.4`; until now `conda-lock\.yml` was made without it\.$/m,
    over: by({}, { inputs: { cuda: '12.4' }, madeFrom: { inputs: { cuda: '' } } }),
    notOver: by({}, { inputs: { cuda: '12.4' }, madeFrom: {} })
  },
  {
    text: 'N pip packages are locked without a wheel',
    when: 'pip would build these when it installs them, which runs their code, whether they have changed or not',
    said: /^> 1 pip package is locked without a wheel: `sunpy 7\.0\.1`\. It is built when installed/m,
    over: SOURCE,
    notOver: TOOLZ
  },
  {
    text: 'The download grows, shrinks by SIZE (PERCENT) to SIZE',
    when: 'the packages that changed, and whose sizes the channels tell before and now, come to 0.1 MB more or less',
    said: /^The download grows by 509 MB \(\+1892 %\) to 536 MB, /m,
    over: { ...HEAVIER, sizes: sizesOf(HEAVIER, SIZES) },
    notOver: { ...TOOLZ, sizes: sizesOf(TOOLZ, SIZES) }
  },
  {
    text: 'The download is SIZE',
    when: 'nothing was locked for the platform before, and the channels tell sizes of its packages',
    said: /^The download is 536 MB, /m,
    over: { ...HEAVIER, before: undefined, sizes: sizesOf(HEAVIER, SIZES) },
    notOver: { ...HEAVIER, before: undefined }
  },
  {
    text: 'without N packages of unknown size',
    when: 'one of the two is said, and the channels do not tell what these take, or took before',
    said: /, without 1 changed and 7 unchanged packages of unknown size\.$/m,
    over: { ...HEAVIER, sizes: sizesOf(HEAVIER, SIZES) },
    notOver: HEAVIER
  },
  {
    text: 'The two lockfiles disagreed',
    when: 'an old explicit lockfile had another package, address or hash than the old `conda-lock.yml`, whatever the new ones have',
    said: /^### The two lockfiles disagreed$/m,
    over: by({}, { explicitBefore: lock(BASE.replace('toolz 1.0.0', 'toolz 0.9.0')) }),
    notOver: TOOLZ
  },
  {
    text: 'its environment files have not changed',
    when: 'upstream was asked, and each copy here is byte for byte what it has; a check does not ask and does not say it',
    said: /: its environment files have not changed\.$/m,
    over: TOOLZ,
    notOver: by({}, { upstream: { before: UPSTREAM, after: `${UPSTREAM}# more\n` } })
  },
  {
    text: 'What upstream changed',
    when: 'a copy differs from what upstream has, and nobody is known to have edited it here',
    said: /^### What upstream changed/m,
    over: by(
      {},
      { upstream: { before: UPSTREAM, after: UPSTREAM.replace('xarray', 'zarr') }, madeFrom: { upstream: UPSTREAM } }
    ),
    notOver: by(
      {},
      { upstream: { before: UPSTREAM.replace('xarray', 'zarr'), after: UPSTREAM }, madeFrom: { upstream: UPSTREAM } }
    )
  },
  {
    text: 'The copy was edited here since the last lock',
    when: 'the copy asks for something else than the old lockfile remembers of it',
    said: /The copy was edited here since the last lock, and is now what upstream has/,
    over: by(
      {},
      { upstream: { before: UPSTREAM.replace('xarray', 'zarr'), after: UPSTREAM }, madeFrom: { upstream: UPSTREAM } }
    ),
    notOver: by(
      {},
      { upstream: { before: UPSTREAM, after: UPSTREAM.replace('xarray', 'zarr') }, madeFrom: { upstream: UPSTREAM } }
    )
  },
  {
    text: 'If this is what you want, merge it',
    when: 'the report is for a pull request that changes a file',
    said: /If this is what you want, merge it/,
    over: TOOLZ,
    notOver: by({}, { inputs: { mode: 'files' } })
  }
]

const reported = (change: LockChange) => renderReport(makeReport(factsOf(change), order), Infinity)

describe.each(SENTENCES)('"$text"', ({ said, over, notOver }) => {
  test('is said over what it is about, and over nothing else', () => {
    expect(reported(over)).toMatch(said)
    expect(reported(notOver)).not.toMatch(said)
  })
})

test('docs/report.md has these sentences, and no others', async () => {
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split('## What the report says\n')
  const rows = section
    .split('\n## ', 1)
    .join()
    .split('\n')
    .filter(line => line.startsWith('| '))
  const cells = rows.slice(2).map(row =>
    row
      .slice(2, -2)
      .split(' | ')
      .map(cell => cell.trim())
  )
  expect(cells).toEqual(SENTENCES.map(({ text, when }) => [text, when]))
})
