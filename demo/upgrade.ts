import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveDirectory } from '../__tests__/support/channel.js'
import type { LockRequest, LockResult } from '../__tests__/support/lock-once.js'
import { SyncError } from '../src/common/errors.js'
import type { VersionOrder } from '../src/lockfile/compare.js'
import { packageKey, type LockedPackage } from '../src/lockfile/package.js'
import { parseUnifiedLock } from '../src/lockfile/unified.js'
import { loadVersionOrder } from '../src/lockfile/version-order.js'
import { lockQuietly } from './quietly.js'
import { installToolchain, main, StageError } from './stage.js'

const DAY = '2025-09-24'
const PUBLIC = 'https://conda.anaconda.org'
const PLATFORM = 'linux-64'

/** Named by the environment files and not, alone in what they need and not, pinned by the files and not. */
const ASKED = ['openssl', 'xarray', 'dask', 'numpy', 'pyarrow', 'libxml2', 'zarr', 'urllib3', 'scipy', 'jupyterlab']

/** Upgrades one package at a time from the lock that upstream had, with the channels of a later day. */
async function showUpgrades(data: string, channels: string): Promise<void> {
  const read = (image: string) => readFile(join(data, 'history', `${DAY}-fa97710`, image, 'environment.yml'), 'utf8')
  const files = { 'NBenvironment.yml': await read('pangeo-notebook'), 'BNenvironment.yml': await read('base-notebook') }
  const lock = await readFile(join(data, `lock-${DAY}`, 'conda-lock.yml'), 'utf8')
  const server = await serveDirectory(channels)
  try {
    const previous = lock.replaceAll(PUBLIC, server.url)
    const lockWith = (own: readonly string[], upgrade: string) => {
      const environments = {
        ...files,
        'environment.yml': JSON.stringify({ channels: ['conda-forge'], dependencies: own })
      }
      const inputs = { update: 'minimal', upgrade, platforms: PLATFORM }
      return lockQuietly({ environments, alias: server.url, inputs, previous } satisfies LockRequest)
    }
    const start = await lockWith([], '')
    console.log(`Without upgrade ${moved(parseUnifiedLock(previous).packages, start).length} packages move.\n`)
    for (const name of ASKED) {
      const result = await lockWith([], name)
      const others = moved(start.locked.unified.packages, result).filter(pin => pin.name !== name)
      console.log(`${name}: with it ${others.length} others: ${others.map(pin => pin.name).join(', ') || 'none'}`)
      console.log(`  ${result.notes[0] ?? ''}`)
      await holdAgainstSolver(name, result, others, own => lockWith(own, ''))
    }
  } finally {
    await server.close()
  }
}

/**
 * Solves without any `upgrade`: nothing newer can be had, and nothing that moved could have stayed with all that did, unless
 * another had gone back for it.
 */
async function holdAgainstSolver(
  name: string,
  { locked }: LockResult,
  others: readonly LockedPackage[],
  solve: (own: readonly string[]) => Promise<LockResult>
): Promise<void> {
  const now = locked.unified.packages.find(pin => pin.name === name)
  if (now === undefined) throw new StageError(`${name} is gone.`)
  const isHeld = locked.steered.upgrades.some(({ holders }) => holders.length > 0)
  if (!isHeld && (await solved(solve([`${name}>${now.version}`]))) !== undefined)
    throw new StageError(`${name} could be newer.`)
  const left = new Set([name, ...others.map(pin => pin.name)])
  const stayed = locked.unified.packages.filter(pin => pin.manager === 'conda' && !left.has(pin.name)).map(exactly)
  const asNow = [...stayed, exactly(now)]
  if ((await solved(solve(asNow))) === undefined) throw new StageError('What is locked cannot be solved again.')
  const order = await loadVersionOrder()
  for (const old of others) {
    const found = await solved(solve([...asNow, exactly(old)]))
    const back = found && others.find(before => isOlder(found.locked.unified.packages, before, order))
    if (found !== undefined && back === undefined) throw new StageError(`${old.name} ${old.version} could have stayed.`)
    if (back !== undefined) console.log(`  ${old.name} could have stayed, had ${back.name} ${back.version} gone back.`)
  }
}

function exactly({ name, version, build }: LockedPackage): string {
  return `${name}==${version}=${build}`
}

/** Whether a lock has an older version or build of a package. Real builds end in their number. */
function isOlder(packages: readonly LockedPackage[], before: LockedPackage, order: VersionOrder): boolean {
  const now = packages.find(pin => packageKey(pin) === packageKey(before))
  if (now === undefined) return false
  const number = ({ build }: LockedPackage) => Number(/\d*$/.exec(build)?.[0])
  return now.version === before.version ? number(now) < number(before) : order(now.version, before.version) < 0
}

async function solved(solving: Promise<LockResult>): Promise<LockResult | undefined> {
  try {
    return await solving
  } catch (error) {
    if (error instanceof SyncError) return undefined
    throw error
  }
}

/** What of the old lock is another file now. */
function moved(before: readonly LockedPackage[], { locked }: LockResult): LockedPackage[] {
  const after = new Map(locked.unified.packages.map(pin => [pin.name, pin]))
  return before.filter(pin => pin.platform === PLATFORM && (after.get(pin.name)?.hash ?? pin.hash) !== pin.hash)
}

await main(async () => {
  const [data, channels] = process.argv.slice(2)
  if (data === undefined || channels === undefined)
    throw new StageError(
      'Usage: npm run upgrade -- DATA CHANNELS, a folder with history/ and lock-…/, and one with conda-forge/.'
    )
  await installToolchain()
  await showUpgrades(data, channels)
})
