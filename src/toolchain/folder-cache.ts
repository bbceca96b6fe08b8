import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf } from '../common/errors.js'
import { log } from '../runner/log.js'

/** A folder in the runner's cache service. */
export interface CachedFolder {
  readonly folder: string
  /** The content under a key never changes. */
  readonly key: string
  /** If there is nothing under the key, the newest entry whose key starts so is taken. */
  readonly prefix?: string
}

/** Only runners have a cache service; GitHub Enterprise Server may have none. */
function hasService(): boolean {
  return (process.env.ACTIONS_RESULTS_URL ?? process.env.ACTIONS_CACHE_URL ?? '') !== ''
}

/**
 * Restores a folder from the runner's cache service. Whatever goes wrong there costs a line in the log.
 * @returns the key of what was restored
 */
export async function restoreFolder({ folder, key, prefix }: CachedFolder): Promise<string | undefined> {
  if (!hasService()) return undefined
  try {
    // Half of all the code of this action, so it is loaded only where it can be used.
    const { restoreCache } = await import('@actions/cache')
    return await withCacheBase(folder, () => restoreCache([folder], key, prefix === undefined ? [] : [prefix]))
  } catch (error) {
    log(`Nothing was restored from the runner's cache: ${messageOf(error)}`)
    return undefined
  }
}

/** Saves a folder in the runner's cache service. Whatever goes wrong there costs a line in the log. */
export async function saveFolder({ folder, key }: CachedFolder): Promise<void> {
  if (!hasService()) return
  try {
    const { saveCache } = await import('@actions/cache')
    await withCacheBase(folder, () => saveCache([folder], key))
  } catch (error) {
    log(`Nothing was kept in the runner's cache: ${messageOf(error)}`)
  }
}

/** The library stores paths relative to the workspace, which differs from repository to repository. One call at a time. */
async function withCacheBase<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const workspace = process.env.GITHUB_WORKSPACE
  await mkdir(dirname(folder), { recursive: true })
  process.env.GITHUB_WORKSPACE = dirname(folder)
  try {
    return await work()
  } finally {
    if (workspace === undefined) delete process.env.GITHUB_WORKSPACE
    else process.env.GITHUB_WORKSPACE = workspace
  }
}
