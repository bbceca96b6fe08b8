import { error as annotate, getInput, setSecret, warning } from '@actions/core'
import { startDeadline, within } from './deadline.js'
import { messageOf, SyncError, type ErrorKind } from './errors.js'
import { connect } from './github.js'
import { parseInputs, type Inputs } from './inputs.js'
import { harmless, log, logGroup } from './log.js'
import { sync } from './main.js'
import { reportOutcome } from './outputs.js'
import { closeFailureIssue, openFailureIssue, type Problem } from './publish/failure-issue.js'
import { oneLine } from './sentences.js'
import { readRunner, type Runner } from './runner.js'

const TITLES: Readonly<Record<ErrorKind, string>> = {
  input: 'Input of the action',
  upstream: 'Upstream',
  environment: 'Environment file',
  toolchain: 'Toolchain',
  solve: 'Locking',
  verify: 'Verification',
  bundle: 'Bundle',
  github: 'GitHub'
}

/** Runs the action as the runner starts it, and gives the exit code. */
export async function run(): Promise<number> {
  try {
    maskTokens()
    const runner = readRunner(process.env)
    const inputs = parseInputs(getInput, runner)
    forgetTokens()
    return await runWith(inputs, runner)
  } catch (error) {
    reportFailure(error)
    return 1
  }
}

/** Where the time went, such as `Seconds: toolchain 0.1, import 2.4, lock 1.2`. */
function describeSeconds(seconds: Readonly<Record<string, number>>): string {
  return `Seconds: ${Object.entries(seconds)
    .map(([stage, value]) => `${stage} ${value.toFixed(1)}`)
    .join(', ')}`
}

async function runWith(inputs: Inputs, runner: Runner): Promise<number> {
  try {
    const deadline = startDeadline(inputs.timeoutMinutes)
    const outcome = await within(deadline, sync(inputs, runner, deadline))
    await reportOutcome(outcome)
    if (outcome.kind === 'compared') log(describeSeconds(outcome.seconds))
    if (outcome.done.operation === 'blocked') {
      throw new SyncError('github', outcome.done.reason.message, { hint: outcome.done.reason.hint })
    }
    if (outcome.done.operation === 'checked' && outcome.done.problem !== undefined) {
      throw new SyncError('verify', outcome.done.problem, {
        hint: 'Lock again: run the workflow that locks, or `npx conda-lock-sync` in a checkout. The summary of the run has the comparison.'
      })
    }
    // A run that had to make way has shown neither that it works nor that it fails.
    if (outcome.done.operation !== 'superseded') await updateIssue(inputs, runner, undefined)
    return 0
  } catch (error) {
    reportFailure(error)
    await updateIssue(inputs, runner, error)
    return 1
  }
}

/** Minutes that the issue may take after the end of the run, whose own time may be up. */
const ISSUE_MINUTES = 2

/** Keeps the issue about failing runs, if there is to be one. A problem with that must not hide how the run itself ended. */
async function updateIssue({ mode, lockfile }: Inputs, runner: Runner, error: unknown): Promise<void> {
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
    warning(harmless(`The issue about failing runs is not up to date. ${oneLine(messageOf(problem))}${hint}`))
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

/** An annotation for each problem, on the file and line where it is; the log has the rest. */
function reportFailure(error: unknown): void {
  if (error instanceof SyncError) {
    if (error.cause !== undefined) logGroup('Details', detailsOf(error.cause))
    for (const each of [error, ...error.others]) annotateAt(each)
    return
  }
  logGroup('Details', detailsOf(error))
  for (const { message, hint } of problemsOf(error)) annotate(harmless(`${oneLine(message)} ${hint}`))
}

function annotateAt(error: SyncError): void {
  annotate(harmless(`${oneLine(error.message)} ${error.hint}`), {
    title: TITLES[error.kind],
    ...(error.place === undefined ? {} : { file: error.place.file }),
    ...(error.place?.line === undefined ? {} : { startLine: error.place.line })
  })
}

function problemsOf(error: unknown): Problem[] {
  if (error instanceof SyncError) return [error, ...error.others].map(({ message, hint }) => ({ message, hint }))
  const hint = 'This is a defect of the action; please report it with the log.'
  return [{ message: `Unexpected error: ${messageOf(error)}`, hint }]
}

function detailsOf(cause: unknown): string {
  if (cause instanceof Error) return cause.stack ?? cause.message
  return typeof cause === 'string' ? cause : JSON.stringify(cause, undefined, 2)
}
