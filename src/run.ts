import { error as annotate, getInput, setSecret } from '@actions/core'
import { startDeadline, within } from './deadline.js'
import { messageOf, SyncError, type ErrorKind } from './errors.js'
import { parseInputs } from './inputs.js'
import { harmless, log, logGroup } from './log.js'
import { sync } from './main.js'
import { outputsOf, reportOutcome } from './outputs.js'
import { oneLine } from './report/markdown.js'
import { readRunner } from './runner.js'

const TITLES: Readonly<Record<ErrorKind, string>> = {
  input: 'Input of the action',
  upstream: 'Upstream',
  environment: 'Environment file',
  toolchain: 'Toolchain',
  solve: 'Locking',
  verify: 'Verification',
  github: 'GitHub'
}

/** Runs the action as the runner starts it, and gives the exit code. */
export async function run(): Promise<number> {
  try {
    maskTokens()
    const runner = readRunner(process.env)
    const inputs = parseInputs(getInput, runner)
    const deadline = startDeadline(inputs.timeoutMinutes)
    const outcome = await within(deadline, sync(inputs, runner, deadline))
    await reportOutcome(outcome)
    log(describeSeconds(outcome.seconds))
    log(outputsOf(outcome).summary)
    return 0
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

/** Before anything is read or printed, so that no message can show a token. */
function maskTokens(): void {
  for (const token of [getInput('token'), getInput('upstream-token')]) if (token !== '') setSecret(token)
}

/** One annotation, on the file and line where the error is; the log has the rest. */
function reportFailure(error: unknown): void {
  if (!(error instanceof SyncError)) {
    logGroup('Details', error instanceof Error ? (error.stack ?? error.message) : String(error))
    annotate(
      harmless(
        `Unexpected error: ${oneLine(messageOf(error))} This is a defect of the action; please report it with the log.`
      )
    )
    return
  }
  if (error.cause !== undefined) logGroup('Details', detailsOf(error.cause))
  for (const each of [error, ...error.others]) annotateAt(each)
}

function annotateAt(error: SyncError): void {
  annotate(harmless(`${oneLine(error.message)} ${error.hint}`), {
    title: TITLES[error.kind],
    ...(error.place === undefined ? {} : { file: error.place.file }),
    ...(error.place?.line === undefined ? {} : { startLine: error.place.line })
  })
}

function detailsOf(cause: unknown): string {
  if (cause instanceof Error) return cause.stack ?? cause.message
  return typeof cause === 'string' ? cause : JSON.stringify(cause, undefined, 2)
}
