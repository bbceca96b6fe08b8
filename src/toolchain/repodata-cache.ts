import { join } from 'node:path'
import { exists } from '../common/exists.js'
import { restoreFolder, saveFolder } from './folder-cache.js'

/** The built-in solver's copy of repodata. The solver revalidates it, so an old copy can only save time. */
export interface RepodataCache {
  /** Saves it for runs on other machines, where there is a cache service. */
  readonly save: () => Promise<void>
}

/** Restores the folder where this machine does not have it. A service keeps one a day, because entries never change. */
export async function restoreRepodata(folder: string, day: string): Promise<RepodataCache> {
  if (await exists(folder)) return { save: () => Promise.resolve() }
  const prefix = `conda-lock-sync-repodata-${process.platform}-`
  const kept = { folder, key: `${prefix}${day}`, prefix }
  const restored = await restoreFolder(kept)
  return { save: async () => (restored !== kept.key && (await exists(folder)) ? saveFolder(kept) : undefined) }
}

/** The built-in solver's own folder for repodata. */
export function repodataFolder(cache: string): string {
  return join(cache, 'repodata')
}
