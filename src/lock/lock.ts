import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { parseSpecs, type Specs } from '../environment/specs.js'
import type { Inputs } from '../inputs.js'
import { forPlatform } from '../platforms.js'
import type { NewLock } from '../lockfile/propose.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { logGroup, logIfFolded } from '../log.js'
import type { Plan } from '../plan.js'
import type { Driver } from './driver.js'
import { checkCompanions, makeCompanions, type Companion } from './companion.js'
import { channelCredentials } from './credentials.js'
import { failureOf } from './failure.js'
import { runCondaLock, type Laboratory, type Steering, type ToolVersions } from './run.js'
import { readSteered, steer, type Steered } from './steering.js'
import type { Tools } from './tools.js'
import { tryInstall } from './trial.js'
import { verifyLock } from './verify.js'

/** A verified lock, and what made it. */
export interface Locked extends NewLock {
  readonly steered: Steered
  readonly companions: readonly Companion[]
  readonly tools: ToolVersions
  /** SHA-256 of each table of PyPI and conda names, by its file or address. */
  readonly tables: Readonly<Record<string, string>>
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<string, number>>
}

/** conda-lock, loaded and at work on one plan in a scratch folder. Nothing in the repository changes. */
export interface Locker {
  /** What the environment files ask for, as conda-lock reads it. */
  readSpecs(): Promise<Specs>
  /**
   * @param previous the lock of before, for `update: minimal`
   * @throws SyncError that tells the cause, if the specs can't be solved
   */
  lock(specs: Specs, previous?: UnifiedLock): Promise<Locked>
  /** Installs a lock into a scratch prefix and runs a command there. */
  tryInstall(locked: Locked, command: readonly string[]): Promise<void>
}

/** Sets conda-lock to work on a plan. */
export async function openLocker(plan: Plan, inputs: Inputs, tools: Tools): Promise<Locker> {
  const { driver, scratch, solverFolder, cache, python, seconds } = tools
  const folders = await layOut(plan, inputs, scratch)
  const credentials = channelCredentials(plan.own, process.env)
  const laboratory: Laboratory = { driver, solverFolder, folders, cache, python, credentials }
  return {
    readSpecs: () => readSpecs(driver, laboratory, plan, inputs),
    lock: async (specs, previous) => {
      const steering = steer(inputs, previous, new Date())
      return withLog(scratch, () => lockAndVerify(laboratory, plan, inputs, steering, specs, seconds))
    },
    tryInstall: (locked, command) => tryInstall(locked, command, laboratory)
  }
}

/** Lays the environment files out like the repository, so that the lockfile says of its sources what it would say there. */
async function layOut(plan: Plan, inputs: Inputs, scratch: string): Promise<Laboratory['folders']> {
  const work = join(scratch, 'work')
  const folders = {
    scratch,
    work,
    directory: join(work, inputs.workingDirectory),
    explicit: join(scratch, 'explicit'),
    readBack: join(scratch, 'read-back')
  }
  await Promise.all(
    [folders.directory, folders.explicit, folders.readBack].map(path => mkdir(path, { recursive: true }))
  )
  const { virtualPackages } = plan
  for (const file of [...plan.files, ...(virtualPackages === undefined ? [] : [virtualPackages.file])]) {
    const path = join(work, file.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.content)
  }
  return folders
}

async function readSpecs(driver: Driver, { folders }: Laboratory, plan: Plan, inputs: Inputs): Promise<Specs> {
  const answer = await driver.request('specs', {
    directory: folders.directory,
    files: plan.files.map(file => posix.relative(inputs.workingDirectory, file.path)),
    platforms: inputs.platforms
  })
  return parseSpecs(answer, plan.environments, inputs.platforms)
}

async function lockAndVerify(
  laboratory: Laboratory,
  plan: Plan,
  inputs: Inputs,
  steering: Steering,
  specs: Specs,
  installed: number
): Promise<Locked> {
  const lookupFile = plan.lookup?.file
  const task = { ...inputs, environmentFiles: plan.files, metadata: plan.metadata, lookupFile, steering }
  const output = await runCondaLock(task, laboratory).catch(async (error: unknown) => {
    throw await failureOf(error, task, laboratory, specs, plan.environments)
  })
  const verified = verifyLock(output, inputs.platforms, laboratory.folders.scratch)
  const companions = makeCompanions(verified.unified, inputs)
  await checkCompanions(companions, laboratory)
  return {
    unified: verified.unified,
    lockfile: { path: inputs.lockfile, text: output.lockfile },
    explicit: inputs.platforms.map(platform => ({
      platform,
      path: forPlatform(inputs.explicitLockfile, platform),
      text: output.explicit.get(platform) ?? '',
      packages: verified.explicit.get(platform) ?? []
    })),
    companions,
    steered: await readSteered(laboratory, steering, specs),
    tools: output.tools,
    tables: plan.lookup === undefined ? output.tables : { [plan.lookup.path]: plan.lookup.sha256 },
    seconds: { toolchain: installed, ...output.seconds }
  }
}

/** Whatever happens, what conda-lock printed goes to the log. */
async function withLog<T>(scratch: string, work: () => Promise<T>): Promise<T> {
  const printed = async () => {
    const text = await readFile(join(scratch, 'conda-lock.log'), 'utf8').catch(() => '')
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
