import { exists } from '../exists.js'
import { restoreFolder, saveFolder } from './kept.js'

/** The built-in solver's copy of what channels say, which it revalidates, so that an old one only saves time. */
export interface RepodataCache {
  /** Keeps it for later runs on other machines, where there is a cache service. */
  readonly keep: () => Promise<void>
}

/** Restores the folder where this machine does not have it. A service keeps one a day, because entries never change. */
export async function restoreRepodata(folder: string, day: string): Promise<RepodataCache> {
  if (await exists(folder)) return { keep: () => Promise.resolve() }
  const prefix = `conda-lock-sync-repodata-${process.platform}-`
  const kept = { folder, key: `${prefix}${day}`, prefix }
  const restored = await restoreFolder(kept)
  return { keep: async () => (restored !== kept.key && (await exists(folder)) ? saveFolder(kept) : undefined) }
}
