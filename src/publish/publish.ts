import { commitFiles, isActionCommit } from './action-commit.js'
import { startEarly } from '../common/early.js'
import { SyncError } from '../common/errors.js'
import { statusOf } from '../github/errors.js'
import { readHead, swapBranch } from '../github/branches.js'
import { readCommit } from '../github/commits.js'
import { baseMoved, queued, stopBlocked, mayMoveBranch, stopSuperseded, stopForMovedBranch } from './stops.js'
import { refuseForeign } from './foreign.js'
import { isRepeated } from './repeats.js'
import { replaceMarker, TEXT, type PullMemory } from './marker.js'
import type { ObservedPullRequest, OpenPull, RememberedPull } from './observe.js'
import { differing, findMoved, findOtherInput, inPlace, type Proposal, type Published } from './proposal.js'
import { closePull, isInMergeQueue, upsertComment, wasClosedByPerson } from '../github/pulls.js'
import { claimAndWrite, readLeftover } from './claim.js'

/**
 * Brings the head branch and its pull request to what is proposed: one commit on top of the base branch's head of this
 * moment, with exactly the files that differ from it. The branch only moves from where it is known to be, and only from a
 * commit of the action's own, unless `overwrite` allows more.
 */
export async function publish(observed: ObservedPullRequest, proposal: Proposal): Promise<Published> {
  try {
    const published = await bringUpToDate(observed, proposal)
    return published.operation === 'superseded' ? await noteSuperseded(observed, published) : published
  } catch (error) {
    throw observed.runner.isFromFork && isForbidden(error) ? ofFork(error) : error
  }
}

/** A run that made way is fine once; the second in a row for the same is none that something was quicker than. */
async function noteSuperseded(
  { repository, branches, base, runner }: ObservedPullRequest,
  published: Published & { operation: 'superseded' }
): Promise<Published> {
  const { runNumber } = runner
  const run = { branch: branches.head, because: published.because, runNumber, commit: base.commit }
  return { ...published, isRepeated: await isRepeated(repository, run) }
}

function isForbidden(error: unknown): error is SyncError {
  return error instanceof SyncError && statusOf(error.cause) === 403
}

function ofFork(error: SyncError): SyncError {
  return new SyncError('github', error.message, {
    hint: 'This run is for a pull request from a fork, and GitHub gives such runs a token that only reads. Run it on `schedule`, `push` or `workflow_dispatch`; for pull requests use `mode: files`.',
    cause: error.cause
  })
}

async function bringUpToDate(observed: ObservedPullRequest, proposal: Proposal): Promise<Published> {
  const { repository, branches, base, open, inputs } = observed
  if (open !== undefined) await refuseForeign(observed, open, proposal)
  const other = findOtherInput(base.blobs, proposal.inputFiles)
  if (other !== undefined) return stopSuperseded(observed, baseMoved(branches.base, other.path, base.commit))
  const changed = differing(proposal.files, base.blobs)
  if (changed.length === 0) return open === undefined ? finishClosed(observed) : closeNothingLeft(observed, open)
  const isProposed = open !== undefined && differing(proposal.files, open.blobs).length === 0
  if (isProposed && !open.conflicts) return leaveUnchanged(observed, open, proposal)
  if (observed.last !== undefined && (await isDeclined(observed, observed.last, proposal))) {
    return { operation: 'declined', pull: observed.last.pull }
  }
  if (open !== undefined && !(await mayMoveBranch(observed, open))) return stopBlocked(observed, open.pull.headCommit)
  const reading = startEarly(readHead(repository, branches.base))
  if (open !== undefined && (await isInMergeQueue(repository, open.pull))) {
    return stopSuperseded(observed, queued(open.pull.number))
  }
  // A branch that has never had a pull request is not there, as a rule; one that was merged often is.
  const leftover = open === undefined && observed.last !== undefined ? startEarly(readLeftover(observed)) : undefined
  const baseTip = await reading
  const moved = baseTip.tree === base.tree ? undefined : await findMoved(observed, baseTip.tree, proposal)
  if (moved !== undefined) return stopSuperseded(observed, baseMoved(branches.base, moved, baseTip.commit))
  return claimAndWrite(
    observed,
    proposal,
    await commitFiles(repository, baseTip, inPlace(changed, base), inputs.commitMessage),
    await leftover
  )
}

/** The open pull request proposes this already; what a run could not do before it broke off is made good. */
async function leaveUnchanged(observed: ObservedPullRequest, open: OpenPull, proposal: Proposal): Promise<Published> {
  const { pull, memory } = open
  const due = (memory?.pending ?? []).filter(name => name !== TEXT || proposal.isProvisional !== true)
  if (memory?.commit === pull.headCommit && due.length === 0) return { operation: 'unchanged', pull }
  const commit = await readCommit(observed.repository, pull.headCommit)
  if (!isActionCommit(commit)) return { operation: 'unchanged', pull }
  return claimAndWrite(observed, proposal, commit, undefined)
}

/** A person said no to this, and neither upstream nor the repository's own files have changed since. */
async function isDeclined(
  { repository }: ObservedPullRequest,
  { pull, memory }: RememberedPull,
  proposal: Proposal
): Promise<boolean> {
  if (pull.state !== 'closed' || memory === undefined || memory.closed) return false
  const before = hashesOf(memory)
  const now = [...hashesOf(proposal)]
  if (now.length === 0 || now.some(([lockfile, hash]) => hash === '' || before.get(lockfile) !== hash)) return false
  return wasClosedByPerson(repository, pull.number)
}

/** What people have decided for each lockfile. One that failed this time has nothing to say. */
function hashesOf({ images }: Pick<PullMemory, 'images'>): Map<string, string> {
  return new Map(Object.values(images).flatMap(({ hashes }) => Object.entries(hashes)))
}

/** Closes the pull request by deleting its branch, which can't hit a commit that nobody here has seen. */
async function closeNothingLeft(observed: ObservedPullRequest, open: OpenPull): Promise<Published> {
  const { repository, branches } = observed
  const { pull } = open
  if (!(await mayMoveBranch(observed, open))) return stopBlocked(observed, pull.headCommit)
  const move = await swapBranch(repository, branches.head, pull.headCommit, undefined)
  return move.kind === 'elsewhere' ? stopForMovedBranch(observed, move.tip) : sayClosed(observed, open)
}

/** GitHub closes a pull request whose branch is gone; a run that broke off just then had no time to say why. */
async function finishClosed(observed: ObservedPullRequest): Promise<Published> {
  const { last, repository } = observed
  const isUnsaid = last?.pull.state === 'closed' && last.memory?.closed === false
  if (!isUnsaid || (await wasClosedByPerson(repository, last.pull.number))) return { operation: 'none' }
  return sayClosed(observed, last)
}

async function sayClosed(
  { repository, branches }: ObservedPullRequest,
  { pull, memory }: RememberedPull
): Promise<Published> {
  const reason = `\`${branches.base}\` has everything as it was locked now, so there is nothing left to propose, and this pull request is closed.`
  await upsertComment(repository, pull.number, 'closed', reason)
  const body = memory === undefined ? pull.body : replaceMarker(pull.body, { ...memory, closed: true })
  await closePull(repository, pull.number, body)
  return { operation: 'closed', pull }
}
