import { combine, messageOf, SyncError } from '../common/errors.js'
import { code } from '../common/markdown.js'
import type { Spec } from '../environment/specs.js'
import type { Platform } from '../lockfile/platforms.js'
import { parseExplicitLock } from '../lockfile/explicit.js'
import { isSource, isWheel, packageKey, type LockedPackage } from '../lockfile/package.js'
import { parseUnifiedLock, type UnifiedLock } from '../lockfile/unified.js'
import type { LockOutput } from './run.js'

/** Lockfiles that were read back and found to agree. */
export interface Lockfiles {
  readonly unified: UnifiedLock
  readonly explicit: ReadonlyMap<Platform, readonly LockedPackage[]>
}

/**
 * Reads what conda-lock wrote and checks that it can be relied on.
 * @param scratch the folder it was made in, which it must not mention
 * @throws SyncError of kind `verify` that names the first thing that is not as it must be
 */
export function verifyLock(output: LockOutput, platforms: readonly Platform[], scratch: string): Lockfiles {
  const unified = parse('conda-lock.yml', () => parseUnifiedLock(output.lockfile))
  const explicit = new Map(
    platforms.map(platform => {
      const text = output.explicit.get(platform) ?? ''
      if (output.readBack.get(platform) !== text) {
        throw failed(`conda-lock renders another explicit lockfile for ${platform} from its own lockfile`)
      }
      return [platform, parse(`explicit lockfile for ${platform}`, () => parseExplicitLock(text, platform))] as const
    })
  )
  for (const text of [output.lockfile, ...output.explicit.values()]) {
    if (text.includes(scratch)) throw failed('a lockfile mentions the folder that it was made in')
  }
  checkLocks({ unified, explicit }, platforms)
  return { unified, explicit }
}

/**
 * Checks that lockfiles are whole: for the platforms, in agreement, each package with a hash and its dependencies.
 * @throws SyncError of kind `verify` that names the first thing that is not as it must be
 */
export function checkLocks({ unified, explicit }: Lockfiles, platforms: readonly Platform[]): void {
  if ([...unified.platforms].sort().join() !== [...platforms].sort().join()) {
    throw failed(`the lockfile is for ${unified.platforms.join(', ')} instead of ${platforms.join(', ')}`)
  }
  unified.packages.forEach(checkPackage)
  for (const platform of platforms) checkAgreement(platform, unified, explicit.get(platform) ?? [])
  checkClosure(unified)
}

/**
 * Checks that all that the environment files name is locked. The explicit lockfiles have the same packages, see
 * {@link checkLocks}.
 * @param specs the specs that were solved
 * @param pypiNames what conda packages are called on PyPI, where it is known: one that is there already satisfies a
 * requirement of pip
 * @throws SyncError of kind `verify` with every spec that is not in the lockfile, at its line
 */
export function checkNamed(
  { packages }: UnifiedLock,
  specs: readonly Spec[],
  pypiNames: ReadonlyMap<string, string>
): void {
  const lost = findLost(packages, specs, pypiNames)
  if (lost.length > 0) throw combine(lost.map(lostSpec))
}

/** The specs that are not in a lockfile. Virtual packages, such as `__glibc`, are asked of the machine, and not locked. */
export function findLost(
  packages: readonly LockedPackage[],
  specs: readonly Spec[],
  pypiNames: ReadonlyMap<string, string>
): Spec[] {
  const locked = new Set(packages.map(packageKey))
  for (const { platform, manager, name } of packages) {
    const onPypi = pypiNames.get(name)
    if (manager === 'conda' && onPypi !== undefined) locked.add(packageKey({ platform, manager: 'pip', name: onPypi }))
  }
  return specs.filter(spec => !spec.name.startsWith('__') && !locked.has(packageKey(spec)))
}

function lostSpec({ text, platform, file, line }: Spec): SyncError {
  return new SyncError('verify', `The lockfiles were not accepted: ${code(text)} is not in them for ${platform}.`, {
    hint: DEFECT,
    place: { file, line }
  })
}

const DEFECT =
  'Nothing was changed. This is a defect of conda-lock or of this action: report it with the log of this run.'

function parse<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw failed(`the new ${what} cannot be read: ${messageOf(error)}`, error)
  }
}

function failed(problem: string, cause?: unknown): SyncError {
  return new SyncError('verify', `The lockfiles were not accepted: ${problem}.`, {
    hint: DEFECT,
    cause
  })
}

/** The packages that the explicit lockfile of a platform has. */
export function renderedFor(platform: Platform, { packages }: UnifiedLock): LockedPackage[] {
  return packages.filter(pin => pin.platform === platform)
}

function checkAgreement(platform: Platform, unified: UnifiedLock, explicit: readonly LockedPackage[]): void {
  const identity = (pin: LockedPackage) => `${pin.manager} ${pin.name} ${pin.url}`
  const left = new Set(renderedFor(platform, unified).map(identity))
  const right = new Set(explicit.map(identity))
  const odd = [...left].find(entry => !right.has(entry)) ?? [...right].find(entry => !left.has(entry))
  if (odd !== undefined) throw failed(`only one of the two lockfiles for ${platform} has ${odd}`)
  const unchecked = explicit.find(pin => pin.hash === '')
  if (unchecked !== undefined) throw failed(`${unchecked.name} has no hash in the explicit lockfile for ${platform}`)
}

function checkPackage(pin: LockedPackage): void {
  if (!/^[\w.+-]+$/.test(pin.name) || /[^!-~]/.test(pin.url))
    throw failed(`it has the odd name or address ${pin.name} ${pin.url}`)
  if (pin.manager === 'pip' && !isWheel(pin) && !isSource(pin)) throw noArchive(pin)
  if (pin.name.startsWith('__')) throw failed(`it holds the virtual package ${pin.name}`)
  if (pin.hash === '') throw failed(`${pin.name} has no hash`)
  if (!/^https?:\/\//.test(pin.url)) throw failed(`${pin.name} comes from ${pin.url}, which is not on the network`)
}

/** Folders and repositories have no hash, so that anything could be installed. */
function noArchive(pin: LockedPackage): SyncError {
  return new SyncError(
    'solve',
    `The pip package ${pin.name} ${pin.version} comes from ${pin.url}, which is neither a wheel nor a source distribution.`,
    { hint: 'Ask for it by name, or by the address of a wheel, or take the package from conda.' }
  )
}

/** conda-lock drops a package, silently, that it can't reach from a named one; an environment must not lack it. */
function checkClosure({ packages }: UnifiedLock): void {
  const locked = new Set(packages.filter(pin => pin.manager === 'conda').map(packageKey))
  for (const pin of packages.filter(({ manager }) => manager === 'conda')) {
    const missing = Object.keys(pin.dependencies).find(
      name => !name.startsWith('__') && !locked.has(packageKey({ ...pin, name }))
    )
    if (missing !== undefined) throw failed(`${pin.name} needs ${missing}, which is not in the lockfile`)
  }
}
