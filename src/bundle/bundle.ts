import { localCopies } from '../inputs/upstream.js'
import type { SolveSettings } from '../environment/inputs-hash.js'
import type { Inputs } from '../inputs/inputs.js'
import { forPlatform, PLATFORMS, type Platform } from '../lockfile/platforms.js'
import type { CondaNames } from '../lock/one-version.js'
import type { SteeringResult } from '../lock/steering.js'
import type { ExplicitLock } from '../lockfile/explicit.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import type { UpstreamVersions } from '../upstream/locks.js'
import type { NamedPackages, ReplacedSpec } from '../environment/named.js'
import type { UnusedEntries } from '../environment/unused.js'
import type { Upstream } from '../upstream/fetch.js'
import type { DesiredFile, RepositoryFile } from '../common/files.js'

/** What the locking half hands to the publishing half: one locked environment, and what it was made from and with. */
export interface Bundle {
  readonly layout: LockLayout
  /** What the lock depends on besides the environment files. */
  readonly solveSettings: SolveSettings
  /** The repository's own environment files and, if there is one, its file of virtual packages, as they were read. */
  readonly inputFiles: readonly RepositoryFile[]
  /** Every file that the action cares for, as it should be. */
  readonly files: readonly DesiredFile[]
  /** Undefined: the repository's own files were locked alone. */
  readonly upstream: Upstream | undefined
  /** What upstream's own lockfiles have of the packages that have to be the same. */
  readonly upstreamVersions: readonly UpstreamVersions[]
  readonly unified: UnifiedLock
  readonly explicit: readonly ExplicitLock[]
  readonly named: NamedPackages
  readonly overlaps: readonly ReplacedSpec[]
  readonly unused: readonly UnusedEntries[]
  readonly condaNames: CondaNames
  readonly steered: SteeringResult
  /** Bytes of packages of both locks, by {@link LockedPackage.hash}; only those that the channels tell. */
  readonly sizes: ReadonlyMap<string, number>
  /** The repositories that pip packages name as their own, `HOST/OWNER/NAME` by name as PyPI writes it. */
  readonly repositories: ReadonlyMap<string, string>
  /** What made it, one `NAME VERSION` each. */
  readonly tools: readonly string[]
  /** SHA-256 of each table of PyPI and conda names, by its file or address. */
  readonly tables: Readonly<Record<string, string>>
  /** What was installed on trial, for later steps of this job. */
  readonly trialPrefix?: string
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<string, number>>
}

/** The inputs of the action that say where the files of a lock are, and what is told about it. */
export type LockLayout = Pick<
  Inputs,
  'workingDirectory' | 'environmentFiles' | 'lockfile' | 'explicitLockfile' | 'pipRequirements' | 'sameVersion'
>

/** What people call an image: its folder, or the lockfile of the only one. */
export function imageName({ workingDirectory, lockfile }: Pick<LockLayout, 'workingDirectory' | 'lockfile'>): string {
  return workingDirectory === '.' ? lockfile : workingDirectory
}

/** The files of these platforms that a lock consists of, besides the copies of upstream's files. */
export function lockPaths(
  {
    lockfile,
    explicitLockfile,
    pipRequirements
  }: Pick<LockLayout, 'lockfile' | 'explicitLockfile' | 'pipRequirements'>,
  platforms: readonly Platform[] = PLATFORMS
): string[] {
  return [
    lockfile,
    ...new Set(platforms.map(platform => forPlatform(explicitLockfile, platform))),
    ...new Set(platforms.map(platform => forPlatform(pipRequirements, platform)))
  ]
}

/** Every file that the action writes or, for a platform that is no longer asked for, has written. */
export function writtenPaths({ upstream, layout }: Pick<Bundle, 'upstream' | 'layout'>): string[] {
  return [...localCopies(upstream), ...lockPaths(layout)]
}
