/** One lock as the action makes it, by the real conda-lock, without a GitHub. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDeadline } from '../../src/deadline.js'
import { readVirtualPackages, type VirtualPackagesFile } from '../../src/environment/virtual-packages.js'
import type { Inputs } from '../../src/inputs.js'
import { earlyTools } from '../../src/lock/tools.js'
import { openLocker, type Locked } from '../../src/lock/lock.js'
import { parseUnifiedLock, type UnifiedLock } from '../../src/lockfile/unified.js'
import { makePlan } from '../../src/plan.js'
import { steeringNotes } from '../../src/report/steering.js'
import { TOOL_CACHE } from './action.js'
import { inputsOf, RUNNER, type Given } from './inputs.js'
import { SOLVER } from './toolchain-paths.js'

export interface LockRequest {
  /** The environment files by path, in the order of the merge. */
  readonly environments: Readonly<Record<string, string>>
  /** What `channel-alias` has to be. */
  readonly alias: string
  readonly inputs?: Given
  /** The text of the file that the input `virtual-packages` names. */
  readonly virtualPackages?: string
  /** The text of the old `conda-lock.yml`. */
  readonly previous?: string
  /** The command of a trial install. */
  readonly trial?: readonly string[]
}

export interface LockResult {
  readonly locked: Locked
  readonly previous: UnifiedLock | undefined
  /** What the report says of how the solve was steered. */
  readonly notes: readonly string[]
}

export async function lockOnce(request: LockRequest): Promise<LockResult> {
  const temp = await mkdtemp(join(tmpdir(), 'lock-once-'))
  const runner = { ...RUNNER, temp, toolCache: TOOL_CACHE }
  const given = {
    mode: 'files',
    'channel-alias': request.alias,
    'upstream-files': 'none: none',
    'environment-files': Object.keys(request.environments).join('\n'),
    ...request.inputs
  }
  const inputs = inputsOf(given, runner)
  const upstream = { repository: 'o/r', commit: '0', url: 'https://host.example/o/r', files: [] }
  const own = Object.entries(request.environments).map(([path, text]) => ({ path, content: Buffer.from(text) }))
  const unified = request.previous === undefined ? undefined : parseUnifiedLock(request.previous)
  const plan = makePlan(inputs, upstream, own, [], { virtualPackages: await virtualPackages(request, inputs, temp) })
  const tools = earlyTools(inputs, runner, SOLVER, startDeadline(10))
  try {
    const locker = await openLocker(plan, inputs, await tools.get())
    const locked = await locker.lock(await locker.readSpecs(), unified)
    if (request.trial !== undefined) await locker.tryInstall(locked, request.trial)
    const notes = steeringNotes({ ...locked, solve: plan.settings, previous: { unified } })
    return { locked, previous: unified, notes }
  } finally {
    await tools.close()
    await rm(temp, { recursive: true, force: true })
  }
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
