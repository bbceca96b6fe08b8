/** Several platforms in one lock: they are solved at once, and each comes out as if it were locked alone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exists } from '../../src/common/exists.js'
import { SyncError } from '../../src/common/errors.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { buildChannel, serveDirectory, type FileServer, type PackageSpec } from '../support/channel.js'
import { resultOf, startSolver, type Solver } from '../support/front-end.js'
import { lockOnce, type LockRequest } from '../support/lock-once.js'
import { SOLVER } from '../support/toolchain-paths.js'
import { askToolchain } from '../support/toolchain-python.js'

const PLATFORMS = ['linux-64', 'linux-aarch64', 'osx-64', 'osx-arm64']

const on = (day: string) => Date.parse(`${day}T12:00:00Z`)

/** On each platform something else is the newest, and on two of them only what machines have decides. */
const PACKAGES: readonly PackageSpec[] = [
  ...PLATFORMS.flatMap((subdir, index) => [
    { name: 'lib', version: '1', subdir, timestamp: on('2025-01-01') },
    { name: 'lib', version: `2.${index}`, subdir, timestamp: on('2025-06-01') },
    { name: 'lib', version: `3.${index}`, subdir, timestamp: on('2025-09-01') }
  ]),
  { name: 'lib', version: '4', subdir: 'linux-64', depends: ['__glibc >=99'], timestamp: on('2025-06-01') },
  { name: 'lib', version: '4', subdir: 'osx-64', depends: ['__osx >=10.15'], timestamp: on('2025-06-01') },
  { name: 'top', version: '1', depends: ['lib'], timestamp: on('2025-01-01') },
  { name: 'top', version: '2', depends: ['lib >=2'], timestamp: on('2025-06-01') }
]

let folder: string
let server: FileServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platforms-'))
  await buildChannel(join(folder, 'conda-forge'), PACKAGES)
  server = await serveDirectory(folder)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const environmentOf = (...entries: readonly string[]) =>
  ['channels: [conda-forge]', 'dependencies:', ...entries.map(entry => `  - ${entry}`), ''].join('\n')

async function lock(platforms: readonly string[], text: string, { inputs, ...more }: Partial<LockRequest> = {}) {
  const given = { ...inputs, platforms: platforms.join('\n') }
  return lockOnce({ environments: { 'environment.yml': text }, alias: server.url, inputs: given, ...more })
}

const locked = (packages: readonly LockedPackage[], platform: string) =>
  packages.filter(each => each.platform === platform).map(each => `${each.name} ${each.version}`)

test('old packages are kept, uploads held back and machines asked for each platform by itself', async () => {
  const old = await lock(PLATFORMS, environmentOf('lib=1'))
  const inputs = { update: 'minimal', 'exclude-newer': '2025-07-01' }
  const previous = old.locked.lockfile.text
  const { locked: made } = await lock(
    PLATFORMS,
    environmentOf('top', 'top=1  # [linux64]', 'lib>=2  # [osx]', 'lib>=2,<4  # [aarch64]'),
    { inputs, previous }
  )
  expect(PLATFORMS.map(platform => locked(made.unified.packages, platform))).toEqual([
    ['lib 1', 'top 1'],
    ['lib 2.1', 'top 2'],
    ['lib 4', 'top 2'],
    ['lib 2.3', 'top 2']
  ])
  const moved = made.steered.moves.map(({ platform, name, reason }) => `${platform} ${name} ${reason.kind}`)
  expect(moved).toEqual(['linux-aarch64 lib spec', 'osx-64 lib spec', 'osx-arm64 lib spec'])
  const hashes = [...old.locked.unified.packages, ...made.unified.packages].map(({ hash }) => hash)
  expect([...made.sizes.keys()].sort()).toEqual([...new Set(hashes)].sort())
})

test('an error is that of the first platform that has one, with its line', async () => {
  const text = environmentOf('lib', 'no-such-package  # [osx]', 'nor-this  # [arm64]')
  const error = await lock(PLATFORMS, text).catch((reason: unknown) => reason)
  if (!(error instanceof SyncError)) throw new Error('it was locked', { cause: error })
  expect(error.message).toContain('osx-64')
  expect(error.message).toContain('`no-such-package`')
  expect(error.place).toEqual({ file: 'environment.yml', line: 4 })
})

