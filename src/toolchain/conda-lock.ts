import { delimiter, join } from 'node:path'
import { startEarly } from '../common/early.js'
import { exists } from '../common/exists.js'
import type { Deadline } from '../runner/deadline.js'
import { log } from '../runner/log.js'
import type { Runner } from '../runner/runner.js'
import { makeScratch, removeScratch } from '../runner/scratch.js'
import { revive, startDriver, type Driver } from './driver.js'
import { childEnvironment } from './process.js'
import { keptFolder, repodataFolder } from './kept.js'
import { isWritable, surroundingsOf } from './surroundings.js'
import { prepareToolchain, type Toolchain } from './toolchain.js'

/** conda-lock, installed and loaded, with a folder to work in. It has no plan yet. */
export interface CondaLock {
  readonly driver: Driver
  /** The folder `solver/` of this action. */
  readonly solverFolder: string
  readonly scratch: string
  /** Folder for repodata that outlives the run. */
  readonly cache: string
  /** The Python of the toolchain. */
  readonly python: string
  /** What children are started from. */
  readonly environment: NodeJS.ProcessEnv
  /** Seconds that it took to get the toolchain. */
  readonly seconds: number
  /** Ends the process, removes the folder, and has what outlives the run saved. */
  close(): Promise<void>
}

/** conda-lock takes seconds to get ready, so it can be started before it is needed, and is not started where it is not. */
export interface LazyCondaLock {
  /** Starts it, if nobody has yet. A failure is told by {@link get}. */
  start(): void
  /** @throws SyncError of kind `toolchain` */
  get(): Promise<CondaLock>
  close(): Promise<void>
}

export interface CondaLockOptions {
  /** The Python to install with: a name on PATH, or a path. */
  readonly python: string
  readonly runner: Pick<Runner, 'toolCache' | 'temp'>
  readonly solverFolder: string
  readonly deadline: Deadline
}

/** Starts nothing yet. */
export function lazyCondaLock(options: CondaLockOptions): LazyCondaLock {
  let opened: Promise<CondaLock> | undefined
  const get = () => (opened ??= openCondaLock(options))
  return {
    start: () => void startEarly(get()),
    get,
    // What could not be opened has left nothing behind.
    close: async () =>
      opened?.then(
        condaLock => condaLock.close(),
        () => undefined
      )
  }
}

async function openCondaLock({ python, runner, solverFolder, deadline }: CondaLockOptions): Promise<CondaLock> {
  const started = Date.now()
  const scratch = await makeScratch(runner.temp)
  const environment = await surroundingsOf(process.env, scratch)
  const kept = await chooseKept(runner)
  const toolchain = await prepareToolchain({ python, solverFolder, environment, ...kept })
  const seconds = (Date.now() - started) / 1000
  const cache = keptFolder(kept.cache)
  const installed = join(toolchain.bin, 'python')
  const driver = revive(
    () =>
      startDriver({
        python: installed,
        solverFolder,
        environment: driverEnvironment(toolchain, environment, scratch),
        seconds: deadline.secondsLeft(),
        log: join(scratch, 'conda-lock.log')
      }),
    toolchain.renew
  )
  const close = async () => {
    await driver.close()
    toolchain.saveLater()
    await removeScratch(scratch)
  }
  return { driver, solverFolder, scratch, cache, python: installed, environment, seconds, close }
}

/** The tool cache; where it cannot be written to, the temporary folder, and what is in the tool cache is used all the same. */
async function chooseKept({
  toolCache,
  temp
}: CondaLockOptions['runner']): Promise<{ cache: string; readOnly?: string }> {
  const own = keptFolder(toolCache)
  const repodata = repodataFolder(own)
  const writable = await Promise.all([own, ...((await exists(repodata)) ? [repodata] : [])].map(isWritable))
  if (writable.every(Boolean)) return { cache: toolCache }
  log(`${own} cannot be written to, so what is fetched is kept in the temporary folder, for this run only.`)
  return { cache: temp, readOnly: toolCache }
}

function driverEnvironment(
  toolchain: Toolchain,
  environment: NodeJS.ProcessEnv,
  scratch: string
): Record<string, string> {
  return childEnvironment(environment, {
    // The built-in solver's front end starts with the Python that is first on PATH.
    PATH: `${toolchain.bin}${delimiter}${environment.PATH ?? ''}`,
    // Loading conda-lock takes three times as long without it.
    PYTHONPYCACHEPREFIX: toolchain.bytecode,
    // conda-lock leaves folders there when it is killed.
    TMPDIR: scratch
  })
}
