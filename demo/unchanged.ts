import { basename } from 'node:path'
import { serveDirectory } from '../__tests__/support/channel.js'
import { samePackages, type LockedPackage } from '../src/lockfile/package.js'
import { parseUnifiedLock } from '../src/lockfile/unified.js'
import { readChannels, readImages, type Image } from './data.js'
import { lockQuietly } from './quietly.js'
import { installToolchain, main, StageError } from './stage.js'

const PLATFORM = 'linux-64'

/** Locks each image of a data folder from each of its channels, then twice again with `update: minimal`. */
async function showUnchanged(data: string): Promise<void> {
  console.log('After the first lock from a lockfile or a fresh solve, nothing has changed, and nothing may move.\n')
  print('channel', 'image', ['first', 'packages', 'moved', 'again', 'again'])
  const images = await readImages(data)
  for (const channel of await readChannels(data)) {
    const server = await serveDirectory(channel)
    try {
      for (const image of images) await showImage(basename(channel), image, server.url)
    } finally {
      await server.close()
    }
  }
}

async function showImage(channel: string, { name, environments, lock }: Image, alias: string): Promise<void> {
  const update = (previous: string) =>
    lockQuietly({ environments, alias, inputs: { update: 'minimal', platforms: PLATFORM }, previous })
  const first =
    lock === undefined
      ? await lockQuietly({ environments, alias, inputs: { platforms: PLATFORM } })
      : await update(lock)
  const before = lock === undefined ? first.locked.unified.packages : parseUnifiedLock(lock).packages
  const locked = first.locked.unified.packages
  const second = await update(first.locked.lockfile.text)
  const third = await update(second.locked.lockfile.text)
  const moved = [
    countMoved(before, locked),
    countMoved(locked, second.locked.unified.packages),
    countMoved(second.locked.unified.packages, third.locked.unified.packages)
  ]
  print(channel, name, [lock === undefined ? 'solve' : 'lockfile', ...[locked.length, ...moved].map(String)])
  for (const note of lock === undefined ? [] : first.notes.slice(0, 1)) console.log(`    ${note}`)
  if (moved.slice(1).some(count => count > 0) || !samePackages(locked, third.locked.unified.packages)) {
    throw new StageError('Something moved though nothing had changed.')
  }
}

/** Packages that are there before and after, as different files, or that are gone. */
function countMoved(before: readonly LockedPackage[], after: readonly LockedPackage[]): number {
  const kept = new Map(after.map(pin => [pin.name, pin]))
  const old = before.filter(pin => pin.platform === PLATFORM)
  return old.filter(({ name, hash }) => kept.get(name)?.hash !== hash).length
}

function print(channel: string, image: string, cells: readonly string[]): void {
  console.log([channel.padEnd(20), image.padEnd(20), ...cells.map(cell => cell.padStart(9))].join(' '))
}

await main(async () => {
  const data = process.argv[2]
  if (data === undefined)
    throw new StageError('Usage: npm run unchanged -- DATA, a folder with channel…/ and image/ or history/.')
  await installToolchain()
  await showUnchanged(data)
})
