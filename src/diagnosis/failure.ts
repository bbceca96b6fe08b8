import { readFile } from 'node:fs/promises'
import { mergeSpecs } from '../environment/merge.js'
import { inMergeOrder } from '../environment/files.js'
import type { Specs } from '../environment/specs.js'
import { SyncError } from '../common/errors.js'
import { DriverError } from '../toolchain/driver.js'
import { explainFailure } from './explain.js'
import { explainSources } from './explain-sources.js'
import { findOnPypi } from './pypi.js'
import { runCondaLock, solverReport, type LockRun, type LockRequest } from '../lock/run.js'
import { parseSolverReport, type SolverFailure } from '../lock/solver-report.js'

/** The error for a conda-lock run that failed, from what the solver reported, or else from what conda-lock said. */
export async function diagnose(error: unknown, request: LockRequest, run: LockRun, specs: Specs): Promise<unknown> {
  if (!(error instanceof DriverError)) return error
  const failure = await solverFailure(error, request, run)
  if (failure === undefined) return explainSources(error, request, specs) ?? unexplained(error, specs)
  const onPypi =
    failure.kind === 'missing-package' ? await findOnPypi(run.condaLock.python, failure.missing) : new Set<string>()
  const { platform } = failure
  return explainFailure(failure, {
    platform,
    specs: mergeSpecs(specs.specs).specs,
    environments: inMergeOrder(request.plan.environments),
    onPypi
  })
}

/** What the built-in solver reports; of another conda, whose messages are poorer, the built-in one is asked for the cause. */
async function solverFailure(
  error: DriverError,
  request: LockRequest,
  run: LockRun
): Promise<SolverFailure | undefined> {
  if (error.type !== 'CalledProcessError') return undefined
  if (request.inputs.condaExecutable !== undefined) {
    const builtIn = { ...request, inputs: { ...request.inputs, condaExecutable: undefined } }
    await runCondaLock(builtIn, run).catch((another: unknown) => {
      if (!(another instanceof DriverError)) throw another
    })
  }
  return parseSolverReport(await readFile(solverReport(run), 'utf8').catch(() => ''))
}

const LOOKUP = 'raw.githubusercontent.com'

/** What conda-lock says itself: about its conda, about a `pip:` section, or something that nobody has thought of. */
function unexplained({ type, message }: DriverError, specs: Specs): SyncError {
  if (message.endsWith('is not an executable file')) {
    return new SyncError('input', `Input \`conda-executable\`: ${message}.`, {
      hint: 'Install it in a step before this one, or leave `conda-executable` out to use the built-in solver.'
    })
  }
  if (message.includes(LOOKUP)) {
    return new SyncError(
      'solve',
      `A \`pip:\` section needs conda-lock's table of PyPI and conda names, which could not be fetched: ${message}`,
      {
        hint: 'Allow the runner to reach that address, or keep the table in the repository and name it in `pypi-lookup-file`.'
      }
    )
  }
  const pip = PIP_HINTS[type]
  if (pip === undefined) {
    return new SyncError('solve', `conda-lock failed: ${message}`, { hint: 'The log has all that it printed.' })
  }
  const named = specs.specs.find(spec => spec.manager === 'pip' && message.toLowerCase().includes(spec.name))
  const told = message.replace('-dummy-package-', 'the environment').replace(/[.\s]+$/, '')
  return new SyncError('solve', `The \`pip:\` packages cannot be locked: ${told}.`, {
    hint: pip,
    ...(named === undefined ? {} : { place: { file: named.file, line: named.line } })
  })
}

/** By the type of the exception that conda-lock, or the Poetry in it, raises. */
const PIP_HINTS: Readonly<Record<string, string>> = {
  SolverProblemError:
    'Loosen the spec, or correct the name. An index that refuses access is told in the same words: check the variables in `pip-repositories`.',
  PackageNotFoundError:
    'A conda package that a pip package needs must be on the index in the same version: loosen the spec, or take the pip package from conda.',
  RepositoryError:
    'The package index is down or refuses access: run the workflow again later, or check `pip-repositories`.',
  InvalidRequirement: 'Write it as `name`, `name==1.2` or `name>=1.2,<2`.'
}
