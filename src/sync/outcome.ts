import { SyncError } from '../common/errors.js'
import type { Published } from '../publish/proposal.js'
import type { Upstream } from '../upstream/fetch.js'
import type { CheckReport, Finding } from '../report/check.js'
import type { Member } from '../report/parity.js'
import type { ComparedImages } from './images.js'

/** What was done with the lockfiles; `operation` is the output of that name. */
export type Delivery =
  | Published
  | { readonly operation: 'files' }
  | { readonly operation: 'bundled'; readonly folder: string }
  | {
      readonly operation: 'checked'
      /** Why the check fails; nothing if it does not. */
      readonly findings: readonly Finding[]
    }

/** What a run has done. */
export type Outcome = ComparedOutcome | UpToDateOutcome | CheckedOutcome

/** Locked environments were compared with what was there before. */
export interface ComparedOutcome extends ComparedImages {
  readonly kind: 'compared'
  readonly delivery: Delivery
  /** Seconds by stage, of the only image. */
  readonly seconds: Readonly<Record<string, number>>
  /** Why images could not be locked; those of other jobs have been told there. */
  readonly errors: readonly SyncError[]
}

/** Nothing was solved, because a lock of the same inputs is there. */
export interface UpToDateOutcome {
  readonly kind: 'up-to-date'
  /** Whether it is the open pull request that has it. */
  readonly changed: boolean
  readonly upstream: Upstream | undefined
  readonly delivery: Delivery
}

/** The lockfiles of a checkout were checked, and nothing was changed. */
export interface CheckedOutcome {
  readonly kind: 'checked'
  readonly delivery: Delivery & { readonly operation: 'checked' }
  /** Of each image that could be checked. */
  readonly reports: readonly CheckReport[]
  /** What each image has locked. */
  readonly locked: readonly Member[]
  /** Why images could not be checked, and where they differ in what has to be the same. */
  readonly errors: readonly SyncError[]
  /** What was installed on trial. */
  readonly trialPrefixes: readonly string[]
  /** Seconds by stage of the only solve, if there was one. */
  readonly seconds: Readonly<Record<string, number>>
}

/** A finding as an error on its file and line. */
export function findingError({ message, place, hint = LOCK_AGAIN }: Finding): SyncError {
  return new SyncError('verify', message, { hint, place })
}

/** What is wrong with a run that has come to its end. */
export function errorsOf(outcome: Outcome): SyncError[] {
  switch (outcome.kind) {
    case 'up-to-date':
      return []
    case 'checked':
      return [...outcome.delivery.findings.map(findingError), ...outcome.errors]
    case 'compared':
      return [...outcome.errors]
  }
}

const LOCK_AGAIN =
  'Lock again: run the workflow that locks, or `npx conda-lock-sync` in a checkout. The summary of the run says more.'
