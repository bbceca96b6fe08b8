import type { Inputs } from '../inputs/inputs.js'
import { within, type Deadline } from '../runner/deadline.js'
import type { Runner } from '../runner/runner.js'
import { lazyCondaLock, type LazyCondaLock } from '../toolchain/conda-lock.js'

/** One run: its inputs, the runner, the deadline, and conda-lock. */
export interface Job {
  readonly inputs: Inputs
  readonly runner: Runner
  readonly deadline: Deadline
  readonly condaLock: LazyCondaLock
  /** Whether no file is to change; for modes that change nothing else. */
  readonly dryRun: boolean
}

export interface JobOptions extends Pick<Job, 'runner' | 'dryRun'> {
  /** The folder `solver/` of this action. */
  readonly solverFolder: string
}

/**
 * Does the work of one run, or of one image of it, within the time that is left, and closes conda-lock afterwards.
 * @throws SyncError when the time is up, and what `work` throws
 */
export async function withJob<T>(
  inputs: Inputs,
  deadline: Deadline,
  { runner, dryRun, solverFolder }: JobOptions,
  work: (job: Job) => Promise<T>
): Promise<T> {
  const condaLock = lazyCondaLock({ python: inputs.python, runner, solverFolder, deadline })
  return within(deadline, () => work({ inputs, runner, deadline, condaLock, dryRun }).finally(() => condaLock.close()))
}
