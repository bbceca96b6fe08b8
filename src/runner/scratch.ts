import { readlinkSync, rmSync } from 'node:fs'
import { lstat, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { errorCode } from '../common/errors.js'

/** What the folders of a process have in their names: its number, and where that number counts, since containers have their own. */
const OWNER = `pid${process.pid}-${pidNamespace()}`
/** What {@link leaveForJob} leaves has no process. */
const OWNED = /[.-](?:pid(\d+)-(\d+)|left)(?:[.-]\w+)?$/
/** After so long nobody works any more in a folder whose process cannot be looked up; no job runs for longer than five days. */
const ABANDONED_MILLISECONDS = 7 * 24 * 60 * 60 * 1000

const folders = new Set<string>()

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

/** A new folder for what is made on the way, which is gone after `work`, or at the end of the process, or after the next run. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeScratch(tmpdir())
  try {
    return await work(folder)
  } finally {
    await removeScratch(folder)
  }
}

/** A new folder in `parent`; what killed runs have left there is removed. */
export async function makeScratch(parent: string): Promise<string> {
  await removeAbandoned(parent, 'conda-lock-sync-')
  const folder = await mkdtemp(join(parent, `conda-lock-sync-${OWNER}-`))
  folders.add(folder)
  return folder
}

export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  folders.delete(folder)
}

/**
 * Moves a folder out of the scratch folders of the same parent, for later steps of the job. GitHub's runner empties its temporary
 * folder after each job; elsewhere {@link removeAbandoned} does so in time.
 * @returns where it is now; undefined if it is no folder any more
 */
export async function leaveForJob(path: string, parent: string): Promise<string | undefined> {
  // A link would lead those who read it to another place.
  if (!(await lstat(path)).isDirectory()) return undefined
  const left = join(await mkdtemp(join(parent, `conda-lock-sync-left-`)), basename(path))
  await rename(path, left)
  return left
}

/** A path beside another for what this process alone works on; {@link removeAbandoned} finds it by its name. */
export function besides(path: string, ending = ''): string {
  return `${path}.${OWNER}${ending}`
}

/** Removes what processes that are gone have left in a folder, of all whose name starts so. */
export async function removeAbandoned(parent: string, start: string): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  for (const name of names.filter(each => each.startsWith(start))) {
    const path = join(parent, name)
    // Another run may be removing it, or another user's run may have left it.
    if (await isAbandoned(path)) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const owner = OWNED.exec(path)
  if (owner === null) return false
  const [, pid, namespace] = owner
  if (pid !== undefined && namespace === pidNamespace()) return !isRunning(Number(pid))
  const stats = await stat(path).catch(() => undefined)
  return stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_MILLISECONDS
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}
