import type { Bundle } from './bundle/bundle.js'
import type { Merge } from './environment/merge.js'
import { checkMerge } from './environment/preflight.js'
import type { Inputs } from './inputs.js'
import { proposeCompanions } from './lock/companion.js'
import { openLocker, type Locked } from './lock/lock.js'
import { checkOrigins } from './lock/origins.js'
import type { EarlyTools } from './lock/tools.js'
import type { Contents, PreviousLocks } from './lockfile/previous.js'
import { proposeLockfiles } from './lockfile/propose.js'
import { log, stage, warnAt } from './log.js'
import { inputFiles, type Own } from './own.js'
import type { Plan } from './plan.js'
import { lostSpecs, namedPackages } from './report/named.js'
import { steeringNotes } from './report/steering.js'
import type { Upstream } from './upstream/fetch.js'
import { checkPolicy } from './upstream/policy.js'

/** What a lock is made from, and what there was before. */
export interface Sources {
  readonly inputs: Inputs
  readonly own: Own
  readonly upstream: Upstream
  readonly plan: Plan
  readonly old: Contents
  readonly previous: PreviousLocks
}

/**
 * Solves, and checks everything that can be checked about the result.
 * @throws SyncError
 */
export async function lock(sources: Sources, tools: EarlyTools): Promise<Bundle> {
  const { inputs, own, upstream, plan, old, previous } = sources
  const { locked, merge } = await lockChecked(sources, tools)
  steeringNotes({ ...locked, solve: plan.settings, previous }).forEach(log)
  const copies = upstream.files.map(({ local, content }) => ({ path: local, content }))
  return {
    settings: inputs,
    solve: plan.settings,
    inputs: inputFiles(own),
    files: [...copies, ...proposeLockfiles(old, previous, locked), ...proposeCompanions(old, locked.companions)],
    upstream,
    upstreamVersions: [],
    unified: locked.unified,
    explicit: locked.explicit,
    named: namedPackages(merge),
    overlaps: lostSpecs(merge),
    steered: locked.steered,
    tools: [
      `conda-lock ${locked.tools.condaLock}`,
      inputs.condaExecutable === undefined ? `py-rattler ${locked.tools.pyRattler}` : plan.settings.solver
    ],
    tables: locked.tables,
    seconds: locked.seconds
  }
}

/** Checks what upstream brings in and how the files merge, then locks, then checks where the packages come from. */
async function lockChecked(
  { inputs, plan, previous }: Sources,
  tools: EarlyTools
): Promise<{ locked: Locked; merge: Merge }> {
  const locker = await stage('Getting conda-lock ready', async () => openLocker(plan, inputs, await tools.get()))
  const specs = await stage('Reading the specs', () => locker.readSpecs())
  checkPolicy(plan, specs, inputs, inputs.platforms)
  const { merge, warnings } = checkMerge(plan.environments, specs, inputs.onOverlap)
  for (const { message, place } of warnings) warnAt(message, place)
  const locked = await stage('Locking and reading back', () => locker.lock(specs, previous.unified))
  const channels = specs.specs.map(spec => spec.channel).filter(channel => channel !== '')
  checkOrigins(locked.unified, { channels, channelAlias: inputs.channelAlias, previous: previous.unified })
  if (inputs.trialCommand !== undefined) await locker.tryInstall(locked, inputs.trialCommand)
  return { locked, merge }
}
