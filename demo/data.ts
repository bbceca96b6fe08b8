import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from '../src/common/exists.js'
import { readHistory, type Commit } from './history.js'
import { COPIES, StageError } from './stage.js'

/** Environment files that were locked together, by path in the order of the merge. */
export interface Image {
  readonly name: string
  readonly environments: Readonly<Record<string, string>>
  /** The text of its `conda-lock.yml`, where the data has one. */
  readonly lock: string | undefined
}

/**
 * The folders of a data folder whose subfolders are channels, the oldest first: `channel`, or `channel-DAY` of several days.
 * @throws StageError if there are none
 */
export async function readChannels(data: string): Promise<readonly [string, ...string[]]> {
  const names = (await readdir(data)).filter(name => /^channel(?:-|$)/.test(name)).sort()
  const [first, ...later] = names.map(name => join(data, name))
  if (first === undefined) throw new StageError(`${data} has no folder channel/ or channel-DAY/.`)
  return [first, ...later]
}

/** The environment file of the data's own image, if there is one. */
export async function readOwnFile(data: string): Promise<string | undefined> {
  const path = join(data, 'image', 'environment.yml')
  return (await exists(path)) ? readFile(path, 'utf8') : undefined
}

/** The lock of the data's own image, if there is one. */
export function readOwnLock(data: string): Promise<string | undefined> {
  return readLock(join(data, 'image'))
}

/** What can be locked from a data folder: its own image, and upstream at each commit of its history. */
export async function readImages(data: string): Promise<Image[]> {
  const own = await readOwnFile(data)
  const image =
    own === undefined
      ? []
      : [{ name: 'image', environments: { 'environment.yml': own }, lock: await readOwnLock(data) }]
  const history = join(data, 'history')
  const commits = (await exists(history)) ? await readHistory(history) : []
  return [...image, ...(await Promise.all(commits.map(commit => imageOf(data, commit))))]
}

async function imageOf(data: string, { name, files }: Commit): Promise<Image> {
  const copies = Object.entries(COPIES).map(([path, local]) => [local, files[path] ?? ''] as const)
  // A folder `lock-DAY` has what upstream locked on the day of the commit.
  const lock = await readLock(join(data, `lock-${name.slice(0, 'YYYY-MM-DD'.length)}`))
  return { name, environments: Object.fromEntries(copies), lock }
}

async function readLock(folder: string): Promise<string | undefined> {
  const path = join(folder, 'conda-lock.yml')
  return (await exists(path)) ? readFile(path, 'utf8') : undefined
}
