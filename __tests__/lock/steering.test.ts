import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import * as z from 'zod/mini'
import { SyncError } from '../../src/common/errors.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { buildChannel, serveDirectory, type FileServer, type PackageSpec } from '../support/channel.js'
import { solveDirectly, type SolveRequest, type SolveResult } from '../support/front-end.js'
import type { Given } from '../support/inputs.js'
import { lockOnce, type LockRequest, type LockResult } from '../support/lock-once.js'
import { listen, type Loopback } from '../support/loopback.js'
import { buildIndex } from '../support/pypi.js'

const on = (day: string) => Date.parse(`${day}T12:00:00Z`)

const PYTHON: readonly PackageSpec[] = [
  { name: 'python', version: '3.12.10', subdir: 'linux-64', timestamp: on('2025-04-01') },
  { name: 'python', version: '3.12.11', subdir: 'linux-64', timestamp: on('2025-06-01') },
  { name: 'pip', version: '25.1', depends: ['python >=3.9,<3.13.0a0', 'wheel'], timestamp: on('2025-04-01') },
  { name: 'pip', version: '25.2', depends: ['python >=3.9,<3.13.0a0', 'wheel'], timestamp: on('2025-06-01') },
  { name: 'wheel', version: '0.45.1', depends: ['python >=3.8'], timestamp: on('2025-01-01') }
]

const CHANNELS: Readonly<Record<string, readonly PackageSpec[]>> = {
  // A mirror has the same files, but not all of them.
  'mirror/conda-forge': [
    ...PYTHON,
    { name: 'top', version: '1', depends: ['lib'], timestamp: on('2025-01-01') },
    { name: 'top', version: '2', depends: ['lib >=2'], timestamp: on('2025-06-01') },
    { name: 'lib', version: '2', timestamp: on('2025-06-01') },
    { name: 'replaced', version: '1', files: { 'share/content': 'another' } }
  ],
  'conda-forge': [
    ...PYTHON,
    { name: 'replaced', version: '1' },
    { name: 'top', version: '1', depends: ['lib'], timestamp: on('2025-01-01') },
    { name: 'top', version: '2', depends: ['lib >=2'], timestamp: on('2025-06-01') },
    { name: 'top', version: '3', depends: ['lib >=2'], timestamp: on('2025-07-01') },
    { name: 'lib', version: '1', timestamp: on('2025-01-01') },
    { name: 'lib', version: '2', timestamp: on('2025-06-01') },
    { name: 'old-only', version: '1', depends: ['lib <2'], timestamp: on('2025-01-01') },
    { name: 'wants-2', version: '1', depends: ['lib >=2'], timestamp: on('2025-01-01') },
    { name: 'limits', version: '1', constrains: ['lib <2'], timestamp: on('2025-01-01') },
    { name: 'some-dated', version: '1', timestamp: on('2025-01-01') },
    { name: 'some-dated', version: '2' },
    {
      name: 'gpu',
      version: '1',
      build: 'cuda126_py312h1_300',
      buildNumber: 300,
      depends: ['__cuda >=12'],
      timestamp: on('2025-01-01')
    },
    { name: 'gpu', version: '1', build: 'cpu_py312h1_0', timestamp: on('2025-01-01') },
    { name: 'any-gpu', version: '1', depends: ['__cuda >=11'], timestamp: on('2025-01-01') },
    { name: 'new-glibc', version: '1', depends: ['__glibc >=2.34'], timestamp: on('2025-01-01') }
  ],
  // As in conda-forge, where the newest build of each is made for the newest of all.
  migrated: [
    ...['2.13.8', '2.15.1'].map(version => ({ name: 'libxml2', version, build: 'h4a7cf45_0' })),
    ...['1.3.2', '2.1.0'].map(version => ({ name: 'libopenvino', version, build: 'hb56ce9e_1' })),
    { name: 'ffmpeg', version: '7.1', depends: ['libxml2 >=2.13.8,<2.14', 'libopenvino >=1.3.2,<1.4'] },
    {
      name: 'ffmpeg',
      version: '7.1',
      build: 'pyhd8ed1ab_1',
      buildNumber: 1,
      depends: ['libxml2 >=2.15,<2.16', 'libopenvino >=1.3.2,<1.4']
    },
    {
      name: 'ffmpeg',
      version: '8.0',
      depends: ['libxml2 >=2.15,<2.16', 'libopenvino >=2.1.0,<2.2']
    }
  ],
  // As in conda-forge, where the first build of a version said less of what it needs than is true.
  corrected: [
    ...['2.2.6', '2.4.1'].map(version => ({ name: 'numpy', version, build: 'h72a5d9d_0' })),
    ...['0.44.0', '0.46.0'].map(version => ({ name: 'llvmlite', version, build: 'h7424e68_0' })),
    { name: 'numba', version: '0.61.2', build: 'h2e6246c_0', depends: ['llvmlite >=0.44,<0.45', 'numpy >=1.24'] },
    {
      name: 'numba',
      version: '0.61.2',
      build: 'h7bcfee6_1',
      buildNumber: 1,
      depends: ['llvmlite >=0.44,<0.45', 'numpy >=1.24,<2.3']
    },
    { name: 'numba', version: '0.63.1', build: 'hd1dde6f_0', depends: ['llvmlite >=0.46,<0.47', 'numpy >=1.23,<3'] }
  ],
  undated: [
    { name: 'top', version: '9' },
    { name: 'own', version: '1' }
  ]
}

