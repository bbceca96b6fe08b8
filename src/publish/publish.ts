import { blobSha, type RepositoryFile } from '../workspace.js'
import type { Observed } from './observe.js'
import { addLabels, closePull, openPull, updatePullBody, type Pull } from './pulls.js'
import {
  createCommit,
  deleteBranch,
  moveBranch,
  readBlobs,
  readHead,
  type Blobs,
  type Snapshot,
  type Target
} from './repository.js'

/** What is proposed for a branch. */
export interface Proposal {
  /** Every file that the action cares for, as it should be. */
  readonly files: readonly RepositoryFile[]
  /** The repository's own files that the lock was made from, as they were read. */
  readonly inputs: readonly RepositoryFile[]
  readonly body: string
}

/** What was done on GitHub. */
export type Published =
  | { readonly operation: 'none' | 'superseded' }
  | { readonly operation: 'created' | 'updated' | 'unchanged' | 'closed'; readonly pull: Pull }

/**
 * Brings the head branch and its pull request to what is proposed: one commit on top of the base branch's head of this
 * moment, with exactly the files that differ from it. If the base's files are not those that the lock was made from, or
 * have changed since the run began, a newer run has to do it (`superseded`).
 */
export async function publish(observed: Observed, proposal: Proposal): Promise<Published> {
  const { target, branches, base, open, inputs } = observed
  if (!hasInputs(base.blobs, proposal)) return { operation: 'superseded' }
  const changed = differing(proposal.files, base.blobs)
  if (changed.length === 0) return open === undefined ? { operation: 'none' } : closeEmpty(observed, open.pull)
  // Where the base of the open pull request is does not matter as long as it holds the proposed files.
  if (open !== undefined && differing(proposal.files, open.blobs).length === 0) {
    return { operation: 'unchanged', pull: open.pull }
  }
  const head = await readHead(target, branches.base)
  if (head.tree !== base.tree && (await hasMoved(target, head.tree, base, proposal))) return { operation: 'superseded' }
  const commit = await createCommit(target, head, changed, inputs.commitMessage)
  await moveBranch(target, branches.head, commit, open !== undefined)
  return open === undefined ? openNew(observed, proposal) : update(target, open.pull, proposal)
}

/** A file that the base branch does not have is made by an earlier step of the workflow. */
function hasInputs(blobs: Blobs, { inputs }: Proposal): boolean {
  return inputs.every(({ path, content }) => (blobs.get(path) ?? blobSha(content)) === blobSha(content))
}

function differing(files: readonly RepositoryFile[], blobs: Blobs): RepositoryFile[] {
  return files.filter(file => blobs.get(file.path) !== blobSha(file.content))
}

async function closeEmpty({ target, branches }: Observed, pull: Pull): Promise<Published> {
  await closePull(target, pull, `\`${branches.base}\` has everything that this pull request proposed, so it is closed.`)
  await deleteBranch(target, branches.head)
  return { operation: 'closed', pull }
}

async function hasMoved(target: Target, tree: string, snapshot: Snapshot, proposal: Proposal): Promise<boolean> {
  const paths = [...proposal.inputs, ...proposal.files].map(file => file.path)
  const { blobs } = await readBlobs(target, tree, paths)
  return paths.some(path => blobs.get(path) !== snapshot.blobs.get(path))
}

async function openNew({ target, branches, inputs }: Observed, { body }: Proposal): Promise<Published> {
  const pull = await openPull(target, branches.head, branches.base, { title: inputs.title, body })
  await addLabels(target, pull, inputs.labels)
  return { operation: 'created', pull }
}

async function update(target: Target, pull: Pull, { body }: Proposal): Promise<Published> {
  await updatePullBody(target, pull, body)
  return { operation: 'updated', pull }
}
