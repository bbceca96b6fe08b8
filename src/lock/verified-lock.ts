import * as z from 'zod/mini'
import { read } from '../common/schema.js'
import { mergeSpecs } from '../environment/merge.js'
import type { Spec, Specs } from '../environment/specs.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { NewLock } from '../lockfile/propose.js'
import { checkCompanions, makeCompanions, type Companion } from './companion.js'
import { condaNamesOf, type CondaNames } from './one-version.js'
import { readSolves, type LockOutput, type LockRequest, type LockRun, type ToolVersions } from './run.js'
import type { BaseUrl } from './solver-report.js'
import { steeringResult, type SteeringResult } from './steering.js'
import { checkNamed, verifyLock } from './verify.js'

/** A new lock that was read back and checked, and what made it. */
export interface VerifiedLock extends NewLock {
  readonly steered: SteeringResult
  /** Channels that send their files from elsewhere. */
  readonly baseUrls: readonly BaseUrl[]
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
  const named = mergeSpecs(specs.specs).specs
  const pypiNames = await readPypiNames(unified, named, request, run)
  checkNamed(unified, named, pypiNames)
  const companions = makeCompanions(unified, inputs)
  await checkCompanions(companions, run.condaLock)
  const { lookup } = plan.own
  const solves = await readSolves(run)
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
    condaNames: condaNamesOf(unified.packages, pypiNames),
    steered: steeringResult(solves, request, specs),
    baseUrls: solves.flatMap(({ baseUrls }) => baseUrls),
    tools: output.tools,
    tables: lookup === undefined ? output.tables : { [lookup.path]: lookup.sha256 },
    seconds: { toolchain: run.condaLock.seconds, ...output.seconds }
  }
}

const answered = z.object({ names: z.array(z.string()) })

/** What the locked conda packages are called on PyPI; asked for only where pip has to do with the lock. */
async function readPypiNames(
  { packages }: UnifiedLock,
  named: readonly Spec[],
  { plan }: LockRequest,
  { condaLock }: LockRun
): Promise<ReadonlyMap<string, string>> {
  if (![...packages, ...named].some(({ manager }) => manager === 'pip')) return new Map()
  const names = [...new Set(packages.filter(({ manager }) => manager === 'conda').map(({ name }) => name))]
  const { lookup } = plan.own
  const request = { names, ...(lookup === undefined ? {} : { lookup: lookup.file }) }
  const answer = read(answered, await condaLock.driver.request('pypi-names', request), 'pypi-names')
  return new Map(names.map((name, index) => [name, answer.names[index] ?? name]))
}
