import { join } from 'node:path'
import { exists } from '../common/exists.js'
import type { FolderCache } from './folder-cache.js'

/** The built-in solver's copy of repodata. The solver revalidates it, so an old copy can only save time. */
export interface RepodataCache {
  /** Has it saved for runs on other machines, where there is a cache service. */
  readonly saveLater: () => Promise<void>
}

/** Restores the folder where this machine does not have it. A service keeps one a day, because entries never change. */
export async function restoreRepodata(folder: string, day: string, service: FolderCache): Promise<RepodataCache> {
  if (await exists(folder)) return { saveLater: () => Promise.resolve() }
  const prefix = `conda-lock-sync-repodata-${process.platform}-`
  const kept = { folder, key: `${prefix}${day}`, prefix }
  const restored = await service.restore(kept)
  return {
    saveLater: async () => {
      if (restored !== kept.key && (await exists(folder))) service.saveLater(kept)
    }
  }
}

/** The action's own folder among the tools that outlive the run. */
export function keptFolder(toolCache: string): string {
  return join(toolCache, 'conda-lock-sync')
}

/** The built-in solver's own folder for repodata. */
export function repodataFolder(cache: string): string {
  return join(cache, 'repodata')
}
