import { messageOf } from '../errors.js'
import { forPlatform, PLATFORMS, type Platform } from '../platforms.js'
import { parseExplicitLock } from './explicit.js'
import type { LockedPackage } from './package.js'
import { parseUnifiedLock, type UnifiedLock } from './unified.js'

/** Contents by path; a path that is not there has no file. */
export type Contents = ReadonlyMap<string, Uint8Array>

/** The locks of before. A lockfile that can't be read counts as absent. */
export interface PreviousLocks {
  readonly unified: UnifiedLock | undefined
  readonly explicit: ReadonlyMap<Platform, readonly LockedPackage[]>
  /** One sentence for each lockfile that can't be read. */
  readonly warnings: readonly string[]
}

/** Reads the lockfiles of before. */
export function readPreviousLocks(
  contents: Contents,
  lockfile: string,
  explicitTemplate: string,
  platforms: readonly Platform[]
): PreviousLocks {
  const warnings: string[] = []
  const read = <T>(path: string, parse: (text: string) => T): T | undefined => {
    const content = contents.get(path)
    if (content === undefined) return undefined
    try {
      return parse(Buffer.from(content).toString('utf8'))
    } catch (error) {
      warnings.push(`The old ${path} cannot be read and counts as absent: ${messageOf(error)}.`)
      return undefined
    }
  }
  const unified = read(lockfile, parseUnifiedLock)
  const explicit = platforms.flatMap(platform => {
    const packages = read(forPlatform(explicitTemplate, platform), text => parseExplicitLock(text, platform))
    return packages === undefined ? [] : [[platform, packages] as const]
  })
  return { unified, explicit: new Map(explicit), warnings }
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
