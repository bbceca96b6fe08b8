import { combine, SyncError } from '../common/errors.js'
import { enumerate } from '../common/sentences.js'
import { errorsOf, type Outcome } from '../sync/outcome.js'

/** How a run can end; the table in `docs/operations.md` is made of this one. */
export const ENDS = {
  created: { exitCode: 0, annotation: 'notice', issue: 'closes', next: 'compares with this pull request' },
  updated: { exitCode: 0, annotation: 'notice', issue: 'closes', next: 'compares with this pull request' },
  unchanged: { exitCode: 0, annotation: 'none', issue: 'closes', next: 'compares with this pull request' },
  closed: { exitCode: 0, annotation: 'none', issue: 'closes', next: 'opens another one when there is news' },
  none: { exitCode: 0, annotation: 'none', issue: 'closes', next: 'opens a pull request when there is news' },
  declined: { exitCode: 0, annotation: 'none', issue: 'closes', next: 'waits for other inputs' },
  committed: { exitCode: 0, annotation: 'none', issue: 'none', next: 'compares with this commit' },
  bundled: { exitCode: 0, annotation: 'none', issue: 'none', next: 'makes a new bundle' },
  files: { exitCode: 0, annotation: 'none', issue: 'none', next: 'writes the files again' },
  checked: { exitCode: 0, annotation: 'none', issue: 'none', next: 'checks again' },
  'images failed': { exitCode: 0, annotation: 'warning', issue: 'opens', next: 'locks these images again' },
  'images failed here': { exitCode: 1, annotation: 'error', issue: 'opens', next: 'locks these images again' },
  superseded: { exitCode: 0, annotation: 'none', issue: 'stays', next: 'starts from what was quicker' },
  'superseded again': {
    exitCode: 1,
    annotation: 'error',
    issue: 'opens',
    next: 'is red as well until the cause is gone'
  },
  blocked: {
    exitCode: 1,
    annotation: 'error',
    issue: 'opens',
    next: "is red as well until the others' commits are gone"
  },
  'check failed': { exitCode: 1, annotation: 'error', issue: 'none', next: 'checks again' },
  failed: { exitCode: 1, annotation: 'error', issue: 'opens', next: 'tries all of it again' }
} as const satisfies Readonly<Record<string, End>>

interface End {
  readonly exitCode: 0 | 1
  /** The most severe one. */
  readonly annotation: 'none' | 'notice' | 'warning' | 'error'
  /** What becomes of the issue of `report-failures`. */
  readonly issue: 'opens' | 'closes' | 'stays' | 'none'
  /** What the next run does. */
  readonly next: string
}

export type EndName = keyof typeof ENDS

/** How a run has ended that has come to its end, and what is wrong, if something is. */
export interface Ending {
  readonly name: EndName
  readonly problem: SyncError | undefined
}

/** Finds the row of {@link ENDS} for what a run has done. */
export function endingOf(outcome: Outcome): Ending {
  const { delivery } = outcome
  if (delivery.operation === 'blocked') {
    const { message, hint } = delivery.reason
    return { name: 'blocked', problem: new SyncError('github', message, { hint }) }
  }
  if (delivery.operation === 'superseded') {
    return delivery.isRepeated
      ? { name: 'superseded again', problem: supersededAgain(delivery.reason) }
      : { name: 'superseded', problem: undefined }
  }
  const errors = errorsOf(outcome)
  if (errors.length > 0) {
    return { name: outcome.kind === 'checked' ? 'check failed' : 'images failed here', problem: combine(errors) }
  }
  const failed = outcome.kind === 'compared' ? outcome.failed : []
  return failed.length > 0
    ? { name: 'images failed', problem: imagesFailed(failed) }
    : { name: delivery.operation, problem: undefined }
}

function supersededAgain({ message, hint }: Pick<SyncError, 'message' | 'hint'>): SyncError {
  return new SyncError('github', `The second run in a row ends as superseded for the same reason. ${message}`, {
    hint: `${hint} If each run meets this, find out what changes it: another workflow at the same hour, or this one itself; a \`concurrency\` group lets runs wait for each other.`
  })
}

function imagesFailed(failed: readonly string[]): SyncError {
  return new SyncError('bundle', `There is no new lock of ${enumerate(failed)}: the job that locks it has failed.`, {
    hint: 'Look at that job; the others are proposed all the same.'
  })
}
