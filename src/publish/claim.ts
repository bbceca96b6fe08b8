import { isActionCommit } from './action-commit.js'
import { SyncError } from '../common/errors.js'
import { blobSha } from '../common/files.js'
import { createBranch, readTip, swapBranch } from '../github/branches.js'
import { readCommit, type Commit } from '../github/commits.js'
import { merged, stopBlocked, stopSuperseded, stopForMovedBranch } from './stops.js'
import { addExtras, describeCi, dispatchWorkflows } from './extras.js'
import { formatMarker, type PullMemory } from './marker.js'
import type { ObservedPullRequest } from './observe.js'
import type { Proposal, Published } from './proposal.js'
import { BODY_LIMIT, openPull, updateBody, type OpenedPull } from '../github/pulls.js'

/** How often a run tries to claim a branch that other runs claim as well. */
const CLAIMS = 5

/**
 * Claims the branch for the commit, then writes the pull request. Only the branch can be claimed for sure: when another run
 * has claimed it while this one wrote the pull request, nobody knows whose text was last, so this one claims again.
 */
export async function claimAndWrite(
  observed: ObservedPullRequest,
  proposal: Proposal,
  made: Commit
): Promise<Published> {
  const { repository, branches } = observed
  let before = observed.open?.pull.headCommit
  let written: OpenedPull | undefined
  for (let claims = 1; claims <= CLAIMS; claims++) {
    const claimed = await claim(observed, made, before)
    if ('operation' in claimed) return claimed
    written = await writePull(observed, written, bodyOf(observed, proposal, claimed))
    const { pull } = written
    if (pull.state === 'closed') return { operation: 'declined', pull }
    if (pull.state === 'merged') return stopSuperseded(observed, merged(pull.number))
    // GitHub's answer says where the branch was when the text was written; it can lag behind, but not run ahead.
    const tip = pull.headCommit === claimed.sha ? claimed.sha : await readTip(repository, branches.head)
    const isTakenByOtherRun =
      tip !== undefined && tip !== claimed.sha && isActionCommit(await readCommit(repository, tip))
    if (!isTakenByOtherRun) return finishPull(observed, written, claimed)
    before = tip
  }
  throw new SyncError('github', `Other runs keep moving the branch \`${branches.head}\`.`, {
    hint: 'Give the workflow a `concurrency` group, so that its runs wait for each other.'
  })
}

/** Writes the body that an earlier run could not write before it broke off. */
export async function completeText(
  observed: ObservedPullRequest,
  proposal: Proposal,
  commit: Commit
): Promise<Published> {
  return finishPull(observed, await writePull(observed, undefined, bodyOf(observed, proposal, commit)), commit)
}

/** Updates the body of the pull request, or opens one. */
async function writePull(
  observed: ObservedPullRequest,
  written: OpenedPull | undefined,
  body: string
): Promise<OpenedPull> {
  const { repository, open } = observed
  const pull = written?.pull ?? open?.pull
  if (pull !== undefined) {
    return { pull: await updateBody(repository, pull.number, body), isNew: written?.isNew === true }
  }
  const opened = await openByBranch(observed, body)
  return opened.isNew ? opened : { pull: await updateBody(repository, opened.pull.number, body), isNew: false }
}

/** Adds labels and the like, and starts workflows. What fails here does not undo the branch and the text. */
async function finishPull(
  observed: ObservedPullRequest,
  { pull, isNew }: OpenedPull,
  commit: Commit
): Promise<Published> {
  const { repository, branches, inputs } = observed
  const refused = isNew ? await addExtras(repository, pull, inputs) : []
  const { started, warnings } = await dispatchWorkflows(repository, branches.head, commit.sha, inputs.dispatchWorkflows)
  const ci = describeCi(commit.author, started)
  return { operation: isNew ? 'created' : 'updated', pull, warnings: [...refused, ...warnings], ci }
}

/** Moves the branch to the commit; gives the commit that is there then, or how the run ends if it may not be moved. */
async function claim(
  observed: ObservedPullRequest,
  made: Commit,
  before: string | undefined
): Promise<Commit | Published> {
  const { repository, branches, inputs } = observed
  if (before !== undefined) return swap(observed, made, before)
  const move = await createBranch(repository, branches.head, made.sha)
  if (move.kind === 'done') return made
  if (move.tip === undefined) return stopForMovedBranch(observed, undefined)
  // A run that broke off before it could open the pull request, or another one that is at work.
  const found = await readCommit(repository, move.tip)
  if (isActionCommit(found) && found.tree === made.tree && found.parents[0] === made.parents[0]) return found
  return isActionCommit(found) || inputs.overwrite ? swap(observed, made, move.tip) : stopBlocked(observed, move.tip)
}

async function swap(observed: ObservedPullRequest, made: Commit, before: string): Promise<Commit | Published> {
  const move = await swapBranch(observed.repository, observed.branches.head, before, made.sha)
  return move.kind === 'done' ? made : stopForMovedBranch(observed, move.tip)
}

/** If GitHub refuses to open the pull request, the branch is still there, so a person can open it by hand. */
async function openByBranch(
  { repository, branches, inputs, runner }: ObservedPullRequest,
  body: string
): Promise<OpenedPull> {
  try {
    return await openPull(repository, branches.head, branches.base, { title: inputs.title, draft: inputs.draft, body })
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    const link = `${runner.serverUrl}/${repository.owner}/${repository.repo}/compare/${branches.base}...${branches.head}?expand=1`
    const byHand = `The branch \`${branches.head}\` is pushed; open the pull request by hand at ${link}`
    throw new SyncError('github', error.message, { hint: `${error.hint} ${byHand}`, cause: error.cause })
  }
}

function bodyOf({ base }: ObservedPullRequest, proposal: Proposal, { sha, parents }: Commit): string {
  const { report, files, metadata, images } = proposal
  const replaced = files.flatMap(({ path }) => {
    const blob = base.blobs.get(path)
    return blob === undefined ? [] : [[path, blob] as const]
  })
  const memory: PullMemory = {
    commit: sha,
    files: Object.fromEntries(
      files.flatMap(({ path, content }) => (content === undefined ? [] : [[path, blobSha(content)]]))
    ),
    metadata,
    images,
    base: parents[0] === base.commit ? { commit: base.commit, files: Object.fromEntries(replaced) } : undefined,
    closed: false
  }
  const marker = formatMarker(memory)
  return `${report(BODY_LIMIT - marker.length - 1)}\n${marker}`
}
