import { readBranchBlobs, type TreeSnapshot } from '../github/blobs.js'
import type { GitHub } from '../github/client.js'
import type { CommitInputs } from '../inputs/mode.js'
import { readHead, swapBranch } from '../github/branches.js'
import { commitFiles } from './action-commit.js'
import { differing, hasInputs, hasMoved, type Proposal, type Published } from './proposal.js'
import { type Repository } from '../github/repository.js'

/** A branch that is committed to, as the run found it. */
export interface ObservedBranch {
  readonly repository: Repository
  readonly branch: string
  readonly base: TreeSnapshot
}

/**
 * Looks at the branch that is to be committed to.
 * @throws SyncError of kind `github` if there is none
 */
export async function observeBranch(
  github: GitHub,
  { repository: name, branch }: Pick<CommitInputs, 'repository' | 'branch'>,
  paths: readonly string[]
): Promise<ObservedBranch> {
  const repository = { github, ...name, repositoryId: undefined }
  return { repository, branch, base: await readBranchBlobs(repository, branch, paths) }
}

/**
 * Commits what is proposed straight onto the branch: one commit on top of where it is now, if the files that count are still
 * those that were locked. Nothing is forced: if somebody else is quicker, only their commit stays.
 */
export async function commitToBranch(
  observed: ObservedBranch,
  proposal: Pick<Proposal, 'files' | 'inputs'>,
  message: string
): Promise<Published> {
  const { repository, branch, base } = observed
  if (!hasInputs(base.blobs, proposal)) return superseded(branch)
  const changed = differing(proposal.files, base.blobs)
  if (changed.length === 0) return { operation: 'none' }
  const head = await readHead(repository, branch)
  if (head.tree !== base.tree && (await hasMoved(observed, head.tree, proposal))) return superseded(branch)
  const commit = await commitFiles(repository, head, changed, message)
  const move = await swapBranch(repository, branch, head.commit, commit.sha, false)
  return move.kind === 'done' ? { operation: 'committed', branch, commit: commit.sha } : superseded(branch)
}

function superseded(branch: string): Published {
  return {
    operation: 'superseded',
    reason: {
      message: `The files on \`${branch}\` are no longer those that this run has worked with, or the branch has moved.`,
      hint: 'A newer run has to do it; if none is on its way, start the workflow again.'
    }
  }
}
