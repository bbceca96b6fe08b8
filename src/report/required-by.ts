import type { LockedPackage } from '../lockfile/package.js'
import { code } from '../common/markdown.js'
import { namedKey, type NamedPackages } from '../environment/named.js'

/** Why a package is in a lock. */
export interface RequiredBy {
  /** The shortest way to it: a package that an environment file names, then what each pulls in, without the package itself. */
  readonly chain: readonly string[]
  /** How many packages need it besides the last one of the chain. */
  readonly others: number
}

/** Finds why a package of a lock is there; undefined if nothing in the lock needs it. */
export type FindRequiredBy = (pin: LockedPackage) => RequiredBy | undefined

/** What a platform's packages are to each other, by name: a requirement does not say which manager has to meet it. */
interface Graph {
  /** The package that the shortest way from a named one comes from; undefined for named ones. */
  readonly parents: ReadonlyMap<string, string | undefined>
  readonly requirers: ReadonlyMap<string, readonly string[]>
}

/** Walks a platform's part of a lock once, when it is first asked for. */
export function requirersIn(packages: readonly LockedPackage[], named: NamedPackages): FindRequiredBy {
  const graphs = new Map<string, Graph>()
  return pin => {
    const graph = graphs.get(pin.platform) ?? buildGraph(packages, pin.platform, named)
    graphs.set(pin.platform, graph)
    return findRequiredBy(graph, pin.name)
  }
}

function buildGraph(packages: readonly LockedPackage[], platform: string, named: NamedPackages): Graph {
  const dependencies = new Map<string, readonly string[]>()
  const requirers = new Map<string, string[]>()
  const parents = new Map<string, string | undefined>()
  for (const pin of packages) {
    if (pin.platform !== platform) continue
    const names = Object.keys(pin.dependencies)
    dependencies.set(pin.name, names)
    if (named.has(namedKey(pin))) parents.set(pin.name, undefined)
    for (const name of names) {
      const known = requirers.get(name)
      if (known === undefined) requirers.set(name, [pin.name])
      else known.push(pin.name)
    }
  }
  // A map gives what is added while it is walked, so this visits by distance from the named packages.
  for (const name of parents.keys()) {
    for (const dependency of dependencies.get(name) ?? []) {
      if (!parents.has(dependency)) parents.set(dependency, name)
    }
  }
  return { parents, requirers }
}

function findRequiredBy({ parents, requirers }: Graph, name: string): RequiredBy | undefined {
  const all = requirers.get(name) ?? []
  const chain: string[] = []
  for (let step = parents.get(name); step !== undefined; step = parents.get(step)) chain.unshift(step)
  const found = chain.length > 0 ? chain : all.slice(0, 1)
  return found.length === 0 ? undefined : { chain: found, others: Math.max(0, all.length - 1) }
}

/** A reason as Markdown: `dask` → `bokeh` +3; of a long way the first and the last step. */
export function requiredByCell(reason: RequiredBy | undefined): string {
  if (reason === undefined) return ''
  const steps = reason.chain.map(code)
  const way = steps.length <= 3 ? steps : [steps[0] ?? '', '…', steps.at(-1) ?? '']
  return `${way.join(' → ')}${reason.others === 0 ? '' : ` +${reason.others}`}`
}
