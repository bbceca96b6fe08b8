import { getInput, setSecret, warning } from '@actions/core'
import { combine, messageOf, SyncError } from '../common/errors.js'
import { oneLine } from '../common/sentences.js'
import { connect } from '../github/client.js'
import { parseInputs, type Inputs } from '../inputs/inputs.js'
import { closeFailureIssue, openFailureIssue } from '../publish/failure-issue.js'
import { startDeadline, within } from '../runner/deadline.js'
import { log, withoutCommands } from '../runner/log.js'
import { readRunner, type Runner } from '../runner/runner.js'
import { asError } from '../sync/check.js'
import { withJob } from '../sync/job.js'
import type { Delivery } from '../sync/outcome.js'
import { sync } from '../sync/sync.js'
import { problemsOf, reportFailure } from './annotations.js'
import { reportOutcome } from './outputs.js'

/** Runs the action as the runner starts it, and gives the exit code. */
export async function run(solverFolder: string): Promise<number> {
  const given = readGiven()
  if (given === undefined) return 1
  const { inputs, runner } = given
  try {
    const outcome = await withJob({ inputs, runner, solverFolder, dryRun: false }, sync)
    await reportOutcome(outcome)
    if (outcome.kind !== 'up-to-date') logSeconds(outcome.seconds)
    refuseToBeGreen(outcome.delivery)
    // A run that had to make way has shown neither that it works nor that it fails.
    if (outcome.delivery.operation !== 'superseded') await updateFailureIssue(inputs, runner, undefined)
    return 0
  } catch (error) {
    reportFailure(error)
    await updateFailureIssue(inputs, runner, error)
    return 1
  }
}

/** Reads the inputs and what the runner says; undefined if that fails, which is reported. */
function readGiven(): { readonly inputs: Inputs; readonly runner: Runner } | undefined {
  try {
    maskTokens()
    const runner = readRunner(process.env)
    const inputs = parseInputs(getInput, runner)
    forgetTokens()
    return { inputs, runner }
  } catch (error) {
    reportFailure(error)
    return undefined
  }
}

/** @throws SyncError where a run that has come to its end must fail all the same */
function refuseToBeGreen(delivery: Delivery): void {
  if (delivery.operation === 'blocked') {
    throw new SyncError('github', delivery.reason.message, { hint: delivery.reason.hint })
  }
  if (delivery.operation === 'checked' && delivery.findings.length > 0) throw combine(delivery.findings.map(asError))
}

/** Prints where the time went, such as `Seconds: toolchain 0.1, import 2.4, lock 1.2`. */
function logSeconds(seconds: Readonly<Record<string, number>>): void {
  const parts = Object.entries(seconds).map(([stage, value]) => `${stage} ${value.toFixed(1)}`)
  if (parts.length > 0) log(`Seconds: ${parts.join(', ')}`)
}

/** Minutes that the issue may take after the end of the run, whose own time may be up. */
const ISSUE_MINUTES = 2

/** Keeps the issue about failing runs, if there is to be one. A problem with that must not hide how the run itself ended. */
async function updateFailureIssue({ mode, lockfile }: Inputs, runner: Runner, error: unknown): Promise<void> {
  if (!('reportFailures' in mode) || !mode.reportFailures) return
  const deadline = startDeadline(ISSUE_MINUTES)
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log })
  const target = { github, ...mode.repository, repositoryId: undefined }
  const subject = { lockfile, base: mode.base === runner.defaultBranch ? undefined : mode.base }
  try {
    await within(
      deadline,
      error === undefined
        ? closeFailureIssue(target, subject, runner.runUrl)
        : openFailureIssue(target, subject, { problems: problemsOf(error), runUrl: runner.runUrl })
    )
  } catch (problem) {
    const hint = problem instanceof SyncError ? ` ${problem.hint}` : ''
    warning(withoutCommands(`The issue about failing runs is not up to date. ${oneLine(messageOf(problem))}${hint}`))
  }
}

/** Before anything is read or printed, so that no message can show a token. */
function maskTokens(): void {
  for (const token of [getInput('token'), getInput('upstream-token')]) if (token !== '') setSecret(token)
}

/** Before any other program starts: @actions/cache gives tar the environment of this process. */
function forgetTokens(): void {
  delete process.env.INPUT_TOKEN
  delete process.env['INPUT_UPSTREAM-TOKEN']
}
