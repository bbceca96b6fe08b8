/** One lock as the action makes it, by the real conda-lock, without a GitHub. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { diagnose } from '../../src/diagnosis/failure.js'
import { readLookupTable, type LookupTable } from '../../src/environment/pypi-lookup.js'
import { readVirtualPackages, type VirtualPackagesFile } from '../../src/environment/virtual-packages.js'
import type { Inputs } from '../../src/inputs/inputs.js'
import { makePlan, type Plan } from '../../src/lock/plan.js'
import { makeRequest } from '../../src/lock/request.js'
import { openRun, readSpecs, runCondaLock } from '../../src/lock/run.js'
import { tryInstall } from '../../src/lock/trial.js'
import { acceptOutput, type VerifiedLock } from '../../src/lock/verified-lock.js'
import { loadVersionMatch } from '../../src/lockfile/constraint.js'
import { parseUnifiedLock, type UnifiedLock } from '../../src/lockfile/unified.js'
import { steeringNotes } from '../../src/report/steering.js'
import { startDeadline } from '../../src/runner/deadline.js'
import { inScratch } from '../../src/runner/scratch.js'
import { lazyCondaLock } from '../../src/toolchain/conda-lock.js'
import { TOOL_CACHE } from './action.js'
import { inputsOf, ownFiles, type Given } from './inputs.js'
import { SOLVER } from './toolchain-paths.js'

// Jest refuses to load a module within a test that runs beside others.
await loadVersionMatch()

export interface LockRequest {
  /** The environment files by path, in the order of the merge. */
  readonly environments: Readonly<Record<string, string>>
  /** What `channel-alias` has to be. */
  readonly alias: string
  readonly inputs?: Given
  /** The text of the file that the input `virtual-packages` names. */
  readonly virtualPackages?: string
  /** The file with the table of PyPI and conda names, where there is a `pip:` section; an absolute path. */
  readonly lookup?: string
  /** The text of the old `conda-lock.yml`. */
  readonly previous?: string
  /** The command of a trial install. */
  readonly trial?: readonly string[]
}

export interface LockResult {
  readonly locked: VerifiedLock
  readonly previous: UnifiedLock | undefined
  /** What the report says of how the solve was steered. */
  readonly notes: readonly string[]
}

export async function lockOnce(request: LockRequest): Promise<LockResult> {
  const given = {
    mode: 'files',
    'channel-alias': request.alias,
    'upstream-files': 'none',
    'environment-files': Object.keys(request.environments).join('\n'),
    ...request.inputs
  }
  return inScratch(async temp => {
    const inputs = inputsOf(given)
    const own = Object.entries(request.environments).map(([path, text]) => ({ path, content: Buffer.from(text) }))
    const unified = request.previous === undefined ? undefined : parseUnifiedLock(request.previous)
    const { lookup } = request
    const rest = {
      virtualPackages: await virtualPackages(request, inputs, temp),
      lookup: lookup === undefined ? await emptyTable(temp) : { path: 'lookup.json', file: lookup, sha256: '' }
    }
    const plan = makePlan(inputs, undefined, ownFiles(own, rest), [])
    const locked = await lockPlan(plan, inputs, unified, request.trial)
    const notes = steeringNotes({
      ...locked,
      solveSettings: plan.solveSettings,
      previous: { unified, explicit: new Map(), unreadable: [] }
    })
    return { locked, previous: unified, notes }
  })
}

/** Locks a plan, and tries what was locked if there is a command for that. */
export async function lockPlan(
  plan: Plan,
  inputs: Inputs,
  previous?: UnifiedLock,
  trial?: readonly string[]
): Promise<VerifiedLock> {
  return inScratch(async temp => {
    const runner = { temp, toolCache: TOOL_CACHE }
    const deadline = startDeadline(10)
    const lazy = lazyCondaLock({ python: inputs.python, runner, solverFolder: SOLVER, deadline })
    try {
      const run = await openRun(plan, inputs, await lazy.get())
      const specs = await readSpecs(run, plan, inputs)
      const wanted = makeRequest(plan, inputs, previous?.packages ?? [], new Date())
      const output = await runCondaLock(wanted, run).catch(async (error: unknown) => {
        throw await diagnose(error, wanted, run, specs)
      })
      const locked = await acceptOutput(output, wanted, run, specs, previous)
      if (trial !== undefined) await tryInstall(locked, trial, plan, run.condaLock)
      return locked
    } finally {
      await lazy.close()
    }
  })
}

/** So that a `pip:` section needs no table from the network. */
async function emptyTable(folder: string): Promise<LookupTable> {
  await writeFile(join(folder, 'lookup.json'), '{}')
  return readLookupTable(folder, 'lookup.json')
}

async function virtualPackages(
  request: LockRequest,
  { steering, platforms }: Inputs,
  folder: string
): Promise<VirtualPackagesFile | undefined> {
  const path = steering.virtualPackages
  if (path === undefined) return undefined
  await writeFile(join(folder, path), request.virtualPackages ?? '')
  return readVirtualPackages(folder, path, platforms)
}
