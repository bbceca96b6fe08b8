import { error as annotate } from '@actions/core'
import { hintOfUnexpected, messageOf, SyncError, type ErrorKind, type Problem } from '../common/errors.js'
import { oneLine } from '../common/sentences.js'
import { logGroup, withoutCommands } from '../runner/log.js'

/** The title of an annotation; docs/troubleshooting.md has a row for each. */
export const TITLES: Readonly<Record<ErrorKind, string>> = {
  input: 'Input of the action',
  upstream: 'Upstream',
  environment: 'Environment file',
  toolchain: 'Toolchain',
  solve: 'Locking',
  verify: 'Verification',
  bundle: 'Bundle',
  github: 'GitHub',
  disk: 'Disk'
}

/** Makes an annotation for each problem, on the file and line where it is; the log has the rest. */
export function reportFailure(error: unknown): void {
  if (error instanceof SyncError) {
    if (error.cause !== undefined) logGroup('Details', detailsOf(error.cause))
    for (const each of [error, ...error.others]) annotateAt(each)
    return
  }
  logGroup('Details', detailsOf(error))
  for (const { message, hint } of problemsOf(error)) annotate(withoutCommands(`${oneLine(message)} ${hint}`))
}

function annotateAt(error: SyncError): void {
  annotate(withoutCommands(`${oneLine(error.message)} ${error.hint}`), {
    title: TITLES[error.kind],
    ...(error.place === undefined ? {} : { file: error.place.file }),
    ...(error.place?.line === undefined ? {} : { startLine: error.place.line })
  })
}

/** The problems that an error of any kind tells the reader. */
export function problemsOf(error: unknown): Problem[] {
  if (error instanceof SyncError) return [error, ...error.others].map(({ message, hint }) => ({ message, hint }))
  return [{ message: `Unexpected error: ${messageOf(error)}`, hint: hintOfUnexpected(error) }]
}

function detailsOf(cause: unknown): string {
  if (cause instanceof Error) return cause.stack ?? cause.message
  return typeof cause === 'string' ? cause : JSON.stringify(cause, undefined, 2)
}
