import { pypiName } from './pypi-name.js'
import type { Spec } from './specs.js'

/** Several specs for the same package: conda-lock takes the last one, silently. */
export interface Overlap {
  readonly name: string
  readonly manager: Spec['manager']
  readonly winner: Spec
  /** Specs that are lost, in the order of the merge. */
  readonly losers: readonly Spec[]
  /**
   * `constraint`: the winner asks for any version and so drops a constraint; `differs`: another spec is lost; `narrows`:
   * the others ask for any version, so nothing is lost; `same`: all ask for the same.
   */
  readonly kind: 'constraint' | 'differs' | 'narrows' | 'same'
}

/** A name that is asked for both from conda and from pip: both get installed, pip's over conda's. */
export interface TwoManagers {
  readonly conda: Spec
  readonly pip: Spec
}

export interface Merge {
  /** The specs that are solved, by platform in conda-lock's order. */
  readonly specs: readonly Spec[]
  /** Once for each name, even if several platforms have it. */
  readonly overlaps: readonly Overlap[]
  readonly twoManagers: readonly TwoManagers[]
}

/**
 * Merges specs as conda-lock 4.0.3 does (its src_parser/aggregation.py): by platform, manager and name the last spec wins,
 * at the place of the first.
 */
export function mergeSpecs(specs: readonly Spec[]): Merge {
  const groups = new Map<string, Spec[]>()
  for (const spec of specs) {
    const key = `${spec.platform} ${spec.manager} ${spec.name}`
    groups.set(key, [...(groups.get(key) ?? []), spec])
  }
  const overlaps = [...groups.values()].flatMap(overlapOf)
  const winners = [...groups.values()].flatMap(group => group.slice(-1))
  return {
    specs: winners,
    overlaps: firstOfEach(overlaps, overlap => `${overlap.manager} ${overlap.name}`),
    twoManagers: firstOfEach(twoManagers(winners), pair => pair.pip.name)
  }
}

function overlapOf(group: readonly Spec[]): Overlap[] {
  const winner = group.at(-1)
  const losers = group.slice(0, -1)
  if (winner === undefined || losers.length === 0) return []
  const kind = kindOf(
    winner,
    losers.filter(loser => loser.identity !== winner.identity)
  )
  // That conda-lock adds pip to pip is no news, unless it takes a constraint away.
  if (winner.implied && kind !== 'constraint') return []
  return [{ name: winner.name, manager: winner.manager, winner, losers, kind }]
}

function kindOf(winner: Spec, others: readonly Spec[]): Overlap['kind'] {
  if (others.length === 0) return 'same'
  if (others.every(isBare)) return 'narrows'
  return isBare(winner) ? 'constraint' : 'differs'
}

function isBare({ version, build, channel }: Spec): boolean {
  return (version === '' || version === '*') && build === '' && channel === ''
}

function twoManagers(winners: readonly Spec[]): TwoManagers[] {
  return winners.flatMap(pip => {
    if (pip.manager !== 'pip') return []
    const conda = winners.find(
      other => other.manager === 'conda' && other.platform === pip.platform && pypiName(other.name) === pip.name
    )
    return conda === undefined ? [] : [{ conda, pip }]
  })
}

function firstOfEach<T>(items: readonly T[], key: (item: T) => string): T[] {
  const seen = new Map<string, T>()
  for (const item of items) if (!seen.has(key(item))) seen.set(key(item), item)
  return [...seen.values()]
}
