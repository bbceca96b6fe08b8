import type { Dependency, Environment } from '../environment/parse.js'
import type { Platform } from '../inputs.js'
import { namedKey, type FileSpec, type NamedPackages, type Overlap } from './values.js'

/** A spec of an environment file, with the package that it is for. */
interface NamedSpec extends FileSpec {
  readonly key: string
  readonly name: string
}

/** The packages that environment files name on any of the platforms, with the last file that does. */
export function namedPackages(environments: readonly Environment[], platforms: readonly Platform[]): NamedPackages {
  return new Map(namedSpecs(environments, platforms).map(({ key, file }) => [key, file]))
}

/** Packages that several files name with different specs; in the order of the merge, so that the last spec counts. */
export function findOverlaps(environments: readonly Environment[], platforms: readonly Platform[]): Overlap[] {
  const byKey = new Map<string, Map<string, NamedSpec>>()
  for (const spec of namedSpecs(environments, platforms)) {
    const files = byKey.get(spec.key) ?? new Map<string, NamedSpec>()
    byKey.set(spec.key, files.set(spec.file, spec))
  }
  return [...byKey.values()].flatMap(files => {
    const winner = [...files.values()].at(-1)
    const losers = [...files.values()].filter(({ spec }) => spec.replace(/\s/g, '') !== winner?.spec.replace(/\s/g, ''))
    return winner === undefined || losers.length === 0 ? [] : [{ name: winner.name, winner, losers }]
  })
}

function namedSpecs(environments: readonly Environment[], platforms: readonly Platform[]): NamedSpec[] {
  return environments.flatMap(environment =>
    platforms.flatMap(platform =>
      environment.dependencies(platform).flatMap(dependency => readSpecs(environment.file, dependency))
    )
  )
}

function readSpecs(file: string, dependency: Dependency): NamedSpec[] {
  const manager = typeof dependency === 'string' ? 'conda' : 'pip'
  const specs = typeof dependency === 'string' ? [dependency] : dependency.pip
  return specs.flatMap(spec => {
    const name = manager === 'conda' ? condaName(spec) : pipName(spec)
    return name === undefined ? [] : [{ file, spec, name, key: namedKey({ manager, name }) }]
  })
}

/** The name in a conda spec: `channel::name[version]…`. */
function condaName(spec: string): string | undefined {
  return /^\s*(?:[^\s:]+::)?([\w.-]+)/.exec(spec)?.[1]
}

/** The name in a requirement: `name[extra]>=1`, `name @ URL`, or at the end of `git+https://…#egg=name`. */
function pipName(requirement: string): string | undefined {
  return (/^\s*([A-Za-z0-9][\w.-]*)\s*(?:$|[[(<>=!~;@,])/.exec(requirement) ?? /#egg=([\w.-]+)/.exec(requirement))?.[1]
}
