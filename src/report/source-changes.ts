import { type Change, packageOf } from '../lockfile/compare.js'
import type { LockedPackage } from '../lockfile/package.js'
import { sourceOf } from './channels.js'

/** Packages that come from somewhere else than before, or from where nothing came from before. */
export type SourceChange =
  | { readonly kind: 'moved'; readonly from: string; readonly to: string; readonly names: readonly string[] }
  | { readonly kind: 'new source'; readonly to: string; readonly names: readonly string[] }

/** Finds packages that change their channel, change between conda and pip, or are the first from their channel. */
export function findSourceChanges(before: readonly LockedPackage[], changes: readonly Change[]): SourceChange[] {
  const known = new Set(before.map(sourceOf))
  const gone = new Map(
    changes.flatMap(change => (change.kind === 'removed' ? [[platformAndName(change.previous), change.previous]] : []))
  )
  const moves = new Map<string, { from: string | undefined; to: string; names: Set<string> }>()
  for (const change of changes) {
    if (change.kind === 'removed') continue
    const { next } = change
    const to = sourceOf(next)
    const origin = change.kind === 'added' ? gone.get(platformAndName(next)) : change.previous
    const from = origin === undefined ? undefined : sourceOf(origin)
    if (from === to || (from === undefined && known.has(to))) continue
    const key = JSON.stringify([from, to])
    const move = moves.get(key) ?? { from, to, names: new Set<string>() }
    moves.set(key, move)
    move.names.add(packageOf(change).name)
  }
  return [...moves.values()].map(({ from, to, names }) =>
    from === undefined ? { kind: 'new source', to, names: [...names] } : { kind: 'moved', from, to, names: [...names] }
  )
}

/** What stays when a package changes between conda and pip. */
function platformAndName({ platform, name }: LockedPackage): string {
  return `${platform} ${name}`
}
