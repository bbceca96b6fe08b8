import { readFile } from 'node:fs/promises'
import { pageAddress } from '../common/project.js'
import { mergeSpecs } from '../environment/merge.js'
import { inMergeOrder } from '../environment/files.js'
import type { Environment } from '../environment/parse.js'
import type { Spec, Specs } from '../environment/specs.js'
import { SyncError } from '../common/errors.js'
import { DriverError } from '../toolchain/driver.js'
import { explainFailure } from './explain.js'
import { obstructed } from './explain-channel.js'
import { explainSources } from './explain-sources.js'
import { lastResort } from './last-resort.js'
import { explainPip } from './explain-pip.js'
import { findOnPypi } from './pypi.js'
import type { LockRequest } from '../lock/request.js'
import { runCondaLock, solverReport, type LockRun } from '../lock/run.js'
import { parseSolverReport, type SolverFailure } from '../lock/solver-report.js'
import { findObstacle, type NetworkError } from '../runner/network.js'

/** The error for a conda-lock run that failed, from what the solver reported, or else from what conda-lock said. */
export async function diagnose(error: unknown, request: LockRequest, run: LockRun, specs: Specs): Promise<unknown> {
  if (!(error instanceof DriverError)) return error
  const failure = await solverFailure(error, request, run)
  const merged = mergeSpecs(specs.specs).specs
  const environments = inMergeOrder(request.plan.environments)
  if (failure === undefined) return explainSources(error, request, merged) ?? unexplained(error, merged, environments)
  const onPypi =
    failure.kind === 'missing-package' ? await findOnPypi(run.condaLock, failure.missing) : new Set<string>()
  const context = {
    platform: failure.platform,
    specs: merged,
    environments,
    onPypi,
    machines: request.inputs.steering
  }
  const url = failure.kind === 'channel' ? failure.url : undefined
  const obstacle = url === undefined ? undefined : await obstacleOf(url)
  return url !== undefined && obstacle !== undefined
    ? obstructed(url, obstacle, context)
    : explainFailure(failure, context)
}

/** The same for the specs, before which nothing is known of them. */
export function diagnoseSpecs(error: unknown, environments: readonly Environment[]): unknown {
  return error instanceof DriverError ? lastResort(error, [], environments) : error
}

/** What a proxy or a certificate has against a channel; the solver does not tell a proxy's answer from the channel's. */
async function obstacleOf(url: string): Promise<NetworkError | undefined> {
  const found = await findObstacle(url)
  return found?.obstacle === 'proxy' || found?.obstacle === 'certificate' ? found : undefined
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
function unexplained(error: DriverError, specs: readonly Spec[], environments: readonly Environment[]): SyncError {
  const { message } = error
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
        hint: `Allow the runner to reach that address, or keep the table in the repository and name it in \`pypi-lookup-file\` (${pageAddress('pip-packages.md#without-the-public-pypi')}).`
      }
    )
  }
  return explainPip(error, specs, environments) ?? lastResort(error, specs, environments)
}
