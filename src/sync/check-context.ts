import { inMergeOrder } from '../environment/files.js'
import { pypiName } from '../environment/pypi-name.js'
import { readWanted, type Wanted } from '../environment/wanted.js'
import { namesOnPypi } from '../lock/package-checks.js'
import type { Plan } from '../lock/plan.js'
import { readPypiNames } from '../lock/verified-lock.js'
import { loadVersionMatch, type VersionMatch } from '../lockfile/constraint.js'
import type { PreviousLocks } from '../lockfile/previous.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { readEarlierLocks } from './earlier.js'
import type { Job } from './job.js'

/** What lockfiles are held against, besides what is in the checkout. */
export interface CheckContext {
  readonly meets: VersionMatch
  /** Locks from before. */
  readonly earlier: readonly UnifiedLock[]
  /** What conda packages are called on PyPI, where that is known. */
  readonly pypiNames: ReadonlyMap<string, string>
}

/** Reads what lockfiles are held against. */
export async function readCheckContext(
  plan: Plan,
  { unified }: PreviousLocks,
  { inputs, runner, condaLock }: Job
): Promise<CheckContext> {
  const wanted = readWanted(inMergeOrder(plan.environments), inputs.platforms)
  const isOpen = unified !== undefined && wanted.some(isRequirementWithoutPackage(unified))
  return {
    meets: await loadVersionMatch(),
    earlier: await readEarlierLocks(runner.workspace, inputs.lockfile),
    // Only the table of names knows whether conda's `pytorch` is what `torch` asks for, and that is conda-lock's to read.
    pypiNames: isOpen
      ? await readPypiNames(unified, wanted, plan, await condaLock.get())
      : namesOnPypi(unified?.packages ?? [])
  }
}

/** A requirement of pip that pip has locked nothing for, and conda nothing of that name. */
function isRequirementWithoutPackage({ packages }: UnifiedLock): (wanted: Wanted) => boolean {
  const locked = new Set(packages.map(({ platform, name }) => `${platform} ${pypiName(name)}`))
  return ({ manager, platform, name, isOptional }) =>
    manager === 'pip' && name !== '' && !isOptional && !locked.has(`${platform} ${name}`)
}
