import type { LockedPackage } from '../lockfile/package.js'
import { compareTexts, shareRows, type Row } from './rows.js'

/** A virtual package (`__glibc`, `__cuda`, …) that a platform's packages ask for in another way than before. */
export interface VirtualChange {
  readonly platform: string
  readonly name: string
  /** Specs that nothing asked for before, with who asks for them; none if nothing asks for the package any more. */
  readonly specs: readonly string[]
  readonly requirers: readonly string[]
  /** The specs of before. */
  readonly before: readonly string[]
}

/** Names of those that ask, by spec, by virtual package. */
type Demands = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

/** Compares what two locks ask of the machine, on those platforms where the old one says it: an explicit lockfile does not. */
export function findVirtualChanges(
  before: readonly LockedPackage[],
  after: readonly LockedPackage[]
): Row<VirtualChange>[] {
  const platforms = [...new Set(after.map(pin => pin.platform))].filter(platform =>
    before.some(pin => pin.platform === platform && Object.keys(pin.dependencies).length > 0)
  )
  const changes = platforms.flatMap(platform => {
    const [old, now] = [before, after].map(packages => demandsOf(packages.filter(pin => pin.platform === platform)))
    return old === undefined || now === undefined ? [] : compareDemands(platform, old, now)
  })
  return shareRows(
    changes,
    change => change.platform,
    ({ name, specs, requirers, before: specsBefore }) => JSON.stringify([name, specs, requirers, specsBefore])
  )
}

function demandsOf(packages: readonly LockedPackage[]): Demands {
  const demands = new Map<string, Map<string, string[]>>()
  for (const { name, dependencies } of packages) {
    for (const dependency of Object.keys(dependencies)) {
      if (!dependency.startsWith('__')) continue
      const spec = dependencies[dependency] ?? ''
      const specs = demands.get(dependency) ?? new Map<string, string[]>()
      demands.set(dependency, specs)
      const names = specs.get(spec)
      if (names === undefined) specs.set(spec, [name])
      else names.push(name)
    }
  }
  return demands
}

function compareDemands(platform: string, before: Demands, after: Demands): VirtualChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareTexts)
  return names.flatMap(name => {
    const old = [...(before.get(name)?.keys() ?? [])].sort(compareTexts)
    const now = after.get(name)
    const specs = [...(now?.keys() ?? [])].filter(spec => !old.includes(spec)).sort(compareTexts)
    if (now !== undefined && specs.length === 0) return []
    const requirers = specs.flatMap(spec => now?.get(spec) ?? []).sort(compareTexts)
    return [{ platform, name, specs, requirers: [...new Set(requirers)], before: old }]
  })
}
