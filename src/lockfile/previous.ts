import { messageOf } from '../common/errors.js'
import { blobShas, type FileContents } from '../common/files.js'
import { code } from '../common/markdown.js'
import { CONFLICTED, conflictLine } from '../common/merge-conflict.js'
import { forPlatform, PLATFORMS, type Platform } from './platforms.js'
import { parseExplicitLock } from './explicit.js'
import type { LockedPackage } from './package.js'
import { parseLockHead, parseUnifiedLock, type UnifiedLock } from './unified.js'

/** The action's files as they were before the run, not parsed but for the head of the lockfile. */
export interface PreviousFiles {
  readonly contents: FileContents
  /** Their blob SHAs, by path. */
  readonly blobs: ReadonlyMap<string, string>
  /** The lockfile's `custom_metadata`. */
  readonly metadata: UnifiedLock['custom']
}

/** Looks at what costs nothing beside parsing a lockfile. */
export function previousFiles(contents: FileContents, lockfile: string): PreviousFiles {
  const text = Buffer.from(contents.get(lockfile) ?? []).toString('utf8')
  return { contents, blobs: blobShas(contents), metadata: parseLockHead(text) }
}

/** The locks as they were before the run. A lockfile that can't be read counts as absent. */
export interface PreviousLocks {
  /** The files that they were read from, and all others that the action writes. */
  readonly contents: FileContents
  readonly unified: UnifiedLock | undefined
  readonly explicit: ReadonlyMap<Platform, readonly LockedPackage[]>
  readonly unreadable: readonly UnreadableLock[]
}

/** A lockfile that can't be read. */
export interface UnreadableLock {
  readonly path: string
  /** The end of a sentence about it, in Markdown. */
  readonly problem: string
  /** Where that can be seen, if anywhere. */
  readonly line: number | undefined
}

/** What becomes of a lockfile that a run was to start from. */
export function describeUnreadable({ path, problem }: UnreadableLock): string {
  return `The old ${code(path)} ${problem}. It counts as absent.`
}

/** Parses the lockfiles among some files. */
export function readPreviousLocks(
  contents: FileContents,
  { lockfile, explicitLockfile }: { readonly lockfile: string; readonly explicitLockfile: string },
  platforms: readonly Platform[]
): PreviousLocks {
  const unreadable: UnreadableLock[] = []
  const read = <T>(path: string, parse: (text: string) => T): T | undefined => {
    const content = contents.get(path)
    if (content === undefined) return undefined
    const text = Buffer.from(content).toString('utf8')
    try {
      return parse(text)
    } catch (error) {
      const line = conflictLine(text)
      const problem = line === undefined ? `cannot be read: ${code(messageOf(error))}` : CONFLICTED
      unreadable.push({ path, problem, line })
      return undefined
    }
  }
  const unified = read(lockfile, parseUnifiedLock)
  const explicit = platforms.flatMap(platform => {
    const packages = read(forPlatform(explicitLockfile, platform), text => parseExplicitLock(text, platform))
    return packages === undefined ? [] : [[platform, packages] as const]
  })
  return { contents, unified, explicit: new Map(explicit), unreadable }
}

/**
 * The packages that were locked before: those of the unified lockfile and, for platforms that it is not for, those of explicit
 * ones, which know no dependencies. Undefined if there is no lockfile, or only explicit ones beside one that can't be read.
 */
export function packagesBefore({
  unified,
  explicit,
  unreadable
}: Pick<PreviousLocks, 'unified' | 'explicit' | 'unreadable'>): readonly LockedPackage[] | undefined {
  if (unified === undefined && (explicit.size === 0 || unreadable.length > 0)) return undefined
  const others = [...explicit].filter(([platform]) => unified?.platforms.includes(platform) !== true)
  return [...(unified?.packages ?? []), ...others.flatMap(([, packages]) => packages)]
}

/** Where the content of an upstream file was taken from. */
export interface Provenance {
  readonly repository: string
  readonly path: string
  readonly commit: string
}

/** `OWNER/REPO/PATH@COMMIT`, as it stands in the lockfile's `custom_metadata`. */
export function formatProvenance({ repository, path, commit }: Provenance): string {
  return `${repository}/${path}@${commit}`
}

/** The commit that an upstream file was taken from, if `custom_metadata` says so of the same repository and path. */
export function provenanceCommit(
  metadata: Readonly<Record<string, string>>,
  key: string,
  { repository, path }: Omit<Provenance, 'commit'>
): string | undefined {
  const prefix = `${repository}/${path}@`
  const text = metadata[key]
  const commit = text?.startsWith(prefix) === true ? text.slice(prefix.length) : ''
  return /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined
}

/** The platforms that a lock is for and that are no longer asked for. */
export function droppedPlatforms(lock: UnifiedLock | undefined, platforms: readonly Platform[]): Platform[] {
  return PLATFORMS.filter(platform => lock?.platforms.includes(platform) === true && !platforms.includes(platform))
}
