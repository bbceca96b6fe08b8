import type { Merge } from './merge.js'
import type { Environment } from './parse.js'
import type { Spec } from './specs.js'
import type { Platform } from '../lockfile/platforms.js'
import { pypiName } from './pypi-name.js'
import type { LockedPackage } from '../lockfile/package.js'

/** The file that asks for a package, by {@link namedKey}; of several files the last, because it wins. */
export type NamedPackages = ReadonlyMap<string, string>

/** A package without its platform: an environment file asks for it by manager and name. */
export function namedKey({ manager, name }: Pick<LockedPackage, 'manager' | 'name'>): string {
  return `${manager} ${manager === 'pip' ? pypiName(name) : name.toLowerCase()}`
}

/** A spec and the environment file that it stands in. */
export interface FileSpec {
  readonly file: string
  readonly spec: string
}

/** A package that several environment files ask for in different ways; conda-lock takes the spec of the last one only. */
export interface ReplacedSpec {
  readonly name: string
  readonly winner: FileSpec
  readonly losers: readonly FileSpec[]
}

/** The packages that the merged environment files ask for, and what of them is lost in the merge. */
export function namedPackages({ specs }: Merge): NamedPackages {
  return new Map(specs.flatMap(spec => (spec.implied ? [] : [[namedKey(spec), spec.file]])))
}

/** The specs that are lost because another file names the same package. */
export function replacedSpecs({ overlaps }: Merge): ReplacedSpec[] {
  return overlaps.flatMap(({ kind, name, winner, losers }) =>
    kind === 'same' || winner.implied
      ? []
      : [
          {
            name,
            winner: fileSpec(winner),
            losers: losers.filter(loser => loser.identity !== winner.identity).map(fileSpec)
          }
        ]
  )
}

function fileSpec({ file, text }: Spec): FileSpec {
  return { file, spec: text }
}

/**
 * The packages that an environment file of before names. Only their names count, so conda-lock is not asked again for
 * what its specs mean.
 */
export function namesIn(environment: Environment, platforms: readonly Platform[]): NamedPackages {
  const keys = platforms
    .flatMap(platform => environment.dependencies(platform))
    .flatMap(dependency =>
      typeof dependency === 'string'
        ? keysOf('conda', condaName(dependency))
        : dependency.pip.flatMap(requirement => keysOf('pip', pipName(requirement)))
    )
  return new Map(keys.map(key => [key, environment.file]))
}

function keysOf(manager: Spec['manager'], name: string | undefined): string[] {
  return name === undefined ? [] : [namedKey({ manager, name })]
}

/** The name in a conda spec: `channel::name[version]…`. */
function condaName(spec: string): string | undefined {
  return /^\s*(?:[^\s:]+::)?([\w.-]+)/.exec(spec)?.[1]
}

/** The name in a requirement: `name[extra]>=1`, `name @ URL`, or at the end of `git+https://…#egg=name`. */
function pipName(requirement: string): string | undefined {
  return (/^\s*([A-Za-z0-9][\w.-]*)\s*(?:$|[[(<>=!~;@,])/.exec(requirement) ?? /#egg=([\w.-]+)/.exec(requirement))?.[1]
}
