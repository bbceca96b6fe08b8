import { compare, eq, explain, satisfies, valid, validRange } from '@renovatebot/pep440'
import { pypiName } from '../environment/pypi-name.js'
import type { LockedPackage } from '../lockfile/package.js'

/** What Python projects are called in conda channels, by their name on PyPI, where that is another one. */
export type CondaNames = Readonly<Record<string, string>>

/** A Python project that conda has locked in a version that does not go together with what pip has locked. */
export type Clash =
  /** Both have it, in two versions; pip's gets installed over conda's. */
  | { readonly kind: 'two versions'; readonly conda: LockedPackage; readonly pip: LockedPackage }
  /** The pip package needs another version than conda has, and pip has none. */
  | {
      readonly kind: 'unmet'
      readonly conda: LockedPackage
      readonly pip: LockedPackage
      readonly requirement: string
    }

/**
 * The names in conda channels of what pip has to do with.
 * @param pypiNames what the locked conda packages are called on PyPI
 */
export function condaNamesOf(packages: readonly LockedPackage[], pypiNames: ReadonlyMap<string, string>): CondaNames {
  const pip = packages.filter(({ manager }) => manager === 'pip')
  const asked = new Set(pip.flatMap(pin => [pin.name, ...Object.keys(pin.dependencies)].map(pypiName)))
  const others = [...pypiNames].map(([conda, name]) => [pypiName(name), conda] as const)
  return Object.fromEntries(others.filter(([name, conda]) => asked.has(name) && name !== conda && !pypiNames.has(name)))
}

/** Finds the conda package of a platform that is the Python project. */
export function condaPackages(
  packages: readonly LockedPackage[],
  names: CondaNames
): (platform: string, project: string) => LockedPackage | undefined {
  const key = (platform: string, project: string) => `${platform} ${pypiName(project)}`
  const known = new Map(
    packages.filter(({ manager }) => manager === 'conda').map(pin => [key(pin.platform, pin.name), pin])
  )
  return (platform, project) => known.get(key(platform, names[pypiName(project)] ?? project))
}

/** Finds the Python projects of a lock that are not one version, by platform and name. */
export function findClashes(packages: readonly LockedPackage[], names: CondaNames): Clash[] {
  const conda = condaPackages(packages, names)
  const pip = packages.filter(({ manager }) => manager === 'pip')
  const isPip = new Set(pip.map(({ platform, name }) => `${platform} ${pypiName(name)}`))
  return pip.flatMap((pin): Clash[] => {
    const same = conda(pin.platform, pin.name)
    const unmet = Object.entries(pin.dependencies).flatMap(([name, requirement]): Clash[] => {
      const found = isPip.has(`${pin.platform} ${pypiName(name)}`) ? undefined : conda(pin.platform, name)
      return found === undefined || meets(found.version, requirement)
        ? []
        : [{ kind: 'unmet', conda: found, pip: pin, requirement }]
    })
    return same === undefined || isEqual(same.version, pin.version)
      ? unmet
      : [{ kind: 'two versions', conda: same, pip: pin }, ...unmet]
  })
}

/** Conda's versions need not be Python's. */
function isEqual(left: string, right: string): boolean {
  return valid(left) === null || valid(right) === null ? left === right : eq(left, right)
}

/**
 * Whether a version meets a requirement as Poetry writes it: `*`, or PEP 440's specifiers with `||` between alternatives. Of a
 * version, or a specifier, that is none for Python nothing is known.
 */
export function meets(version: string, requirement: string): boolean {
  if (valid(version) === null) return true
  return requirement.split('||').some(range => range.split(',').every(clause => meetsClause(version, clause.trim())))
}

function meetsClause(version: string, clause: string): boolean {
  if (clause === '' || clause === '*') return true
  if (clause.startsWith('===')) return version.toLowerCase() === clause.slice(3).trim().toLowerCase()
  // The library takes no release for greater than its own candidates.
  const lowest = /^>\s*([^=\s].*)$/.exec(clause)?.[1]
  if (lowest !== undefined && explain(lowest)?.is_prerelease === true) return compare(version, lowest) > 0
  return !validRange(clause) || satisfies(version, clause, { prereleases: true })
}