let folder: string
let server: FileServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steering-'))
  for (const [name, packages] of Object.entries(CHANNELS)) await buildChannel(join(folder, name), packages)
  server = await serveDirectory(folder)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const url = (file: string) => `${server.url}/conda-forge/noarch/${file}.tar.bz2`
/** A lockfile without hashes: what counts is the address. */
const at = (file: string) => ({ url: url(file), hash: '' })

/** The records of a channel's noarch packages, by NAME-VERSION. */
async function recordsOf(channel: string) {
  const { packages } = z
    .object({ packages: z.record(z.string(), z.object({ sha256: z.string(), md5: z.string(), size: z.number() })) })
    .parse(JSON.parse(await readFile(join(folder, channel, 'noarch', 'repodata.json'), 'utf8')))
  return (stem: string) => {
    const record = packages[`${stem}-pyhd8ed1ab_0.tar.bz2`]
    if (record === undefined) throw new Error(`the channel has no ${stem}`)
    return record
  }
}

async function solve(specs: string, more: Partial<SolveRequest> = {}): Promise<SolveResult> {
  return solveDirectly({ channels: [`${server.url}/conda-forge`], specs: specs.split(', '), ...more })
}

describe('update: minimal', () => {
  const locked = (...files: string[]) => ({ locked: files.map(at) })

  test.concurrent('what is locked stays, though there is something newer', async () => {
    expect((await solve('top')).packages).toEqual(['lib 2', 'top 3'])
    const kept = await solve('top', locked('top-1-pyhd8ed1ab_0', 'lib-1-pyhd8ed1ab_0'))
    expect(kept.packages).toEqual(['lib 1', 'top 1'])
    expect(kept.solve?.moves).toEqual([])
  })

  test.concurrent(
    'a new line moves what it must, and each move is told with a reason that leads back to it',
    async () => {
      const added = await solve('top, wants-2', locked('top-1-pyhd8ed1ab_0', 'lib-1-pyhd8ed1ab_0'))
      expect(added.packages).toEqual(['lib 2', 'top 1', 'wants-2 1'])
      expect(added.solve?.moves).toMatchObject([
        { name: 'lib', reason: { kind: 'required', by: 'wants-2', spec: 'lib >=2' } }
      ])

      const pinned = await solve('top, lib <2', locked('top-3-pyhd8ed1ab_0', 'lib-2-pyhd8ed1ab_0'))
      expect(pinned.packages).toEqual(['lib 1', 'top 1'])
      expect(pinned.solve?.moves).toMatchObject([
        { name: 'lib', reason: { kind: 'spec' } },
        { name: 'top', reason: { kind: 'requires', by: 'lib', spec: 'lib >=2' } }
      ])

      const limited = await solve('top <3, limits', locked('top-3-pyhd8ed1ab_0', 'lib-2-pyhd8ed1ab_0'))
      expect(limited.solve?.moves).toMatchObject([
        { name: 'lib', reason: { kind: 'required', by: 'limits', spec: 'lib <2' } },
        { name: 'top', reason: { kind: 'spec' } }
      ])
    }
  )

  test.concurrent(
    'sizes are told of what is locked now and of what it replaces, whether that was to be kept or not',
    async () => {
      const records = await recordsOf('conda-forge')
      const [top, lib] = [records('top-1'), records('lib-1')]
      const old = [
        { url: url('top-1-pyhd8ed1ab_0'), hash: `sha256:${top.sha256}` },
        { url: url('lib-1-pyhd8ed1ab_0'), hash: `md5:${lib.md5}` }, // as explicit lockfiles have it
        { url: url('gone-1-pyhd8ed1ab_0'), hash: `sha256:${'0'.repeat(64)}` },
        { url: 'https://host.example/odd.conda', hash: `md5:${'0'.repeat(32)}` }
      ]
      const now = [records('top-3'), records('lib-2')].map(({ sha256, size }) => [`sha256:${sha256}`, size])
      const replaced = [
        [`sha256:${top.sha256}`, top.size],
        [`md5:${lib.md5}`, lib.size]
      ]
      const free = await solve('top', { locked: old, keep: false })
      expect(free.packages).toEqual(['lib 2', 'top 3'])
      expect(free.solve?.sizes).toEqual(Object.fromEntries([...now, ...replaced]))
      const moved = await solve('top >=3', { locked: old })
      expect(moved.solve?.sizes).toEqual(Object.fromEntries([...now, ...replaced]))
    }
  )

  describe('upgrade', () => {
    const OLD = ['top-1-pyhd8ed1ab_0', 'lib-1-pyhd8ed1ab_0', 'some-dated-1-pyhd8ed1ab_0']
    const upgrade = (specs: string, asked: string[], more: Partial<SolveRequest> = {}) =>
      solve(specs, { ...locked(...OLD), upgrade: asked, ...more })

    test.concurrent('what is named moves to the newest, with what that needs, and nothing else', async () => {
      const { packages, solve: told } = await upgrade('top, some-dated', ['top'])
      expect(packages).toEqual(['lib 2', 'some-dated 1', 'top 3'])
      expect(told?.moves).toEqual([
        { platform: 'linux-64', name: 'lib', reason: { kind: 'required', by: 'top', spec: 'lib >=2' } },
        { platform: 'linux-64', name: 'top', reason: { kind: 'asked' } }
      ])
      expect(told?.upgrades).toMatchObject([{ name: 'top', isLocked: true, newest: '3', held: [] }])
    })

    test.concurrent('a package that no file names moves alone, and a spec says how far', async () => {
      expect((await upgrade('top, some-dated', ['lib'])).packages).toEqual(['lib 2', 'some-dated 1', 'top 1'])
      expect((await upgrade('top, some-dated', ['top<3'])).packages).toEqual(['lib 2', 'some-dated 1', 'top 2'])
    })

    test.concurrent('what cannot move stays, and the specs that hold it are told', async () => {
      const direct = await upgrade('top <3, some-dated', ['top', 'some-dated'])
      expect(direct.packages).toEqual(['lib 2', 'some-dated 2', 'top 2'])
      expect(direct.solve?.upgrades).toMatchObject([
        { name: 'top', newest: '3', held: ['top <3'] },
        { name: 'some-dated', newest: '2', held: [] }
      ])
      const indirect = await upgrade('top, old-only', ['top', 'none-such', 'lib>=9'], {
        ...locked(...OLD, 'old-only-1-pyhd8ed1ab_0')
      })
      expect(indirect.packages).toEqual(['lib 1', 'old-only 1', 'top 1'])
      expect(indirect.solve?.upgrades).toMatchObject([
        { name: 'top', newest: '3', held: ['old-only'] },
        { name: 'none-such', isLocked: false },
        { name: 'lib', isLocked: true, held: [] }
      ])
    })

    test.concurrent('a spec that cannot be read is refused before anything is fetched', async () => {
      const { failure } = await upgrade('top', ['top>>1'], { channels: ['http://127.0.0.1:9/nothing'] })
      expect(failure).toMatchObject({ kind: 'invalid-upgrade', entry: 'top>>1' })
    })

    test.concurrent('the cutoff counts for what is named as well', async () => {
      const { packages } = await upgrade('top, some-dated', ['top'], {
        cutoff: '2025-06-15T00:00:00Z',
        exempt: ['some-dated']
      })
      expect(packages).toEqual(['lib 2', 'some-dated 1', 'top 2'])
    })
  })

  test.concurrent('what must move takes nothing along that can stay, though its newest build would', async () => {
    const old = ['ffmpeg-7.1-pyhd8ed1ab_0', 'libxml2-2.13.8-h4a7cf45_0', 'libopenvino-1.3.2-hb56ce9e_1']
    const migrated = {
      channels: [`${server.url}/migrated`],
      locked: old.map(file => ({ url: `${server.url}/migrated/noarch/${file}.tar.bz2`, hash: '' }))
    }
    const moved = ['ffmpeg 7.1', 'libopenvino 1.3.2', 'libxml2 2.15.1']
    expect((await solve('ffmpeg, libxml2 >=2.15', migrated)).packages).toEqual(moved)
    expect((await solve('ffmpeg', { ...migrated, upgrade: ['libxml2'] })).packages).toEqual(moved)
  })

  test.concurrent('nothing goes back to an older build so that something else can stay', async () => {
    const old = ['numba-0.61.2-h7bcfee6_1', 'llvmlite-0.44.0-h7424e68_0', 'numpy-2.2.6-h72a5d9d_0']
    const corrected = {
      channels: [`${server.url}/corrected`],
      locked: old.map(file => ({ url: `${server.url}/corrected/noarch/${file}.tar.bz2`, hash: '' }))
    }
    const { packages, solve: told } = await solve('numba', { ...corrected, upgrade: ['numpy'] })
    expect(packages).toEqual(['llvmlite 0.46.0', 'numba 0.63.1', 'numpy 2.4.1'])
    expect(told?.moves).toMatchObject([
      { name: 'llvmlite', reason: { kind: 'required', by: 'numba' } },
      { name: 'numba', reason: { kind: 'requires', by: 'numpy', spec: 'numpy >=1.24,<2.3' } },
      { name: 'numpy', reason: { kind: 'asked' } }
    ])
    const pinned = await solve('numba, llvmlite <0.46', { ...corrected, upgrade: ['numpy'] })
    expect(pinned.packages).toEqual(['llvmlite 0.44.0', 'numba 0.61.2', 'numpy 2.4.1'])
  })

  test.concurrent('what is no longer needed goes', async () => {
    expect((await solve('lib', locked('top-1-pyhd8ed1ab_0', 'lib-1-pyhd8ed1ab_0'))).packages).toEqual(['lib 1'])
  })

  test.concurrent('a file that the channel no longer has is said and replaced', async () => {
    const gone = await solve('top', locked('top-1-pyhd8ed1ab_0', 'lib-1-pyhd8ed1ab_7'))
    expect(gone.packages).toEqual(['lib 2', 'top 1'])
    expect(gone.solve?.moves).toMatchObject([{ name: 'lib', reason: { kind: 'gone' } }])
  })
})

