import type { GitHub } from '../github.js'
import type { CommitInputs } from '../inputs/mode.js'
import { swapBranch } from './branch.js'
import { createCommit } from './commit.js'
import { differing, hasInputs, hasMoved, type Proposal, type Published } from './proposal.js'
import { readBranchBlobs, readHead, type Snapshot, type Target } from './repository.js'

/** A branch that is committed to, as the run found it. */
export interface ObservedBranch {
  readonly target: Target
  readonly branch: string
  readonly base: Snapshot
}

/**
 * Looks at the branch that is to be committed to.
 * @throws SyncError of kind `github` if there is none
 */
export async function observeBranch(
  github: GitHub,
  { repository, branch }: Pick<CommitInputs, 'repository' | 'branch'>,
  paths: readonly string[]
): Promise<ObservedBranch> {
  const target = { github, ...repository, repositoryId: undefined }
  return { target, branch, base: await readBranchBlobs(target, branch, paths) }
}

/**
 * Commits what is proposed straight onto the branch: one commit on top of where it is now, if the files that count are still
 * those that were locked. Nothing is ever forced: if somebody else is quicker, their commit stays, alone.
 */
export async function commitStraight(
  observed: ObservedBranch,
  proposal: Pick<Proposal, 'files' | 'inputs'>,
  message: string
): Promise<Published> {
  const { target, branch, base } = observed
  if (!hasInputs(base.blobs, proposal)) return overtaken(branch)
  const changed = differing(proposal.files, base.blobs)
  if (changed.length === 0) return { operation: 'none' }
  const head = await readHead(target, branch)
  if (head.tree !== base.tree && (await hasMoved(observed, head.tree, proposal))) return overtaken(branch)
  const commit = await createCommit(target, head, changed, message)
  const move = await swapBranch(target, branch, head.commit, commit.sha, false)
  return move.kind === 'done' ? { operation: 'committed', branch, commit: commit.sha } : overtaken(branch)
}

function overtaken(branch: string): Published {
  return {
    operation: 'superseded',
    reason: {
      message: `The files on \`${branch}\` are no longer those that this run has worked with, or the branch has moved.`,
      hint: 'A newer run has to do it; if none is on its way, start the workflow again.'
    }
  }
}
