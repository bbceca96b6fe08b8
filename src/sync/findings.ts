import { SyncError } from '../common/errors.js'
import { code, codes, MOST_NAMES } from '../common/markdown.js'
import { inMergeOrder } from '../environment/files.js'
import { changedInputs, type InputChange } from '../environment/made-from.js'
import { namedKey, namesIn } from '../environment/named.js'
import { readWanted } from '../environment/wanted.js'
import type { Inputs } from '../inputs/inputs.js'
import type { LockFacts, LockProblem } from '../lock/check-values.js'
import { findLockProblems } from '../lock/checks.js'
import { namedChannels } from '../lock/origins.js'
import { localName, type Plan } from '../lock/plan.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { PreviousLocks, UnreadableLock } from '../lockfile/previous.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import type { Finding } from '../report/check.js'
import { tellSetting } from '../report/settings.js'
import { checkPolicy, type Policy } from '../upstream/policy.js'
import type { CheckContext } from './check-context.js'

/** What is wrong with lockfiles, as far as it can be said without a solve; nothing if they are as they must be. */
export function findProblems(inputs: Inputs, plan: Plan, previous: PreviousLocks, context: CheckContext): Finding[] {
  const { unified } = previous
  const unreadable = previous.unreadable.map(findUnreadable)
  if (unified === undefined) {
    return unreadable.length > 0 ? unreadable : [{ message: `There is no ${code(inputs.lockfile)}.` }]
  }
  const stale = findStale(inputs, plan, unified)
  const missing = [...unreadable, ...findMissing(inputs, previous)]
  const facts = factsOf(inputs, plan, previous, unified, context)
  // What the packages of a stale lock lack is told by what has changed since.
  const problems = findLockProblems(stale.length > 0 ? { ...facts, wanted: undefined } : facts, 'check')
  const { environments } = plan
  return [...stale, ...findRefused(environments, inputs), ...missing, ...problems.map(asFinding)]
}

/** Whether there is a lock that was made from something else, so that a solve can tell what would change. */
export function isStale({ metadata }: Plan, { unified }: PreviousLocks): boolean {
  return unified !== undefined && unified.custom[INPUTS_HASH] !== metadata[INPUTS_HASH]
}

/** A lock of the checkout, and what it is held against. */
function factsOf(
  inputs: Inputs,
  { environments }: Plan,
  { contents, explicit }: PreviousLocks,
  unified: UnifiedLock,
  context: CheckContext
): LockFacts {
  const { lockfile, platforms, channelAlias, pipRequirements } = inputs
  const textOf = (path: string) => Buffer.from(contents.get(path) ?? []).toString('utf8')
  return {
    ...context,
    lockfile: { path: lockfile, text: textOf(lockfile) },
    platforms,
    unified,
    explicit: [...explicit].map(([platform, packages]) => {
      const path = forPlatform(inputs.explicitLockfile, platform)
      return { platform, path, text: textOf(path), packages }
    }),
    contents,
    pipRequirements,
    wanted: readWanted(inMergeOrder(environments), platforms),
    origins: { channels: namedChannels(environments, platforms, inputs), channelAlias, baseUrls: [] }
  }
}

function asFinding({ message, place, hint }: LockProblem): Finding {
  return { message, place, hint }
}

/** What upstream's copies ask for and must not, line by line. */
function findRefused(environments: Plan['environments'], policy: Policy): Finding[] {
  try {
    checkPolicy(environments, undefined, policy)
    return []
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    return [error, ...error.others].map(({ message, hint, place }) => ({ message, hint, place }))
  }
}

function findMissing({ platforms, explicitLockfile }: Inputs, { explicit, contents }: PreviousLocks): Finding[] {
  return platforms.flatMap((platform): Finding[] => {
    const path = forPlatform(explicitLockfile, platform)
    if (explicit.has(platform) || contents.has(path)) return []
    return [{ message: `There is no ${code(path)}, the explicit lockfile for ${platform}.` }]
  })
}

function findUnreadable({ path: file, problem, line }: UnreadableLock): Finding {
  return { message: `${code(file)} ${problem}.`, place: { file, ...(line === undefined ? {} : { line }) } }
}

/** What the lockfile was made from and what there is now: the hash decides, and what else it remembers says why. */
function findStale(inputs: Inputs, plan: Plan, unified: UnifiedLock): Finding[] {
  const { lockfile } = inputs
  const hash = unified.custom[INPUTS_HASH]
  if (hash === plan.metadata[INPUTS_HASH]) return []
  if (hash === undefined) return [{ message: `${code(lockfile)} does not say what it was made from.` }]
  const changes = changedInputs(unified.custom, plan.metadata)
  if (changes.length > 0) return changes.map(change => tellChange(change, inputs, plan, unified))
  return [{ message: `${code(lockfile)} was made from other environment files or settings than those here.` }]
}

function tellChange(change: InputChange, inputs: Inputs, plan: Plan, unified: UnifiedLock): Finding {
  const lockfile = code(inputs.lockfile)
  if (change.kind === 'setting') return { message: tellSetting(change, inputs.lockfile) }
  const environments = inMergeOrder(plan.environments)
  const environment = environments.find(({ file }) => localName(inputs, file) === change.file)
  const file = environment?.file ?? change.file
  if (change.kind === 'removed') {
    return { message: `${lockfile} was made from ${code(file)} as well, which is none of the environment files here.` }
  }
  const locked = new Set(unified.packages.map(namedKey))
  const names = environment === undefined ? [] : [...namesIn(environment, inputs.platforms).keys()]
  const lacking = names.filter(key => !locked.has(key)).map(key => key.slice(key.indexOf(' ') + 1))
  const without = lacking.length === 0 ? '' : ` It lacks ${codes(lacking, MOST_NAMES)}.`
  const problem =
    change.kind === 'added'
      ? `${code(file)} is an environment file here, and ${lockfile} was made without it.`
      : `${code(file)} asks for something else than when ${lockfile} was made.`
  return { message: `${problem}${without}`, place: { file } }
}
