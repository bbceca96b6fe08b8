import type { Specs } from '../environment/specs.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { NewLock } from '../lockfile/propose.js'
import { checkCompanions, makeCompanions, type Companion } from './companion.js'
import { readCondaNames, type CondaNames } from './one-version.js'
import type { LockOutput, LockRequest, LockRun, ToolVersions } from './run.js'
import { readSteeringResult, type SteeringResult } from './steering.js'
import { verifyLock } from './verify.js'

/** A new lock that was read back and checked, and what made it. */
export interface VerifiedLock extends NewLock {
  readonly steered: SteeringResult
  readonly companions: readonly Companion[]
  readonly condaNames: CondaNames
  readonly tools: ToolVersions
  /** SHA-256 of each table of PyPI and conda names, by its file or address. */
  readonly tables: Readonly<Record<string, string>>
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<string, number>>
}

/**
 * Checks what conda-lock wrote, and adds the companions.
 * @throws SyncError of kind `verify`
 */
export async function acceptOutput(
  output: LockOutput,
  request: LockRequest,
  run: LockRun,
  specs: Specs
): Promise<VerifiedLock> {
  const { plan, inputs } = request
  const { platforms } = inputs
  const { unified, explicit } = verifyLock(output, platforms, run.condaLock.scratch)
  const companions = makeCompanions(unified, inputs)
  await checkCompanions(companions, run.condaLock)
  const { lookup } = plan.own
  return {
    unified,
    lockfile: { path: inputs.lockfile, text: output.lockfile },
    explicit: platforms.map(platform => ({
      platform,
      path: forPlatform(inputs.explicitLockfile, platform),
      text: output.explicit.get(platform) ?? '',
      packages: explicit.get(platform) ?? []
    })),
    companions,
    condaNames: await readCondaNames(unified.packages, run.condaLock.driver, lookup?.file),
    steered: await readSteeringResult(run, request, specs),
    tools: output.tools,
    tables: lookup === undefined ? output.tables : { [lookup.path]: lookup.sha256 },
    seconds: { toolchain: run.condaLock.seconds, ...output.seconds }
  }
}
