import { readFile } from 'node:fs/promises'
import { mergeSpecs } from '../environment/merge.js'
import type { Environment } from '../environment/parse.js'
import type { Specs } from '../environment/specs.js'
import { SyncError } from '../errors.js'
import { DriverError } from './driver.js'
import { explain } from './explain.js'
import { findOnPypi } from './pypi.js'
import { runCondaLock, solverReport, type Laboratory, type LockTask } from './run.js'
import { parseSolverReport, type SolverFailure } from './solver-report.js'

/** The error for a conda-lock run that failed, from what the solver reported, or else from what conda-lock said. */
export async function failureOf(
  error: unknown,
  task: LockTask,
  laboratory: Laboratory,
  specs: Specs,
  environments: readonly Environment[]
): Promise<unknown> {
  if (!(error instanceof DriverError)) return error
  const failure = await solverFailure(error, task, laboratory)
  if (failure === undefined) return unexplained(error)
  const onPypi =
    failure.kind === 'missing-package' ? await findOnPypi(laboratory.python, failure.missing) : new Set<string>()
  return explain(failure, { specs: mergeSpecs(specs.specs).specs, environments, onPypi })
}

/** What the built-in solver reports; of another conda, whose messages are poorer, the built-in one is asked for the cause. */
async function solverFailure(
  error: DriverError,
  task: LockTask,
  laboratory: Laboratory
): Promise<SolverFailure | undefined> {
  if (error.type !== 'CalledProcessError') return undefined
  if (task.condaExecutable !== undefined) {
    const diagnosis = { ...task, condaExecutable: undefined }
    await runCondaLock(diagnosis, laboratory).catch((another: unknown) => {
      if (!(another instanceof DriverError)) throw another
    })
  }
  return parseSolverReport(await readFile(solverReport(laboratory), 'utf8').catch(() => ''))
}

function unexplained(error: DriverError): SyncError {
  if (error.message.endsWith('is not an executable file')) {
    return new SyncError('input', `Input \`conda-executable\`: ${error.message}.`, {
      hint: 'Install it in a step before this one, or leave `conda-executable` out to use the built-in solver.'
    })
  }
  if (error.type === 'NoWheelError') {
    return new SyncError('solve', `${error.message}.`, {
      hint: "Locking runs nobody's code. Take a version of it that has a wheel, or the package from conda."
    })
  }
  return new SyncError('solve', `conda-lock failed: ${error.message}`, { hint: 'The log has all that it printed.' })
}
