import { basename, posix } from 'node:path'
import { blobSha, type RepositoryFile } from '../common/files.js'
import { shortSha } from '../common/sentences.js'
import { inMergeOrder, type EnvironmentFiles } from '../environment/files.js'
import { inputsHash, type SolveSettings } from '../environment/inputs-hash.js'
import { madeFrom } from '../environment/made-from.js'
import type { OwnFiles } from '../environment/own-files.js'
import { parseEnvironment, type EnvironmentSource } from '../environment/parse.js'
import { exemptionText, type Cooldown } from '../inputs/cooldown.js'
import type { Inputs } from '../inputs/inputs.js'
import { formatProvenance, provenanceCommit } from '../lockfile/previous.js'
import { CREATED_BY, INPUTS_HASH, LOCKED_ON } from '../lockfile/propose.js'
import type { FetchedFile, Upstream } from '../upstream/fetch.js'

/** What is to be locked. */
export interface Plan {
  /** Undefined: the repository's own files are locked alone. */
  readonly upstream: Upstream | undefined
  readonly own: OwnFiles
  /** All environment files in the order of the merge: upstream's first, so that the repository's own win. */
  readonly files: readonly RepositoryFile[]
  /** The same, parsed. */
  readonly environments: EnvironmentFiles
  /** What the lock depends on besides the files. */
  readonly solveSettings: SolveSettings
  /** For the lockfile's `custom_metadata`. */
  readonly metadata: Readonly<Record<string, string>>
}

/** Copies of upstream files that are known already, with what was remembered of where they came from. */
export interface KnownCopies {
  /** Blob SHAs by path. */
  readonly blobs: ReadonlyMap<string, string>
  /** Whether an open pull request has them, instead of the base branch. */
  readonly isProposed: boolean
  /** As in {@link Plan.metadata}. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Merges what upstream has with the repository's own files into one plan.
 * @throws SyncError of kind `environment` when a file is no environment file
 */
export function makePlan(
  inputs: Inputs,
  upstream: Upstream | undefined,
  own: OwnFiles,
  known: readonly KnownCopies[],
  today = day(new Date())
): Plan {
  const parse = (source: EnvironmentSource, content: Uint8Array) => parseEnvironment(source, content, inputs.platforms)
  const theirs = upstream?.files.map(file => ({ from: upstream, file })) ?? []
  const environments = {
    upstream: theirs.map(({ from, file }) => parse(upstreamSource(from, file), file.content)),
    own: own.environments.map(({ path, content }) => parse({ file: path, fix: `Correct ${path}.` }, content))
  }
  const settings = solveSettings(inputs, own)
  const hash = inputsHash(inMergeOrder(environments), settings)
  const provenance = theirs.map(
    ({ from, file }) => [lockKey(inputs, file), provenanceOf(inputs, from, file, known)] as const
  )
  return {
    upstream,
    own,
    files: [...copiesOf(upstream), ...own.environments],
    environments,
    solveSettings: settings,
    metadata: {
      ...Object.fromEntries(provenance),
      ...madeFrom(
        inMergeOrder(environments).map(environment => [localName(inputs, environment.file), environment]),
        settings
      ),
      [CREATED_BY]: 'conda-lock-sync',
      [INPUTS_HASH]: hash,
      [LOCKED_ON]: lockedOn(known, hash, today)
    }
  }
}

/** The line for all first; the order of the others means nothing. */
function cooldownsText(cooldowns: readonly Cooldown[]): string {
  const all = cooldowns.filter(({ kind }) => kind === 'all')
  const others = cooldowns.filter(({ kind }) => kind !== 'all')
  return [...all.map(({ text }) => text), ...others.map(({ text }) => text).toSorted()].join(', ')
}

/** Upstream's files as they are copied into the repository. */
export function copiesOf(upstream: Upstream | undefined): RepositoryFile[] {
  return upstream?.files.map(({ local, content }) => ({ path: local, content })) ?? []
}

function solveSettings(
  { platforms, channelAlias, condaExecutable, steering }: Inputs,
  { lookup, virtualPackages }: OwnFiles
): SolveSettings {
  return {
    platforms,
    channelAlias,
    lookup: lookup?.sha256,
    solver: condaExecutable === undefined ? 'rattler' : basename(condaExecutable),
    excludeNewer: steering.excludeNewer.length === 0 ? undefined : cooldownsText(steering.excludeNewer),
    exempt: steering.exempt.length === 0 ? undefined : steering.exempt.map(exemptionText).toSorted(),
    virtualPackages: virtualPackages?.packages,
    cuda: steering.cuda
  }
}

/**
 * The day of the lock: while an open pull request proposes a lock of the same inputs, the day of that one, so that a new day
 * alone is no reason to update it.
 */
function lockedOn(known: readonly KnownCopies[], hash: string, today: string): string {
  const proposed = known.find(({ isProposed, metadata }) => isProposed && metadata[INPUTS_HASH] === hash)
  return proposed?.metadata[LOCKED_ON] ?? today
}

/** The day in UTC, such as 2026-11-22. */
function day(time: Date): string {
  return time.toISOString().slice(0, 10)
}

/** The name of a local copy as the lockfile has it: relative to the working directory. */
export function lockKey(inputs: Pick<Inputs, 'workingDirectory'>, file: FetchedFile): string {
  return localName(inputs, file.local)
}

/** The path of a file relative to the working directory, as a lockfile has it. */
export function localName({ workingDirectory }: Pick<Inputs, 'workingDirectory'>, path: string): string {
  return posix.relative(workingDirectory, path)
}

function upstreamSource(upstream: Upstream, file: FetchedFile): EnvironmentSource {
  return {
    file: file.local,
    fix: `That is ${file.path} of ${upstream.repository} at ${shortSha(upstream.commit)}. Correct \`upstream-files\` or \`upstream-ref\`, or have it repaired there.`
  }
}

/** Where the content was first taken; unrelated commits of upstream do not change it. */
function provenanceOf(inputs: Inputs, upstream: Upstream, file: FetchedFile, known: readonly KnownCopies[]): string {
  const origin = { repository: upstream.repository, path: file.path }
  const commits = known
    .filter(({ blobs }) => blobs.get(file.local) === blobSha(file.content))
    .map(({ metadata }) => provenanceCommit(metadata, lockKey(inputs, file), origin))
  const commit = commits.find(found => found !== undefined) ?? upstream.commit
  return formatProvenance({ ...origin, commit })
}
