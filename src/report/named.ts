import type { Merge } from '../environment/merge.js'
import type { Environment } from '../environment/parse.js'
import type { Spec } from '../environment/specs.js'
import type { Platform } from '../platforms.js'
import { namedKey, type FileSpec, type NamedPackages, type Overlap } from './values.js'

/** The packages that the merged environment files ask for, and what of them is lost in the merge. */
export function namedPackages({ specs }: Merge): NamedPackages {
  return new Map(specs.flatMap(spec => (spec.implied ? [] : [[namedKey(spec), spec.file]])))
}

/** The specs that are lost because another file names the same package. */
export function lostSpecs({ overlaps }: Merge): Overlap[] {
  return overlaps.flatMap(({ kind, name, winner, losers }) =>
    kind === 'same' || winner.implied
      ? []
      : [{ name, winner: fileSpec(winner), losers: losers.filter(isOther(winner)).map(fileSpec) }]
  )
}

function isOther(winner: Spec): (spec: Spec) => boolean {
  return spec => spec.identity !== winner.identity
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