describe('update: minimal, twice, when nothing has changed', () => {
  /** Locks, then twice again from the lock before. */
  async function again(dependencies: string, more: Partial<LockRequest> = {}, first: Partial<LockRequest> = {}) {
    const { locked } = await lock(dependencies, first)
    const minimal = { inputs: { update: 'minimal' }, ...more }
    const once = await lock(dependencies, { ...minimal, previous: locked.lockfile.text })
    const twice = await lock(dependencies, { ...minimal, previous: once.locked.lockfile.text })
    return { old: locked.unified.packages, once, twice }
  }

  test.concurrent('gives the same lock, the pip that Python brings along included', async () => {
    const { old, once, twice } = await again('python=3.12, top')
    expect(old.map(({ name }) => name)).toEqual(['lib', 'pip', 'python', 'top', 'wheel'])
    expect(once.locked.unified.packages).toEqual(old)
    expect(twice.locked.unified.packages).toEqual(old)
    expect(twice.notes).toEqual(['`update: minimal`: no package of the old lockfile had to move.'])
  })

  test.concurrent('also where only later uploads of Python and pip are held back, or exempt', async () => {
    const inputs = { 'exclude-newer': '2025-05-01', update: 'minimal' }
    const held = await again('python, top=1', { inputs }, { inputs })
    expect(held.old.map(pin => `${pin.name} ${pin.version}`)).toEqual(
      expect.arrayContaining(['python 3.12.10', 'pip 25.1', 'wheel 0.45.1'])
    )
    expect(held.twice.locked.unified.packages).toEqual(held.old)
    const exempt = { inputs: { ...inputs, 'exclude-newer-exempt': 'python' } }
    const freed = await again('python, top=1', exempt, exempt)
    expect(freed.old.map(pin => `${pin.name} ${pin.version}`)).toEqual(
      expect.arrayContaining(['python 3.12.11', 'pip 25.1', 'wheel 0.45.1'])
    )
    expect(freed.twice.locked.unified.packages).toEqual(freed.old)
  })

  test.concurrent(
    'keeps all files when the same channel has another address, and says so of what it lacks',
    async () => {
      const alias = `${server.url}/mirror`
      const { old, once, twice } = await again('python=3.12.10, top=1, lib=2', { alias })
      const files = (packages: readonly LockedPackage[]) => packages.map(pin => [basename(pin.url), pin.hash])
      expect(files(once.locked.unified.packages)).toEqual(files(old))
      expect(twice.locked.unified.packages.every(({ url }) => url.startsWith(`${alias}/conda-forge/`))).toBe(true)
      expect(twice.notes).toEqual(['`update: minimal`: no package of the old lockfile had to move.'])

      const replaced = await again('top>=2, replaced', { alias })
      expect(replaced.once.notes).toEqual([
        '`update: minimal`: 2 packages of the old lockfile had to move: `replaced` from `1 pyhd8ed1ab_0` to `1 pyhd8ed1ab_0`, because the channels no longer have the old file; `top` from `3` to `2`, because the channels no longer have the old file.'
      ])
    }
  )
})

