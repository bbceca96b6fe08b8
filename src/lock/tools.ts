import { mkdtemp, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { ahead } from '../ahead.js'
import type { Deadline } from '../deadline.js'
import type { Inputs } from '../inputs.js'
import type { Runner } from '../runner.js'
import { startDriver, type Driver } from './driver.js'
import { childEnvironment } from './process.js'
import { restoreRepodata } from './repodata.js'
import { repodataFolder } from './run.js'
import { prepareToolchain, type Toolchain } from './toolchain.js'

/** conda-lock, installed and loaded, with a folder to work in. It knows of no task yet. */
export interface Tools {
  readonly driver: Driver
  readonly solverFolder: string
  readonly scratch: string
  /** Folder for repodata and packages that outlives the run. */
  readonly cache: string
  /** The Python of the toolchain. */
  readonly python: string
  /** What it took to get the toolchain. */
  readonly seconds: number
  /** Ends the process, removes the folder, and keeps what later runs can use. */
  close(): Promise<void>
}

/** Tools that take seconds to get ready, and may be got ready before they are needed. */
export interface EarlyTools {
  /** Begins, if nobody has yet. A failure is told by {@link get}. */
  begin(): void
  /** @throws SyncError of kind `toolchain` */
  get(): Promise<Tools>
  close(): Promise<void>
}

/** @param solverFolder the folder `solver/` of this action */
export function earlyTools(inputs: Inputs, runner: Runner, solverFolder: string, deadline: Deadline): EarlyTools {
  let opened: Promise<Tools> | undefined
  const get = () => (opened ??= openTools(inputs, runner, solverFolder, deadline))
  return {
    begin: () => void ahead(get()),
    get,
    // What could not be opened has left nothing behind.
    close: async () =>
      opened?.then(
        tools => tools.close(),
        () => undefined
      )
  }
}

async function openTools(inputs: Inputs, runner: Runner, solverFolder: string, deadline: Deadline): Promise<Tools> {
  const started = Date.now()
  const toolchain = await prepareToolchain({ python: inputs.python, solverFolder, cache: runner.toolCache })
  const seconds = (Date.now() - started) / 1000
  const cache = join(runner.toolCache, 'conda-lock-sync')
  const scratch = await mkdtemp(join(runner.temp, 'conda-lock-sync-'))
  const python = join(toolchain.bin, 'python')
  const driver = startDriver({
    python,
    solverFolder,
    environment: driverEnvironment(toolchain, scratch),
    seconds: deadline.secondsLeft(),
    log: join(scratch, 'conda-lock.log')
  })
  // While Python loads conda-lock.
  const repodata = await restoreRepodata(repodataFolder(cache), new Date().toISOString().slice(0, 10))
  const close = async () => {
    await driver.close()
    await toolchain.keep()
    await repodata.keep()
    await rm(scratch, { recursive: true, force: true })
  }
  return { driver, solverFolder, scratch, cache, python, seconds, close }
}

function driverEnvironment(toolchain: Toolchain, scratch: string): Record<string, string> {
  return childEnvironment(process.env, {
    // The built-in solver's front end starts with the Python that is first on PATH.
    PATH: `${toolchain.bin}${delimiter}${process.env.PATH ?? ''}`,
    // Loading conda-lock takes three times as long without it.
    PYTHONPYCACHEPREFIX: toolchain.bytecode,
    // conda-lock leaves folders there when it is killed.
    TMPDIR: scratch
  })
}
