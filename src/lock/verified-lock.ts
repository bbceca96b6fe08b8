import * as z from 'zod/mini'
import { startEarly } from '../common/early.js'
import { read } from '../common/schema.js'
import { mergeSpecs } from '../environment/merge.js'
import type { Spec, Specs } from '../environment/specs.js'
import type { Wanted } from '../environment/wanted.js'
import type { Inputs } from '../inputs/inputs.js'
import { loadVersionMatch } from '../lockfile/constraint.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import type { CondaLock } from '../toolchain/conda-lock.js'
import type { Origins } from './check-values.js'
import { findLockProblems } from './checks.js'
import type { NewLock } from '../lockfile/propose.js'
import { checkCompanions, makeCompanions, type Companion } from './companion.js'
import type { Plan } from './plan.js'
import { condaNamesOf, type CondaNames } from './one-version.js'
import type { LockRequest } from './request.js'
import type { LockOutput, ToolVersions } from './output.js'
import { readBack, readSolves, type LockRun } from './run.js'
import type { SolveReport } from './solver-report.js'
import { steeringResult, type SteeringResult } from './steering.js'
import { checkReadBack, readOutput, refuseProblems } from './verify.js'

/** A new lock that was read back and checked, and what made it. */
export interface VerifiedLock extends NewLock {
  readonly steered: SteeringResult
  /** Bytes of packages by their hash, of both locks. */
  readonly sizes: ReadonlyMap<string, number>
  readonly repositories: ReadonlyMap<string, string>
  readonly companions: readonly Companion[]
  readonly condaNames: CondaNames
  readonly tools: ToolVersions
  /** SHA-256 of each table of PyPI and conda names, by its file or address. */
  readonly tables: Readonly<Record<string, string>>
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<string, number>>
}

/**
 * Checks what conda-lock wrote, has conda-lock read it back meanwhile, and adds the companions.
 * @param previous the lock of before
 * @throws SyncError of kind `verify`; DriverError when conda-lock cannot read it
 */
export async function acceptOutput(
  output: LockOutput,
  request: LockRequest,
  run: LockRun,
  specs: Specs,
  previous: UnifiedLock | undefined
): Promise<VerifiedLock> {
  const { plan, inputs } = request
  const readingBack = startEarly(readBack(request, run)) // while it is read and checked here
  const lock = readOutput(output, inputs, run.condaLock.scratch)
  const { unified } = lock
  const wanted = mergeSpecs(specs.specs).specs.map(asWanted)
  const pypiNames = await readPypiNames(unified, wanted, plan, run.condaLock)
  const solves = await readSolves(run)
  const facts = {
    ...lock,
    platforms: inputs.platforms,
    contents: new Map<string, Uint8Array>(),
    pipRequirements: inputs.pipRequirements,
    wanted,
    pypiNames,
    origins: originsOf(unified, specs, solves, inputs),
    earlier: previous === undefined ? [] : [previous],
    meets: await loadVersionMatch()
  }
  refuseProblems(findLockProblems(facts, 'lock'))
  const readByCondaLock = await readingBack
  checkReadBack(output, readByCondaLock)
  const companions = makeCompanions(unified, inputs)
  await checkCompanions(companions, run.condaLock)
  const { lookup } = plan.own
  return {
    ...lock,
    companions,
    condaNames: condaNamesOf(unified.packages, pypiNames),
    steered: steeringResult(solves, output.heldBack, request, specs),
    sizes: new Map(solves.flatMap(({ sizes }) => Object.entries(sizes))),
    repositories: output.repositories,
    tools: output.tools,
    tables: lookup === undefined ? output.tables : { [lookup.path]: lookup.sha256 },
    seconds: { toolchain: run.condaLock.seconds, lock: output.seconds, readback: readByCondaLock.seconds }
  }
}

/** What conda-lock's own parser says of a spec; markers have been looked at. */
function asWanted(spec: Spec): Wanted {
  return { ...spec, channel: spec.writtenChannel, isOptional: false }
}

/** The channels that the solver was given: those of a lockfile just made are the ones of the environment files. */
function originsOf(
  { channels }: UnifiedLock,
  { specs }: Specs,
  solves: readonly SolveReport[],
  { channelAlias, allowedChannels = [] }: Pick<Inputs, 'channelAlias' | 'allowedChannels'>
): Origins {
  const inSpecs = specs.map(spec => spec.channel).filter(channel => channel !== '')
  return {
    channels: [...channels, ...inSpecs, ...allowedChannels],
    channelAlias,
    baseUrls: solves.flatMap(({ baseUrls }) => baseUrls)
  }
}

/** What solver/driver.py answers to `pypi-names`. */
const namesAnswer = z.object({ names: z.array(z.string()) })

/** What the locked conda packages are called on PyPI; asked for only where pip has to do with the lock. */
export async function readPypiNames(
  { packages }: UnifiedLock,
  wanted: readonly Wanted[],
  { own: { lookup } }: Plan,
  { driver }: Pick<CondaLock, 'driver'>
): Promise<ReadonlyMap<string, string>> {
  if (![...packages, ...wanted].some(({ manager }) => manager === 'pip')) return new Map()
  const names = [...new Set(packages.filter(({ manager }) => manager === 'conda').map(({ name }) => name))]
  const answered = await driver.request('pypi-names', { names, lookup: lookup?.file })
  const answer = read(namesAnswer, answered, 'pypi-names')
  return new Map(names.map((name, index) => [name, answer.names[index] ?? name]))
}