describe('exclude-newer', () => {
  const cutoff = '2025-05-01T00:00:00Z'

  test.concurrent('later uploads are not considered, and what is held back is told', async () => {
    const held = await solve('top', { cutoff })
    expect(held.packages).toEqual(['lib 1', 'top 1'])
    expect(held.solve?.heldBack).toMatchObject([
      { name: 'lib', version: '2', uploaded: expect.stringMatching(/^2025-06-01T12:00:00/) },
      { name: 'top', version: '3', uploaded: expect.stringMatching(/^2025-07-01/) }
    ])
    expect((await solve('top <3', { cutoff })).solve?.heldBack).toMatchObject([{ name: 'lib' }, { version: '2' }])
  })

  test.concurrent('the zone counts', async () => {
    expect((await solve('lib', { cutoff: '2025-06-01T13:59:00+02:00' })).packages).toEqual(['lib 1'])
    expect((await solve('lib', { cutoff: '2025-06-01T14:01:00+02:00' })).packages).toEqual(['lib 2'])
  })

  test.concurrent('exempt packages are not held back, others are, also from the same channel', async () => {
    expect((await solve('top', { cutoff, exempt: ['lib'] })).packages).toEqual(['lib 2', 'top 1'])
    const both = await solve('top', { cutoff, exempt: ['lib', 'top'] })
    expect(both.packages).toEqual(['lib 2', 'top 3'])
    expect(both.urls).toEqual([url('lib-2-pyhd8ed1ab_0'), url('top-3-pyhd8ed1ab_0')])
    expect(both.solve?.heldBack).toEqual([])
    expect((await solve(`${server.url}/conda-forge::top`, { cutoff, exempt: ['lib', 'top'] })).packages).toEqual([
      'lib 2',
      'top 3'
    ])
  })

  const LATE = '2025-06-15T00:00:00Z'

  test.concurrent.each<[string, string, string[]]>([
    ['a package may wait longer than the rest', `${LATE}\npackage top=2025-05-01`, ['lib 2', 'top 1']],
    [
      'a package may wait shorter, or not at all',
      '2025-05-01\npackage Lib=2025-06-15\npackage top=none',
      ['lib 2', 'top 3']
    ],
    ['a channel may wait longer', `${LATE}\npypi=none\nchannel CHANNEL=2025-05-01`, ['lib 1', 'top 1']],
    ['a channel need not wait', '2025-05-01\nchannel CHANNEL=none', ['lib 2', 'top 3']],
    ['the package counts before its channel', 'channel CHANNEL=2025-05-01\npackage top=none', ['lib 1', 'top 1']]
  ])('%s', async (_what, lines, packages) => {
    const own = lines.replace('CHANNEL', `${server.url}/conda-forge`)
    expect((await solve('top', { cutoff: own })).packages).toEqual(packages)
  })

  test.concurrent('one channel waits and another does not; each line is told with what it holds back', async () => {
    const mirror = `${server.url}/mirror/conda-forge`
    const channels = [mirror, `${server.url}/conda-forge`]
    const lines = `2025-06-15\nchannel ${mirror}/=none\npackage lib=2025-05-01`
    const { packages, solve: told } = await solve('top', { channels, cutoff: lines })
    expect(packages).toEqual(['lib 1', 'top 1'])
    expect(told?.heldBack.map(({ name, version, by }) => [name, version, by])).toEqual([
      ['lib', '2', 'package lib=2025-05-01'],
      ['top', '3', '2025-06-15']
    ])
  })

  test.concurrent('one version is let through, and not what comes after it', async () => {
    const versions = async (exempt: string[]) => (await solve('top', { cutoff, exempt })).packages
    expect(await versions(['lib=2', 'top=2'])).toEqual(['lib 2', 'top 2'])
    expect(await versions(['lib==2.0.1', 'top==3'])).toEqual(['lib 1', 'top 1'])
  })

  test.concurrent('an exempt package is kept by update: minimal, and one that is not exempt is not', async () => {
    const locked = [at('top-2-pyhd8ed1ab_0'), at('lib-2-pyhd8ed1ab_0')]
    expect((await solve('top', { cutoff, locked, exempt: ['lib', 'top'] })).packages).toEqual(['lib 2', 'top 2'])
    const back = await solve('top', { cutoff, locked, exempt: ['lib'] })
    expect(back.packages).toEqual(['lib 2', 'top 1'])
    expect(back.solve?.moves).toMatchObject([{ name: 'top', reason: { kind: 'held-back' } }])
  })

  test.concurrent(
    'of what update: minimal keeps nothing is held back; of what moves, or is asked for, it is',
    async () => {
      const locked = [at('top-1-pyhd8ed1ab_0'), at('lib-1-pyhd8ed1ab_0')]
      const heldBack = async (specs: string, more: Partial<SolveRequest> = {}) =>
        (await solve(specs, { cutoff: LATE, locked, ...more })).solve?.heldBack.map(
          ({ name, version }) => `${name} ${version}`
        )
      expect(await heldBack('top, lib')).toEqual([])
      expect(await heldBack('top >=2, lib')).toEqual(['top 3'])
      expect(await heldBack('top, lib', { upgrade: ['top'] })).toEqual(['top 3'])
    }
  )

  test.concurrent('an upload without a time is not let through, in a channel that has times', async () => {
    expect((await solve('some-dated', { cutoff })).packages).toEqual(['some-dated 1'])
    expect((await solve('some-dated', { cutoff, exempt: ['some-dated'] })).packages).toEqual(['some-dated 2'])
  })

  test.concurrent('a channel without times is an error, unless all that is wanted from it is exempt', async () => {
    const channels = [`${server.url}/undated`, `${server.url}/conda-forge`]
    const refused = await solve('own, top', { cutoff, channels })
    expect(refused.failure).toMatchObject({ kind: 'undated-channel', url: `${server.url}/undated/` })
    expect((await solve('own, top', { cutoff, channels, exempt: ['own', 'top'] })).packages).toContain('top 9')
  })

  test.concurrent('specs that only later uploads meet are an error of their own', async () => {
    expect((await solve('top >=2, lib', { cutoff })).failure).toMatchObject({
      kind: 'too-new',
      tooNew: [{ spec: 'top >=2', name: 'top', version: '3', uploaded: expect.stringMatching(/^2025-07-01/) }]
    })
    expect((await solve('wants-2', { cutoff })).failure).toMatchObject({ kind: 'conflict' })
  })
})