test('conda-lock asks for nothing else than what the solver has been told before', async () => {
  const specs = ['lib 1.*', 'top=2=*_0', 'conda-forge::python>=3.9,<3.13', 'LIB>=2  # [osx]', 'pip:\n    - six']
  const input = { solver: SOLVER, text: environmentOf(...specs), platforms: PLATFORMS }
  const { foreseen, run } = (await askToolchain(ASKED, input)) as Readonly<Record<'foreseen' | 'run', unknown[]>>
  expect(run).toHaveLength(PLATFORMS.length)
  expect(foreseen).toEqual(run)
})

/** The commands that front_end.py foresees, and those that conda-lock runs then. */
const ASKED = `
import json, sys, tempfile
from pathlib import Path
from types import SimpleNamespace
asked = json.load(sys.stdin)
sys.path.insert(0, asked["solver"])
import front_end
from conda_lock import conda_lock
foreseen, run = [], []

class FrontEnd:
    def send_ahead(self, commands):
        foreseen.extend(front_end.command_of(*command) for command in commands)

    def run(self, command, env, **_):
        run.append(front_end.command_of(command[1:], env))
        record = {"version": "3.12.1", "url": "http://host/noarch/python-3.12.1-0.conda", "md5": "0" * 32}
        fetch = [{**record, "name": name} for name in ("python", "lib", "top", "pip")]
        return SimpleNamespace(stdout=json.dumps({"actions": {"FETCH": fetch}}), check_returncode=lambda: None)

front_end.install(FrontEnd())
conda_lock.solve_pypi = lambda **_: {}
folder = Path(tempfile.mkdtemp())
(folder / "environment.yml").write_text(asked["text"])
(folder / "lookup.json").write_text("{}")
args = ["lock", "--conda", front_end.CONDA, "-k", "lock", "--lockfile", str(folder / "conda-lock.yml")]
args += ["-f", str(folder / "environment.yml"), "--pypi_to_conda_lookup_file", (folder / "lookup.json").as_uri()]
conda_lock.main([*args, *(f"--platform={each}" for each in asked["platforms"])], standalone_mode=False)
print(json.dumps({"foreseen": foreseen, "run": run}))
`

/** Gives a solver with an empty cache to some work. */
async function withSolver<T>(work: (solver: Solver, cache: string) => Promise<T>): Promise<T> {
  const cache = await mkdtemp(join(tmpdir(), 'cache-'))
  const solver = await startSolver(cache)
  try {
    return await work(solver, cache)
  } finally {
    await solver.close()
    await rm(cache, { recursive: true, force: true })
  }
}

const channels = () => [`${server.url}/conda-forge`]

test('what was fetched early is not asked for again, and what several platforms share only once', async () => {
  await withSolver(async solver => {
    const before = server.requests.length
    const fetched = await solver.fetch(PLATFORMS, channels(), ['top', 'lib >=2', 'what [is this'])
    expect(fetched.code).toBe(0)
    const early = server.requests.slice(before)
    expect(early.filter(({ path }) => path.endsWith('/noarch/repodata.json'))).toHaveLength(1)
    const solved = await Promise.all(PLATFORMS.map(platform => solver.create(platform, channels(), ['top', 'lib >=2'])))
    expect(solved.map(answer => resultOf(answer).packages[0])).toEqual(['lib 3.0', 'lib 3.1', 'lib 3.2', 'lib 3.3'])
    expect(server.requests).toHaveLength(before + early.length)
  })
})

test('what cannot be fetched early is told by the solve', async () => {
  await withSolver(async solver => {
    const missing = [`${server.url}/no-such-channel`]
    expect((await solver.fetch(PLATFORMS, missing, ['top'])).code).toBe(0)
    const { failure } = resultOf(await solver.create('linux-64', missing, ['top']))
    expect(failure).toMatchObject({ kind: 'channel', url: expect.stringContaining('/no-such-channel/') })
  })
})

test('a channel that fails for shards is read without, and a cache that may be damaged goes when nobody reads it any more', async () => {
  await withSolver(async (solver, cache) => {
    server.fail(/repodata_shards/, 403)
    const solved = await Promise.all(PLATFORMS.map(platform => solver.create(platform, channels(), ['top'])))
    expect(solved.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(await exists(cache)).toBe(false)
  })
})
