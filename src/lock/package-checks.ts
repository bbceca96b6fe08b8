import { code, codes, MOST_NAMES } from '../common/markdown.js'
import { enumerate } from '../common/sentences.js'
import { pypiName } from '../environment/pypi-name.js'
import type { Wanted } from '../environment/wanted.js'
import { matchesBuild, parseConstraint, type Constraint, type VersionMatch } from '../lockfile/constraint.js'
import { packageKey, type LockedPackage } from '../lockfile/package.js'
import { notAccepted, type LockFacts, type LockProblem } from './check-values.js'
import { meets as meetsPython } from './one-version.js'
import { isOfOtherChannel } from './origins.js'

/** Finds the package of a name for the platform of another, from its manager; pip's by any form of the name. */
type FindBeside = (other: Pick<LockedPackage, 'platform' | 'manager'>, name: string) => LockedPackage | undefined

/** Not one map by {@link keyOf}: everything that a package needs is looked up, and each key would be a text to be made first. */
function indexPackages(packages: readonly LockedPackage[]): FindBeside {
  const index = new Map<string, Record<LockedPackage['manager'], Map<string, LockedPackage>>>()
  for (const pin of packages) {
    const { platform, manager } = pin
    const pins = index.get(platform) ?? {
      conda: new Map<string, LockedPackage>(),
      pip: new Map<string, LockedPackage>()
    }
    index.set(platform, pins)
    pins[manager].set(nameFor(manager, pin.name), pin)
  }
  return ({ platform, manager }, name) => index.get(platform)?.[manager].get(nameFor(manager, name))
}

function keyOf({ platform, manager, name }: Pick<LockedPackage, 'platform' | 'manager' | 'name'>): string {
  return packageKey({ platform, manager, name: nameFor(manager, name) })
}

function nameFor(manager: LockedPackage['manager'], name: string): string {
  return manager === 'pip' ? pypiName(name) : name
}

/** Virtual packages, such as `__glibc`, are asked of the machine, and not locked. */
function isVirtual(name: string): boolean {
  return name.startsWith('__')
}

/** Finds packages that could be replaced without anybody noticing. */
export function findUnhashed({ unified, explicit }: LockFacts): LockProblem[] {
  const files = [{ platform: undefined, packages: unified.packages }, ...explicit]
  return files.flatMap(({ platform, packages }) =>
    packages
      .filter(({ hash }) => hash === '')
      .map(({ name }) =>
        notAccepted(`${name} has no hash${platform === undefined ? '' : ` in the explicit lockfile for ${platform}`}`)
      )
  )
}

/** Finds platforms that are missing, or locked besides. */
export function findOddPlatforms({ unified, platforms }: LockFacts): LockProblem[] {
  const isSame = [...unified.platforms].sort().join() === [...platforms].sort().join()
  const all: readonly string[] = platforms
  const odd = unified.packages.find(({ platform }) => !all.includes(platform))
  if (!isSame) return [notAccepted(`the lockfile is for ${codes(unified.platforms)} instead of ${codes(platforms)}`)]
  return odd === undefined
    ? []
    : [notAccepted(`${odd.name} is locked for ${odd.platform}, which is none of the platforms`)]
}

/** Finds what conda packages need and the lock does not have: conda-lock drops, silently, what it can't reach from a spec. */
export function findMissingDependencies({ unified: { packages } }: LockFacts): LockProblem[] {
  const findBeside = indexPackages(packages)
  return packages
    .filter(({ manager }) => manager === 'conda')
    .flatMap(pin =>
      Object.keys(pin.dependencies)
        .filter(name => !isVirtual(name) && findBeside(pin, name) === undefined)
        .map(name => notAccepted(`${pin.name} needs ${plain(name)}, which is not in the lockfile`))
    )
}

/**
 * Finds conda packages that contradict what others need. Of pip packages it can't be told: a lockfile has their requirements
 * without the markers.
 */
export function findContradictions({ unified: { packages }, meets }: LockFacts): LockProblem[] {
  const findBeside = indexPackages(packages)
  const constraintOf = parseOnce()
  const problems: LockProblem[] = []
  for (const pin of packages.filter(({ manager }) => manager === 'conda')) {
    for (const [name, spec] of Object.entries(pin.dependencies)) {
      const needed = findBeside(pin, name)
      const constraint = constraintOf(spec)
      if (needed === undefined || constraint === undefined || fits(needed, constraint, meets)) continue
      const problem = `needs ${code(`${name} ${spec}`)}, and ${shown(needed)} is locked for ${pin.platform}`
      problems.push(notAccepted(`${pin.name} ${pin.version} ${problem}`))
    }
  }
  return problems
}