/** Locks with the whole of conda-lock. */
async function lock(specs: string, more: Partial<LockRequest> = {}) {
  const environments = { 'environment.yml': `channels: [conda-forge]\ndependencies: [${specs}]\n` }
  return lockOnce({ environments, alias: server.url, ...more })
}

async function refusal(work: Promise<unknown>): Promise<SyncError> {
  const error: unknown = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason
  )
  if (!(error instanceof SyncError)) throw new Error('another error', { cause: error })
  return error
}

const text = (error: SyncError) => `${error.message} ${error.hint}`

describe('with conda-lock', () => {
  test.concurrent('the same lock comes out again, and a change is told', async () => {
    const minimal = { inputs: { update: 'minimal' } }
    const old = (await lock('top=1, old-only')).locked.lockfile.text
    const again = await lock('top, old-only', { ...minimal, previous: old })
    expect(again.notes).toEqual(['`update: minimal`: no package of the old lockfile had to move.'])
    const next = await lock('top, wants-2', { ...minimal, previous: old })
    expect(next.notes).toEqual([
      '`update: minimal`: 1 package of the old lockfile had to move: `lib` from `1` to `2`, because `wants-2` needs `lib >=2`.'
    ])
    expect(next.locked.unified.packages.map(pin => `${pin.name} ${pin.version}`)).toContain('top 1')
  })

  test.concurrent('the report says what the cutoff was and what it holds back', async () => {
    const { notes } = await lock('top', {
      inputs: { 'exclude-newer': '2025-06-15', 'exclude-newer-exempt': 'lib\nother' }
    })
    expect(notes).toEqual([
      '`exclude-newer: 2025-06-15` lets no upload after 2025-06-15 23:59 UTC in, except of `lib`, `other`. It holds back `top 3` (2025-07-01).',
      '`exclude-newer` names `other`, which nothing locked is called.'
    ])
  })

  test.concurrent('a channel that is not locked from is told, with those that are', async () => {
    const error = await refusal(lock('top', { inputs: { 'exclude-newer': '3d\nchannel conda-forg=7d' } }))
    expect(text(error)).toMatch(/`channel conda-forg=7d` names a channel .* The channels .* are `conda-forge`/)
  })

  test.concurrent('a channel without times is told where it is named, with the way out', async () => {
    const environments = { 'environment.yml': 'channels: [undated]\ndependencies: [own]\n' }
    const error = await refusal(lock('', { environments, inputs: { 'exclude-newer': '3d' } }))
    expect(text(error)).toMatch(/channel .*\/undated\/ does not say when.*exclude-newer-exempt/)
    expect(error.place).toEqual({ file: 'environment.yml', line: 1 })
  })

  test.concurrent('a spec that only later uploads meet is told with its line and the way out', async () => {
    const error = await refusal(lock('top>=2', { inputs: { 'exclude-newer': '2025-05-01' } }))
    expect(text(error)).toMatch(
      /`exclude-newer` holds back .*`top>=2`.*`top 3`, uploaded on 2025-07-01.*exclude-newer-exempt/
    )
    expect(error.place).toEqual({ file: 'environment.yml', line: 2 })
  })

  test.concurrent('cuda and virtual-packages say what the machines have', async () => {
    const builds = async (specs: string, more: Partial<LockRequest> = {}) =>
      (await lock(specs, more)).locked.unified.packages.map(pin => pin.build)
    expect(await builds('gpu')).toEqual(['cpu_py312h1_0'])
    expect(await builds('gpu', { inputs: { cuda: '12.4' } })).toEqual(['cuda126_py312h1_300'])
    const virtual = {
      inputs: { 'virtual-packages': 'machines.yml' },
      virtualPackages: 'subdirs:\n  linux-64:\n    packages:\n      __glibc: "2.35"\n      __cuda: "12.4"\n'
    }
    expect(await builds('gpu, new-glibc', virtual)).toEqual(['cuda126_py312h1_300', 'pyhd8ed1ab_0'])
  })

  test.concurrent('an error about what machines have names the inputs that say it', async () => {
    expect(text(await refusal(lock('any-gpu', { inputs: { cuda: 'none' } })))).toMatch(
      /__cuda.*`virtual-packages`.*`cuda`/
    )
  })

  test.concurrent('that CUDA 11.4 was assumed is told when a package depends on it, and nobody chose it', async () => {
    expect((await lock('any-gpu')).notes).toEqual([
      'Locked for CUDA 11.4, which conda-lock assumes, and `any-gpu` depends on it: set `cuda` to the version that your machines have, or to `none`.'
    ])
    expect((await lock('any-gpu', { inputs: { cuda: '11.4' } })).notes).toEqual([])
  })
})

