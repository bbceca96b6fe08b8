import { readFile } from 'node:fs/promises'
import type { Bundle } from '../bundle/bundle.js'
import { diagnose, diagnoseSpecs } from '../diagnosis/failure.js'
import { checkProxies } from '../diagnosis/proxies.js'
import { checkCredentials } from '../lock/credentials.js'
import { SyncError } from '../common/errors.js'
import { withoutCredentials } from '../common/urls.js'
import { uniteChannels } from '../environment/channels.js'
import { inMergeOrder } from '../environment/files.js'
import type { Merge } from '../environment/merge.js'
import { namedPackages, replacedSpecs } from '../environment/named.js'
import { inputFiles } from '../environment/own-files.js'
import { checkMerge } from '../environment/preflight.js'
import type { Specs } from '../environment/specs.js'
import {
  accountForFiles,
  describeElsewhere,
  describeUnused,
  findUnused,
  placeOfUnused,
  type UnusedEntries
} from '../environment/unused.js'
import type { Inputs } from '../inputs/inputs.js'
import { proposeCompanions } from '../lock/companion.js'
import { copiesOf, type Plan } from '../lock/plan.js'
import { makeRequest } from '../lock/request.js'
import { condaLockLog, fetchEarly, openRun, readSpecs, runCondaLock, type LockRun } from '../lock/run.js'
import { tryInstall } from '../lock/trial.js'
import { acceptOutput, type VerifiedLock } from '../lock/verified-lock.js'
import { packagesBefore, type PreviousLocks } from '../lockfile/previous.js'
import { proposeLockfiles } from '../lockfile/propose.js'
import { sourceNotes } from '../report/sources.js'
import { steeringNotes } from '../report/steering.js'
import { log, logGroup, logIfFolded, stage, warnAt } from '../runner/log.js'
import { DriverError } from '../toolchain/driver.js'
import { checkPolicy } from '../upstream/policy.js'
import { checkClashes } from './clashes.js'
import type { Job } from './job.js'

/**
 * Locks a plan: checks what the files ask for, solves once, and checks everything that can be checked about the result.
 * @throws SyncError
 */
export async function lock(
  plan: Plan,
  previous: PreviousLocks,
  { inputs, condaLock }: Pick<Job, 'inputs' | 'condaLock'>
): Promise<Bundle> {
  const run = await stage('Getting conda-lock ready', async () => openRun(plan, inputs, await condaLock.get()))
  await fetchAllowed(run, plan, inputs)
  const specs = await stage('Reading the specs', () => readSpecs(run, plan, inputs)).catch((error: unknown) => {
    throw diagnoseSpecs(error, inMergeOrder(plan.environments))
  })
  const checked = checkSpecs(plan, specs, inputs)
  checkCredentials(plan.environments.own, process.env)
  await checkProxies(inMergeOrder(plan.environments), inputs.channelAlias)
  const request = makeRequest(plan, inputs, packagesBefore(previous) ?? [], new Date())
  const locked = await stage('Locking and reading back', () =>
    withCondaLockLog(run, async () => {
      try {
        return await acceptOutput(await runCondaLock(request, run), request, run, specs, previous.unified)
      } catch (error) {
        throw await diagnose(error, request, run, specs)
      }
    })
  )
  checkClashes(locked, specs, checked.merge, inputs.onOverlap)
  const { trialCommand } = inputs
  const tried =
    trialCommand === undefined ? {} : { trialPrefix: await tryInstall(locked, trialCommand, plan, run.condaLock) }
  const steered = { ...locked, solveSettings: plan.solveSettings, previous }
  for (const note of [...steeringNotes(steered), ...sourceNotes(locked)]) log(note)
  return { ...toBundle(plan, inputs, previous, locked, checked), ...tried }
}

/** Has the channels read while conda-lock is being loaded, if nothing speaks against the files before it is. */
async function fetchAllowed(run: LockRun, { environments }: Plan, inputs: Inputs): Promise<void> {
  if (inputs.condaExecutable !== undefined) return
  try {
    checkPolicy(environments, undefined, inputs)
    const files = inMergeOrder(environments)
    await fetchEarly(run, files, uniteChannels(files, inputs.channelAlias), inputs)
  } catch (error) {
    // What is wrong with the files is told by the checks to come, and what cannot be fetched by the lock.
    if (!(error instanceof SyncError || error instanceof DriverError)) throw error
  }
}

/** What the environment files ask for, and what of them has no effect. */
interface CheckedSpecs {
  readonly merge: Merge
  readonly unused: readonly UnusedEntries[]
}

/** Checks what upstream brings in and how the files merge, and warns of what conda-lock does silently. */
function checkSpecs({ environments }: Plan, specs: Specs, inputs: Inputs): CheckedSpecs {
  checkPolicy(environments, specs, inputs)
  const files = inMergeOrder(environments)
  const { merge, warnings } = checkMerge(files, specs, inputs)
  for (const { message, place } of warnings) warnAt(message, place)
  const accounts = accountForFiles(files, specs, merge, inputs.platforms)
  const unused = findUnused(accounts)
  for (const found of unused) warnAt(describeUnused(found, '\n- '), placeOfUnused(found))
  accounts.flatMap(describeElsewhere).forEach(log)
  return { merge, unused }
}

function toBundle(
  plan: Plan,
  inputs: Inputs,
  previous: PreviousLocks,
  locked: VerifiedLock,
  { merge, unused }: CheckedSpecs
): Bundle {
  const { solveSettings: settings, upstream, own } = plan
  const { condaLock, pyRattler } = locked.tools
  return {
    layout: inputs,
    solveSettings: settings,
    inputFiles: inputFiles(own),
    files: [
      ...copiesOf(upstream),
      ...proposeLockfiles(previous, locked),
      ...proposeCompanions(previous.contents, locked.companions)
    ],
    upstream,
    upstreamVersions: [],
    unified: locked.unified,
    explicit: locked.explicit,
    named: namedPackages(merge),
    overlaps: replacedSpecs(merge),
    unused,
    condaNames: locked.condaNames,
    steered: locked.steered,
    sizes: locked.sizes,
    repositories: locked.repositories,
    tools: [
      `conda-lock ${condaLock}`,
      inputs.condaExecutable === undefined ? `py-rattler ${pyRattler}` : settings.solver
    ],
    tables: locked.tables,
    seconds: locked.seconds
  }
}

/** Logs what conda-lock printed, whether the work fails or not. */
async function withCondaLockLog<T>(run: LockRun, work: () => Promise<T>): Promise<T> {
  const printed = async () => {
    const text = await readFile(condaLockLog(run), 'utf8').catch(() => '')
    // After a failed solve conda-lock prints the whole command, with the credentials of private channels.
    return ['Output of conda-lock', withoutCredentials(text)] as const
  }
  try {
    const result = await work()
    logIfFolded(...(await printed()))
    return result
  } catch (error) {
    logGroup(...(await printed()))
    throw error
  }
}
