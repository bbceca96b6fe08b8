import type { Problem } from '../common/errors.js'
import { blobSha, type DesiredFile, type RepositoryFile } from '../common/files.js'
import type { ImageMemory } from './marker.js'
import type { ObservedPullRequest } from './observe.js'
import type { Pull } from '../github/pulls.js'
import { type Blobs, readBlobs, type TreeSnapshot } from '../github/blobs.js'
import type { CommittedFile } from '../github/commits.js'

/** What is proposed for a branch. */
export interface Proposal {
  /** Every file that the action cares for, as it should be. */
  readonly files: readonly DesiredFile[]
  /** The repository's own files that the lock was made from, as they were read. */
  readonly inputFiles: readonly RepositoryFile[]
  /** For the lockfile's `custom_metadata`. */
  readonly metadata: Readonly<Record<string, string>>
  /** The locked images, by folder. */
  readonly images: Readonly<Record<string, ImageMemory>>
  /** Folders of images that are this run's as well, but could not be locked. */
  readonly failed?: readonly string[]
  /** Whether the report lacks something that could not be fetched, so that the next run should write it anew. */
  readonly isProvisional?: boolean
  /** What to tell about it, as Markdown of at most so many characters. */
  readonly report: (limit: number) => string
}

/** What was done on GitHub; docs/operations.md has the table of when what is done. */
export type Published =
  | { readonly operation: 'none' }
  | { readonly operation: 'committed'; readonly branch: string; readonly commit: string }
  | { readonly operation: 'blocked'; readonly pull?: Pull | undefined; readonly reason: Problem }
  | ({ readonly operation: 'superseded'; readonly pull?: Pull | undefined; readonly isRepeated: boolean } & MadeWay)
  | { readonly operation: 'unchanged' | 'closed' | 'declined'; readonly pull: Pull }
  | ({ readonly operation: 'created' | 'updated'; readonly pull: Pull } & Extras)

/** Why a run made way for others. */
export interface MadeWay {
  readonly reason: Problem
  /** What has changed meanwhile: a file, or a branch. */
  readonly because: string
}

interface Extras {
  /** What GitHub refused to add to the pull request. */
  readonly warnings: readonly string[]
  /** Whether the pull request's workflows run. */
  readonly ci: string
}

/**
 * The first file that the lock was made from and that is another one on a branch. A file that the branch does not have is made
 * by an earlier step of the workflow.
 */
export function findOtherInput(blobs: Blobs, inputs: Proposal['inputFiles']): RepositoryFile | undefined {
  return inputs.find(({ path, content }) => (blobs.get(path) ?? blobSha(content)) !== blobSha(content))
}

/** The files that are not as they should be. */
export function differing(files: readonly DesiredFile[], blobs: Blobs): DesiredFile[] {
  return files.filter(({ path, content }) => blobs.get(path) !== (content && blobSha(content)))
}

/** The files where the base branch has them: links stay links, and a file that may be executed stays one. */
export function inPlace(files: readonly DesiredFile[], { places }: Pick<TreeSnapshot, 'places'>): CommittedFile[] {
  return files.map(({ path, content }) => {
    const place = places.get(path) ?? { path, mode: '100644' }
    return { ...place, content }
  })
}

/** The first file that counts and that is another one in a later tree of the base branch. */
export async function findMoved(
  { repository, base }: Pick<ObservedPullRequest, 'repository' | 'base'>,
  tree: string,
  proposal: Pick<Proposal, 'inputFiles' | 'files'>
): Promise<string | undefined> {
  const paths = [...proposal.inputFiles, ...proposal.files].map(file => file.path)
  const { blobs, places } = await readBlobs(repository, tree, paths)
  return paths.find(
    path => blobs.get(path) !== base.blobs.get(path) || places.get(path)?.path !== base.places.get(path)?.path
  )
}
