import { join } from 'node:path'

/** The action's own folder among the tools that outlive the run. */
export function keptFolder(toolCache: string): string {
  return join(toolCache, 'conda-lock-sync')
}

/** The built-in solver's copy of repodata in that folder. The solver revalidates it, so an old copy can only save time. */
export function repodataFolder(cache: string): string {
  return join(cache, 'repodata')
}
