import { byKey, decodeUrl, sameHash, type LockedPackage } from './package.js'

/** Orders two versions: negative, zero or positive. */
export type VersionOrder = (left: string, right: string) => number

interface Replaced {
  readonly previous: LockedPackage
  readonly next: LockedPackage
}

/** What happened to one package of one platform. */
export type Change =
  | { readonly kind: 'added'; readonly next: LockedPackage }
  | { readonly kind: 'removed'; readonly previous: LockedPackage }
  | ({ readonly kind: 'upgraded' | 'downgraded' | 'rebuilt' } & Replaced)

export type ChangeKind = Change['kind']
export const CHANGE_KINDS: readonly ChangeKind[] = ['added', 'removed', 'upgraded', 'downgraded', 'rebuilt']

/** The difference of two locks. */
export interface Comparison {
  /** By platform, manager and name. */
  readonly changes: readonly Change[]
  /** Platforms that only the old lock has; their packages are not counted as removed. */
  readonly droppedPlatforms: readonly string[]
}

/** Compares two locks by platform, manager and name. */
export function compareLocks(
  previous: readonly LockedPackage[],
  next: readonly LockedPackage[],
  platforms: readonly string[],
  order: VersionOrder
): Comparison {
  const [before, after] = [byKey(previous), byKey(next)]
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort()
  const dropped = new Set(previous.map(pin => pin.platform).filter(platform => !platforms.includes(platform)))
  return {
    changes: keys
      .flatMap(key => change(before.get(key), after.get(key), order))
      .filter(entry => entry.kind !== 'removed' || !dropped.has(entry.previous.platform)),
    droppedPlatforms: [...dropped].sort()
  }
}

function change(previous: LockedPackage | undefined, next: LockedPackage | undefined, order: VersionOrder): Change[] {
  if (next === undefined) return previous === undefined ? [] : [{ kind: 'removed', previous }]
  if (previous === undefined) return [{ kind: 'added', next }]
  const direction = previous.version === next.version ? 0 : order(previous.version, next.version)
  if (direction !== 0) return [{ kind: direction < 0 ? 'upgraded' : 'downgraded', previous, next }]
  const same = decodeUrl(previous.url) === decodeUrl(next.url) && sameHash(previous, next)
  return same ? [] : [{ kind: 'rebuilt', previous, next }]
}

/** Whether a rebuilt package is the same file as before, from another address: the same name and the same content. */
export function isSameFile(change: Change): boolean {
  if (change.kind !== 'rebuilt') return false
  const [old, now] = [change.previous, change.next].map(pin => decodeUrl(pin.url).split('/').at(-1))
  return old === now && change.previous.hash !== '' && sameHash(change.previous, change.next)
}

/** How many changes there are of each kind, over all platforms. */
export function countChanges(changes: readonly Change[]): Readonly<Record<ChangeKind, number>> {
  const counts = { added: 0, removed: 0, upgraded: 0, downgraded: 0, rebuilt: 0 }
  for (const entry of changes) counts[entry.kind] += 1
  return counts
}

/** The package as the new lock has it, or the old one if it is gone. */
export function packageOf(change: Change): LockedPackage {
  return change.kind === 'removed' ? change.previous : change.next
}
