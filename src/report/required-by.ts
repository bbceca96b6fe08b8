import type { LockedPackage } from '../lockfile/package.js'
import { condaPackages, type CondaNames } from '../lock/one-version.js'
import { namedKey, type NamedPackages } from '../environment/named.js'
import { packageCell } from './rows.js'

/** Why a package is in a lock. */
export interface RequiredBy {
  /** The shortest way to it: a package that an environment file names, then what each pulls in, without the package itself. */
  readonly chain: readonly LockedPackage[]
  /** How many packages need it besides the last one of the chain. */
  readonly others: number
}

/** Finds why a package of a lock is there; undefined if nothing in the lock needs it. */
export type FindRequiredBy = (pin: LockedPackage) => RequiredBy | undefined

/** What a platform's packages are to each other. */
interface Graph {
  /** The package that the shortest way from a named one comes from; undefined for named ones. */
  readonly parents: ReadonlyMap<LockedPackage, LockedPackage | undefined>
  readonly requirers: ReadonlyMap<LockedPackage, readonly LockedPackage[]>
}

/**
 * Walks a platform's part of a lock once, when it is first asked for. What conda needs comes from conda, and what pip needs from
 * pip, or from conda where pip has not locked it.
 */
export function requirersIn(
  packages: readonly LockedPackage[],
  named: NamedPackages,
  condaNames: CondaNames
): FindRequiredBy {
  const graphs = new Map<string, Graph>()
  return pin => {
    const graph = graphs.get(pin.platform) ?? buildGraph(packages, pin.platform, named, condaNames)
    graphs.set(pin.platform, graph)
    return findRequiredBy(graph, pin)
  }
}

function buildGraph(
  packages: readonly LockedPackage[],
  platform: string,
  named: NamedPackages,
  condaNames: CondaNames
): Graph {
  const pins = packages.filter(pin => pin.platform === platform)
  const byKey = new Map(pins.map(pin => [namedKey(pin), pin]))
  const projects = condaPackages(pins, condaNames)
  const find = (manager: LockedPackage['manager'], name: string) =>
    byKey.get(namedKey({ manager, name })) ?? (manager === 'pip' ? projects(platform, name) : undefined)
  const requirers = new Map<LockedPackage, LockedPackage[]>()
  const dependencies = new Map<LockedPackage, LockedPackage[]>()
  const parents = new Map<LockedPackage, LockedPackage | undefined>()
  for (const pin of pins) {
    if (named.has(namedKey(pin))) parents.set(pin, undefined)
    const needed = Object.keys(pin.dependencies).flatMap(name => find(pin.manager, name) ?? [])
    dependencies.set(pin, needed)
    for (const other of needed) {
      const known = requirers.get(other)
      if (known === undefined) requirers.set(other, [pin])
      else known.push(pin)
    }
  }
  // A map gives what is added while it is walked, so this visits by distance from the named packages.
  for (const pin of parents.keys()) {
    for (const dependency of dependencies.get(pin) ?? []) {
      if (!parents.has(dependency)) parents.set(dependency, pin)
    }
  }
  return { parents, requirers }
}

function findRequiredBy({ parents, requirers }: Graph, pin: LockedPackage): RequiredBy | undefined {
  const all = requirers.get(pin) ?? []
  const chain: LockedPackage[] = []
  for (let step = parents.get(pin); step !== undefined; step = parents.get(step)) chain.unshift(step)
  const found = chain.length > 0 ? chain : all.slice(0, 1)
  return found.length === 0 ? undefined : { chain: found, others: Math.max(0, all.length - 1) }
}

/** A reason as Markdown: `dask` → `bokeh` +3; of a long way the first and the last step. */
export function requiredByCell(reason: RequiredBy | undefined): string {
  if (reason === undefined) return ''
  return `${wayOf(reason)}${reason.others === 0 ? '' : ` +${reason.others}`}`
}

/** The way to a package as Markdown: `dask` → `bokeh`; of a long one the first and the last step. */
export function wayOf({ chain }: RequiredBy): string {
  const steps = chain.map(packageCell)
  const way = steps.length <= 3 ? steps : [steps[0] ?? '', '…', steps.at(-1) ?? '']
  return way.join(' → ')
}
