import { messageOf } from '../common/errors.js'
import { parseUnifiedLock } from '../lockfile/unified.js'
import type { UpstreamLock } from './fetch.js'
import { type PlatformVersions, versionsIn } from '../lockfile/versions.js'

/** What a lockfile of upstream's has of some packages, or why that is not known. */
export type UpstreamVersions =
  | { readonly kind: 'read'; readonly path: string; readonly versions: PlatformVersions }
  /** `unfetched` may do better tomorrow. */
  | { readonly kind: 'unreadable' | 'unfetched'; readonly path: string; readonly problem: string }

/** Reads what upstream's lockfiles have of the named packages; what can't be read is no reason to fail. */
export function readUpstreamLocks(locks: readonly UpstreamLock[], names: readonly string[]): UpstreamVersions[] {
  return locks.map(lock => {
    const { path } = lock
    if (lock.kind === 'failed') return { kind: 'unfetched', path, problem: lock.problem }
    try {
      const { packages } = parseUnifiedLock(Buffer.from(lock.content).toString('utf8'))
      return { kind: 'read', path, versions: versionsIn(packages, names) }
    } catch (error) {
      return { kind: 'unreadable', path, problem: messageOf(error) }
    }
  })
}
