import { field } from './guards.js'

/** Where in the user's files an error is: a path relative to the repository, and a line counted from 1. */
export interface Place {
  readonly file: string
  readonly line?: number | undefined
}

/** What kind of thing went wrong; it decides the title of the annotation. */
export type ErrorKind =
  'input' | 'upstream' | 'environment' | 'toolchain' | 'solve' | 'verify' | 'bundle' | 'github' | 'disk'

/** What is wrong, and what the reader can do about it, one sentence each. */
export interface Problem {
  readonly message: string
  readonly hint: string
}

export interface SyncErrorOptions {
  /** What the reader can do about it, as one sentence. */
  readonly hint: string
  readonly place?: Place | undefined
  readonly cause?: unknown
  /** Further errors of the same kind that were found with this one. */
  readonly others?: readonly SyncError[]
}

/** An error written for the person who reads the run: the message says what is wrong, the hint what to do. */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  readonly kind: ErrorKind
  readonly hint: string
  readonly place: Place | undefined
  readonly others: readonly SyncError[]

  constructor(kind: ErrorKind, message: string, options: SyncErrorOptions) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.hint = options.hint
    this.place = options.place
    this.others = options.others ?? []
  }
}

/**
 * Several errors as one to throw, so that all are told in one run.
 * @throws Error if there are none
 */
export function combine(errors: readonly SyncError[]): SyncError {
  const [first, ...others] = errors
  if (first === undefined) throw new Error('there is no error to tell')
  if (others.length === 0) return first
  const { kind, message, hint, place, cause } = first
  return new SyncError(kind, message, { hint, cause, others, place })
}

/** Errors in the order of their lines, as a reader goes through a file. */
export function inLineOrder(errors: readonly SyncError[]): SyncError[] {
  return errors.toSorted((left, right) => (left.place?.line ?? 0) - (right.place?.line ?? 0))
}

/** What to do about an error that nobody has foreseen: one of a system call is about the machine, others are about the code. */
export function hintOfUnexpected(error: unknown): string {
  return error instanceof Error && 'syscall' in error
    ? 'The machine refused it: look at the path, whose it is, and the space on the disk.'
    : 'This is a defect of the action; please report it with the log.'
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The error code (`ENOENT` …) of a failed system call, if that is what was thrown. */
export function errorCode(error: unknown): string | undefined {
  // Not `instanceof Error`: in a test the errors of Node's own modules are from another realm.
  const code = field(error, 'code')
  return typeof code === 'string' ? code : undefined
}
