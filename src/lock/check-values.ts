import type { ErrorKind, Place } from '../common/errors.js'
import type { FileContents } from '../common/files.js'
import type { Wanted } from '../environment/wanted.js'
import type { VersionMatch } from '../lockfile/constraint.js'
import type { ExplicitFile } from '../lockfile/explicit.js'
import type { Platform } from '../lockfile/platforms.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import type { BaseUrl } from './solver-report.js'

/** Something about a lock that is not as it must be. */
export interface LockProblem {
  /** One sentence of Markdown, which reads as plain text, too. */
  readonly message: string
  readonly place?: Place | undefined
  /** What the reader can do, where it is not simply to lock again. */
  readonly hint?: string | undefined
  /** `verify` unless given. */
  readonly kind?: ErrorKind
}

/** The one way to say that lockfiles are not what they must be. */
export function notAccepted(problem: string): LockProblem {
  return { message: `The lockfiles were not accepted: ${problem}.` }
}

/** A lock, and what it is held against. */
export interface LockFacts {
  /** The `conda-lock.yml`. */
  readonly lockfile: { readonly path: string; readonly text: string }
  readonly platforms: readonly Platform[]
  readonly unified: UnifiedLock
  readonly explicit: readonly ExplicitFile[]
  /** The files for pip, by path, among others. */
  readonly contents: FileContents
  readonly pipRequirements: string
  /** What the environment files ask for; undefined where the lock was made from other ones, so that its packages tell nothing. */
  readonly wanted: readonly Wanted[] | undefined
  /** What conda packages are called on PyPI. */
  readonly pypiNames: ReadonlyMap<string, string>
  readonly origins: Origins
  /** Locks from before, such as that of the base branch. */
  readonly earlier: readonly UnifiedLock[]
  readonly meets: VersionMatch
}

/** What a lock is allowed to point to. */
export interface Origins {
  /** Names or addresses of channels that the environment files name, those of `channel::name` specs included. */
  readonly channels: readonly string[]
  readonly channelAlias: string
  /** Where these channels send their files from besides, as the solver found it in their repodata. */
  readonly baseUrls: readonly BaseUrl[]
}