describe('exclude-newer for PyPI', () => {
  const TIMES: Readonly<Record<string, string>> = {
    1: '2025-01-01T00:00:00.123456Z',
    2: '2025-06-01T12:00:00Z',
    3: '2025-07-01T00:00:00Z'
  }
  const NAMES = ['plain', 'fast', 'slow', 'fixed']
  const urlsOf = (name: string) => ({
    'Bug Tracker': 'https://github.com/octocat/tracker',
    Repository: `https://github.com/octocat/${name}.git`
  })
  let index: Loopback
  beforeAll(async () => {
    const releases = NAMES.flatMap(name => Object.keys(TIMES).map(version => ({ name, version, urls: urlsOf(name) })))
    const tied = [
      { name: 'tied', version: '1', requires: ['slow<2'] },
      { name: 'tied', version: '2', requires: ['slow>=2'] }
    ]
    await buildIndex(join(folder, 'pypi'), [...releases, ...tied])
    index = await listen(serveIndex)
  })
  afterAll(() => index.close())

  /** Tells the times of its files where the first part of the path says, and has them in JSON as PyPI has. */
  async function serveIndex(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, , name] = (request.url ?? '').split('/')
    const base = `${server.url}/pypi/simple/${name}/`
    const page = await (await fetch(base)).text()
    const timeOf = (file: string) => TIMES[file.split('-')[1] ?? '']
    if (kind === 'json' && request.headers.accept?.includes('application/vnd.pypi.simple.v1+json')) {
      const files = [...page.matchAll(/>([^<]+\.whl)</g)].map(([, file = '']) => ({
        url: `${base}${file}`,
        'upload-time': timeOf(file)
      }))
      response.setHeader('Content-Type', 'application/vnd.pypi.simple.v1+json')
      response.end(JSON.stringify({ meta: { 'api-version': '1.1' }, name, files }))
      return
    }
    const dated = page.replace(/>([^<]+\.whl)</g, (_, file: string) => ` data-upload-time="${timeOf(file)}">${file}<`)
    response.setHeader('Content-Type', 'text/html')
    response.end(`<base href="${base}">${kind === 'html' ? dated : page}`)
  }

  async function lockPip(kind: string, requirements: string, inputs: Given, previous?: string) {
    const own = `pip-repositories: ['${index.url}/${kind}/simple/']\nallow-pypi-requests: false\n`
    const text = `channels: [conda-forge]\n${own}dependencies: [python=3.12, {pip: [${requirements}]}]\n`
    return lock('', {
      environments: { 'environment.yml': text },
      inputs,
      ...(previous === undefined ? {} : { previous })
    })
  }

  const waiting = (lines: string, exempt = '') => ({ 'exclude-newer': lines, 'exclude-newer-exempt': exempt })
  const pinsIn = ({ locked }: LockResult) => locked.unified.packages.map(({ name, version }) => `${name} ${version}`)

  test.concurrent('counts as for conda, by package and by version, longer and shorter', async () => {
    const lines = '2025-05-01\npypi=2025-06-15\npackage fast=none\npackage slow=2025-01-31'
    const first = await lockPip('html', 'plain, fast, slow, fixed<3', waiting(lines, 'Fixed=2'))
    const { locked, notes } = first
    expect(pinsIn(first)).toEqual(expect.arrayContaining(['python 3.12.10', 'plain 2', 'fast 3', 'slow 1', 'fixed 2']))
    expect(locked.repositories).toEqual(new Map(NAMES.map(name => [name, `github.com/octocat/${name}`])))
    expect(notes).toEqual([
      '`exclude-newer: 2025-05-01` lets no upload after 2025-05-01 23:59 UTC in, except of `fixed=2`. It holds back `pip 25.2` (2025-06-01), `python 3.12.11` (2025-06-01).',
      '`exclude-newer: pypi=2025-06-15` lets no upload after 2025-06-15 23:59 UTC in. It holds back `plain 3` (2025-07-01).',
      '`exclude-newer: package fast=none` lets every upload in.',
      '`exclude-newer: package slow=2025-01-31` lets no upload after 2025-01-31 23:59 UTC in. It holds back `slow 3` (2025-07-01).'
    ])

    // What is kept would have stayed without it.
    const kept = await lockPip(
      'html',
      'plain, fast, slow, fixed<3',
      { ...waiting(lines, 'Fixed=2'), update: 'minimal' },
      locked.lockfile.text
    )
    expect(kept.notes.filter(note => note.includes('holds back'))).toEqual([
      '`exclude-newer: 2025-05-01` lets no upload after 2025-05-01 23:59 UTC in, except of `fixed=2`. It holds back nothing newer of what was chosen anew.',
      '`exclude-newer: pypi=2025-06-15` lets no upload after 2025-06-15 23:59 UTC in. It holds back nothing newer of what was chosen anew.',
      '`exclude-newer: package slow=2025-01-31` lets no upload after 2025-01-31 23:59 UTC in. It holds back nothing newer of what was chosen anew.'
    ])

    // What is kept and too new after all has to move, and it is known why.
    const back = await lockPip(
      'html',
      'plain, fast, slow, fixed<3',
      { ...waiting('pypi=2025-05-01'), update: 'minimal' },
      locked.lockfile.text
    )
    const tooNew = '`exclude-newer` does not allow the old one'
    expect(back.notes[0]).toContain(`\`fast\` (pip) from \`3\` to \`1\`, because ${tooNew};`)
    expect(back.notes[0]).toContain(`\`plain\` (pip) from \`2\` to \`1\`, because ${tooNew}, or its index does not`)

    // Without any of that, only what is named moves, and only as far; the rest stays.
    const next = await lockPip('html', 'plain, fast, slow, fixed', { upgrade: 'Slow=2' }, locked.lockfile.text)
    expect(pinsIn(next)).toEqual(expect.arrayContaining(['python 3.12.10', 'plain 2', 'fast 3', 'slow 2', 'fixed 2']))
    expect(next.notes).toEqual([
      '`upgrade: slow=2`: moved from `1` to `2`, the newest that this and the other packages allow.',
      '`update: minimal`: no other package of the old lockfile had to move.'
    ])
  })

  test.concurrent('what is kept gives way to an upgrade, and stays where no version meets it', async () => {
    const { locked } = await lockPip('html', 'tied==1, slow==1', {})
    const upgrade = (asked: string) => lockPip('html', 'slow, tied', { upgrade: asked }, locked.lockfile.text)
    const [met, unmet] = await Promise.all([upgrade('slow'), upgrade('slow>=9')])
    expect(pinsIn(met)).toEqual(expect.arrayContaining(['slow 3', 'tied 2']))
    expect(pinsIn(unmet)).toEqual(expect.arrayContaining(['slow 1', 'tied 1']))
    expect(unmet.notes[0]).toMatch(/^`upgrade: slow>=9`: stays at `1`/)
  })

  test.concurrent('counts for PyPI without being told to, with the times of its JSON', async () => {
    const error = await refusal(lockPip('json', 'fast, plain>=2', waiting('2025-05-01', 'fast==3')))
    expect(text(error)).toMatch(
      /has no `plain >=2`; `exclude-newer: 2025-05-01` holds back `plain 3`, uploaded on 2025-07-01.*exclude-newer-exempt/
    )
    expect(error.place).toEqual({ file: 'environment.yml', line: 4 })
  })

  test.concurrent('an index without times is told, unless nothing from PyPI has to wait', async () => {
    const error = await refusal(lockPip('none', 'fast, plain', waiting('2025-05-01', 'fast')))
    expect(text(error)).toMatch(/index `http.*\/none\/simple` does not say when .*`plain`.*`pypi=none`/)
    expect(pinsIn(await lockPip('none', 'plain', waiting('2025-05-01\npypi=none')))).toContain('plain 3')
  })
})