/** Most specs stand in many packages, and on every platform. */
function parseOnce(): (spec: string) => Constraint | undefined {
  const known = new Map<string, Constraint | undefined>()
  return spec => {
    if (!known.has(spec)) known.set(spec, parseConstraint(spec))
    return known.get(spec)
  }
}

function fits(pin: LockedPackage, { version, build }: Constraint, meets: VersionMatch): boolean {
  return meets(pin.version, version) !== false && matchesBuild(pin.build, build)
}

function shown({ name, version, build }: LockedPackage): string {
  return code([name, version, build].join(' ').trim())
}

/** Finds specs of the environment files that no locked package meets. */
export function findUnmet(facts: LockFacts): LockProblem[] {
  const { unified, wanted = [] } = facts
  const findBeside = indexPackages(unified.packages)
  const onPypi = projectsFromConda(facts)
  return wanted.flatMap(spec => {
    if (spec.name === '' || isVirtual(spec.name)) return []
    const pin = findBeside(spec, spec.name)
    if (pin === undefined)
      return spec.isOptional || onPypi.has(keyOf(spec)) ? [] : [unmet(spec, `is not in them for ${spec.platform}`)]
    const reason = reasonAgainst(pin, spec, facts)
    return reason === undefined ? [] : [unmet(spec, `is not what they have for ${spec.platform}: ${reason}`)]
  })
}

/** A requirement of pip is met by a conda package of that project as well. */
function projectsFromConda({ unified, pypiNames }: LockFacts): ReadonlySet<string> {
  return new Set(
    unified.packages.flatMap(({ platform, manager, name }) => {
      const project = manager === 'conda' ? pypiNames.get(name) : undefined
      return project === undefined ? [] : [keyOf({ platform, manager: 'pip', name: project })]
    })
  )
}

/**
 * What locked conda packages are called on PyPI: as in conda, where nothing else is known.
 * @param known other names, by those in conda
 */
export function namesOnPypi(
  packages: readonly LockedPackage[],
  known: ReadonlyMap<string, string> = new Map()
): ReadonlyMap<string, string> {
  return new Map(
    packages.flatMap(({ manager, name }) => (manager === 'conda' ? [[name, known.get(name) ?? name] as const] : []))
  )
}

function reasonAgainst(pin: LockedPackage, spec: Wanted, { meets, origins }: LockFacts): string | undefined {
  if (spec.manager === 'pip') return meetsPython(pin.version, spec.version) ? undefined : shown(pin)
  if (!fits(pin, spec, meets)) return shown(pin)
  return isOfOtherChannel(pin, spec.channel, origins) ? code(pin.url) : undefined
}

function unmet({ text, file, line }: Wanted, problem: string): LockProblem {
  return { ...notAccepted(`${code(text)} ${problem}`), place: { file, line } }
}

/**
 * Finds packages that no spec needs, neither by itself nor by what it needs. Where the name of a spec can't be told, nothing
 * is.
 */
export function findUnneeded({ unified: { packages }, wanted }: LockFacts): LockProblem[] {
  if (wanted === undefined) return []
  const findBeside = indexPackages(packages)
  const needed = new Set<LockedPackage>()
  const todo = wanted.flatMap(spec => findBeside(spec, spec.name) ?? [])
  for (let pin = todo.pop(); pin !== undefined; pin = todo.pop()) {
    if (needed.has(pin)) continue
    needed.add(pin)
    for (const name of needsOf(pin)) {
      const other = findBeside(pin, name)
      if (other !== undefined) todo.push(other)
    }
  }
  const untold = new Set(
    wanted.filter(({ name }) => name === '').map(({ platform, manager }) => `${platform} ${manager}`)
  )
  const odd = packages.filter(
    pin => !needed.has(findBeside(pin, pin.name) ?? pin) && !untold.has(`${pin.platform} ${pin.manager}`)
  )
  if (odd.length === 0) return []
  const names = [...new Set(odd.map(({ name }) => name))]
  const on = [...new Set(odd.map(({ platform }) => platform))]
  return [notAccepted(`nothing asks for ${codes(names, MOST_NAMES)}, which they have for ${enumerate(on)}`)]
}

/** Solvers add pip to Python, which a lockfile does not always say. */
function needsOf({ manager, name, dependencies }: LockedPackage): string[] {
  const needs = Object.keys(dependencies)
  return manager === 'conda' && name === 'python' ? [...needs, 'pip'] : needs
}

/** A name of a package as it is, and anything else as code. */
function plain(name: string): string {
  return /^[\w.+-]+$/.test(name) ? name : code(name)
}
