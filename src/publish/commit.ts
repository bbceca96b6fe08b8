import { readBranchBlobs, type BranchSnapshot } from '../github/blobs.js'
import type { GitHub } from '../github/client.js'
import type { CommitInputs } from '../inputs/mode.js'
import { readHead, swapBranch } from '../github/branches.js'
import { commitFiles } from './action-commit.js'
import { isRepeated } from './repeats.js'
import { baseMoved, headMoved } from './stops.js'
import {
  differing,
  findMoved,
  findOtherInput,
  inPlace,
  type MadeWay,
  type Proposal,
  type Published
} from './proposal.js'
import { type Repository } from '../github/repository.js'

/** A branch that is committed to, as the run found it. */
export interface ObservedBranch {
  readonly repository: Repository
  readonly branch: string
  readonly base: BranchSnapshot
  readonly runNumber: number | undefined
}

/**
 * Looks at the branch that is to be committed to.
 * @throws SyncError of kind `github` if there is none
 */
export async function observeBranch(
  github: GitHub,
  { repository: name, branch }: Pick<CommitInputs, 'repository' | 'branch'>,
  paths: readonly string[],
  runNumber?: number
): Promise<ObservedBranch> {
  const repository = { github, ...name, repositoryId: undefined }
  return { repository, branch, base: await readBranchBlobs(repository, branch, paths), runNumber }
}

/**
 * Commits what is proposed straight onto the branch: one commit on top of where it is now, if the files that count are still
 * those that were locked. Nothing is forced: if somebody else is quicker, only their commit stays.
 */
export async function commitToBranch(
  observed: ObservedBranch,
  proposal: Pick<Proposal, 'files' | 'inputFiles'>,
  message: string
): Promise<Published> {
  const { repository, branch, base } = observed
  const other = findOtherInput(base.blobs, proposal.inputFiles)
  if (other !== undefined) return superseded(observed, baseMoved(branch, other.path, base.commit))
  const changed = differing(proposal.files, base.blobs)
  if (changed.length === 0) return { operation: 'none' }
  const head = await readHead(repository, branch)
  const moved = head.tree === base.tree ? undefined : await findMoved(observed, head.tree, proposal)
  if (moved !== undefined) return superseded(observed, baseMoved(branch, moved, head.commit))
  const commit = await commitFiles(repository, head, inPlace(changed, base), message)
  const move = await swapBranch(repository, branch, head.commit, commit.sha, false)
  return move.kind === 'done'
    ? { operation: 'committed', branch, commit: commit.sha }
    : superseded(observed, headMoved(branch))
}

async function superseded({ repository, branch, base, runNumber }: ObservedBranch, why: MadeWay): Promise<Published> {
  const run = { branch, because: why.because, runNumber, commit: base.commit }
  return { operation: 'superseded', isRepeated: await isRepeated(repository, run), ...why }
}
