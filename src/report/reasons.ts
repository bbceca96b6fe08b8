import type { LockedPackage } from '../lockfile/package.js'
import { code } from './markdown.js'
import { compareTexts } from './rows.js'
import { namedKey, type NamedPackages } from './values.js'

/** Why a package is in a lock. */
export interface Reason {
  /** The shortest way to it: a package that an environment file names, then what each pulls in, without the package itself. */
  readonly chain: readonly string[]
  /** How many packages need it besides the last one of the chain. */
  readonly others: number
}

/** Finds why a package of a lock is there; undefined if nothing in the lock needs it. */
export type FindReason = (pin: LockedPackage) => Reason | undefined

/** What a platform's packages are to each other, by name: a requirement does not say which manager has to meet it. */
interface Graph {
  /** The package that the shortest way from a named one comes from; undefined for named ones. */
  readonly parents: ReadonlyMap<string, string | undefined>
  readonly requirers: ReadonlyMap<string, readonly string[]>
}

/** Walks a lock once per platform, when it is first asked for. */
export function reasonsIn(packages: readonly LockedPackage[], named: NamedPackages): FindReason {
  const graphs = new Map<string, Graph>()
  const graphOf = (platform: string): Graph => {
    const known = graphs.get(platform)
    if (known !== undefined) return known
    const graph = buildGraph(
      packages.filter(pin => pin.platform === platform),
      named
    )
    graphs.set(platform, graph)
    return graph
  }
  return pin => findReason(graphOf(pin.platform), pin.name)
}

function buildGraph(packages: readonly LockedPackage[], named: NamedPackages): Graph {
  const sorted = [...packages].sort((left, right) => compareTexts(left.name, right.name))
  const pins = new Map(sorted.map(pin => [pin.name, pin]))
  const requirers = new Map<string, string[]>()
  for (const { name, dependencies } of sorted) {
    for (const dependency of Object.keys(dependencies)) {
      const known = requirers.get(dependency)
      if (known === undefined) requirers.set(dependency, [name])
      else known.push(name)
    }
  }
  const parents = new Map<string, string | undefined>()
  for (const pin of sorted) if (named.has(namedKey(pin))) parents.set(pin.name, undefined)
  // A map gives what is added while it is walked, so this visits by distance from the named packages.
  for (const name of parents.keys()) {
    for (const dependency of Object.keys(pins.get(name)?.dependencies ?? {})) {
      if (!parents.has(dependency)) parents.set(dependency, name)
    }
  }
  return { parents, requirers }
}

function findReason({ parents, requirers }: Graph, name: string): Reason | undefined {
  const all = requirers.get(name) ?? []
  const chain: string[] = []
  for (let step = parents.get(name); step !== undefined; step = parents.get(step)) chain.unshift(step)
  const found = chain.length > 0 ? chain : all.slice(0, 1)
  return found.length === 0 ? undefined : { chain: found, others: Math.max(0, all.length - 1) }
}

/** A reason as Markdown: `dask` → `bokeh` +3; of a long way the first and the last step. */
export function reasonCell(reason: Reason | undefined): string {
  if (reason === undefined) return ''
  const steps = reason.chain.map(code)
  const way = steps.length <= 3 ? steps : [steps[0] ?? '', '…', steps.at(-1) ?? '']
  return `${way.join(' → ')}${reason.others === 0 ? '' : ` +${reason.others}`}`
}
