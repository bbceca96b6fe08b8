import type { RepositoryFile } from '../common/files.js'
import type { ExplicitFile } from './explicit.js'
import { samePackages, type LockedPackage } from './package.js'
import type { PreviousLocks } from './previous.js'
import type { UnifiedLock } from './unified.js'

/** The key in `custom_metadata` under which a lockfile keeps the hash of what it was made from. */
export const INPUTS_HASH = 'inputs-hash'

/** The key for the day (UTC, such as 2026-11-22) of the solve; an unchanged lock keeps its own. */
export const LOCKED_ON = 'locked-on'

/** The key for what made it: conda, which reads lockfiles by conda-lockfiles, refuses `custom_metadata` without it. */
export const CREATED_BY = 'created_by'

/** A new lock, as text and as values. */
export interface NewLock {
  readonly unified: UnifiedLock
  readonly lockfile: { readonly path: string; readonly text: string }
  readonly explicit: readonly ExplicitFile[]
}

/**
 * The lockfiles as they should be: a file whose packages are the same, made from the same inputs, keeps its old bytes, so
 * that comments and the time of day change nothing.
 */
export function proposeLockfiles(previous: PreviousLocks, next: NewLock): RepositoryFile[] {
  const sameInputs = previous.unified?.custom[INPUTS_HASH] === next.unified.custom[INPUTS_HASH]
  const propose = (
    path: string,
    text: string,
    before: readonly LockedPackage[] | undefined,
    after: readonly LockedPackage[]
  ) => {
    const content = previous.contents.get(path)
    const kept = sameInputs && before !== undefined && content !== undefined && samePackages(before, after)
    return { path, content: kept ? content : Buffer.from(text) }
  }
  return [
    propose(next.lockfile.path, next.lockfile.text, previous.unified?.packages, next.unified.packages),
    ...next.explicit.map(file => propose(file.path, file.text, previous.explicit.get(file.platform), file.packages))
  ]
}
