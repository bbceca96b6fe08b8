import type { Bundle } from '../bundle/bundle.js'
import type { DesiredFile } from '../common/files.js'
import { inMergeOrder } from '../environment/files.js'
import { namesIn } from '../environment/named.js'
import { inputFiles } from '../environment/own-files.js'
import type { Inputs } from '../inputs/inputs.js'
import type { Plan } from '../lock/plan.js'
import { NO_STEERING } from '../lock/steering.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { PreviousLocks } from '../lockfile/previous.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { readCheckContext } from './check-context.js'
import { findProblems } from './findings.js'
import type { Job } from './job.js'

/**
 * A lock that is there already, for a job that publishes bundles.
 * @param files of that lock
 * @returns undefined if its files do not fit each other, which no job would accept
 */
export async function bundleOfCurrent(
  files: readonly DesiredFile[],
  plan: Plan,
  previous: PreviousLocks,
  job: Job
): Promise<Bundle | undefined> {
  const { inputs } = job
  const findings = findProblems(inputs, plan, previous, await readCheckContext(plan, previous, job))
  if (findings.length > 0 || previous.unified === undefined) return undefined
  return { ...toBundle(inputs, plan, previous, previous.unified), files }
}

/** A lock that is as it must be, as if it had just been made. */
function toBundle(inputs: Inputs, plan: Plan, { explicit }: PreviousLocks, unified: UnifiedLock): Bundle {
  return {
    layout: inputs,
    solveSettings: plan.solveSettings,
    inputFiles: inputFiles(plan.own),
    upstream: plan.upstream,
    files: [],
    upstreamVersions: [],
    unified,
    explicit: inputs.platforms.map(platform => ({
      platform,
      path: forPlatform(inputs.explicitLockfile, platform),
      packages: explicit.get(platform) ?? []
    })),
    named: new Map(inMergeOrder(plan.environments).flatMap(environment => [...namesIn(environment, inputs.platforms)])),
    overlaps: [],
    unused: [],
    condaNames: {},
    steered: NO_STEERING,
    sizes: new Map(),
    repositories: new Map(),
    tools: [],
    tables: {},
    seconds: {}
  }
}
