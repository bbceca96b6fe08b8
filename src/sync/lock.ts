import { readFile } from 'node:fs/promises'
import type { Bundle } from '../bundle/bundle.js'
import { diagnose } from '../diagnosis/failure.js'
import { inMergeOrder } from '../environment/files.js'
import type { Merge } from '../environment/merge.js'
import { namedPackages, replacedSpecs } from '../environment/named.js'
import { inputFiles } from '../environment/own-files.js'
import { checkMerge } from '../environment/preflight.js'
import type { Specs } from '../environment/specs.js'
import type { Inputs } from '../inputs/inputs.js'
import { proposeCompanions } from '../lock/companion.js'
import { checkOrigins } from '../lock/origins.js'
import { copiesOf, type Plan } from '../lock/plan.js'
import { condaLockLog, makeRequest, openRun, readSpecs, runCondaLock, type LockRun } from '../lock/run.js'
import { tryInstall } from '../lock/trial.js'
import { acceptOutput, type VerifiedLock } from '../lock/verified-lock.js'
import { packagesBefore, type PreviousLocks } from '../lockfile/previous.js'
import { proposeLockfiles } from '../lockfile/propose.js'
import { steeringNotes } from '../report/steering.js'
import { log, logGroup, logIfFolded, stage, warnAt } from '../runner/log.js'
import { checkPolicy } from '../upstream/policy.js'
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
  const specs = await stage('Reading the specs', () => readSpecs(run, plan, inputs))
  const merge = checkSpecs(plan, specs, inputs)
  const request = makeRequest(plan, inputs, packagesBefore(previous) ?? [], new Date())
  const locked = await stage('Locking and reading back', () =>
    withCondaLockLog(run, async () => {
      const output = await runCondaLock(request, run).catch(async (error: unknown) => {
        throw await diagnose(error, request, run, specs)
      })
      return acceptOutput(output, request, run, specs)
    })
  )
  const channels = specs.specs.map(spec => spec.channel).filter(channel => channel !== '')
  checkOrigins(locked.unified, { channels, channelAlias: inputs.channelAlias, previous: previous.unified })
  if (inputs.trialCommand !== undefined) await tryInstall(locked, inputs.trialCommand, run.condaLock)
  steeringNotes({ ...locked, solve: plan.settings, previous }).forEach(log)
  return toBundle(plan, inputs, previous, locked, merge)
}

/** Checks what upstream brings in and how the files merge, and warns of what conda-lock does silently. */
function checkSpecs({ environments }: Plan, specs: Specs, inputs: Inputs): Merge {
  checkPolicy(environments, specs, inputs, inputs.platforms)
  const { merge, warnings } = checkMerge(inMergeOrder(environments), specs, inputs.onOverlap)
  for (const { message, place } of warnings) warnAt(message, place)
  return merge
}

function toBundle(plan: Plan, inputs: Inputs, previous: PreviousLocks, locked: VerifiedLock, merge: Merge): Bundle {
  const { settings, upstream, own } = plan
  const { condaLock, pyRattler } = locked.tools
  return {
    settings: inputs,
    solve: settings,
    inputs: inputFiles(own),
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
    steered: locked.steered,
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

/** After a failed solve conda-lock prints the whole command, with the credentials of private channels. */
function withoutCredentials(text: string): string {
  return text.replace(/(?<=:\/\/)[^/\s@'"]+@|(?<=\/t\/)[^/\s'"]+/g, '***')
}
