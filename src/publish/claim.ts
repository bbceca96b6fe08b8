import { isActionCommit } from './action-commit.js'
import { SyncError } from '../common/errors.js'
import { blobSha } from '../common/files.js'
import { createBranch, readTip, swapBranch } from '../github/branches.js'
import { readCommit, type Commit } from '../github/commits.js'
import { headMoved, merged, stopBlocked, stopSuperseded, stopForMovedBranch } from './stops.js'
import { describeCi, stepsFor, takeSteps, type TakenSteps } from './extras.js'
import { formatMarker, TEXT, type PullMemory } from './marker.js'
import type { ObservedPullRequest } from './observe.js'
import type { Proposal, Published } from './proposal.js'
import { BODY_LIMIT, openPull, updateBody, type OpenedPull, type Pull } from '../github/pulls.js'

/** How often a run tries to claim a branch that other runs claim as well. */
const CLAIMS = 5

/**
 * Claims the branch for the commit, writes the pull request, and does what the team wants on it. Only the branch can be claimed
 * for sure: when another run has claimed it while this one wrote the pull request, nobody knows whose text was last, so this one
 * claims again. Until all is done, the text remembers what is not.
 * @param made the new commit; or the one that the branch has, of a run that broke off before it was through
 * @param leftover what is on the branch though it has no open pull request
 */
export async function claimAndWrite(
  observed: ObservedPullRequest,
  proposal: Proposal,
  made: Commit,
  leftover: Commit | undefined
): Promise<Published> {
  const { branches, open } = observed
  let before = open?.pull.headCommit
  let written: OpenedPull | undefined
  let taken = takeNone(stepsLeft(observed, made))
  for (let claims = 1; claims <= CLAIMS; claims++) {
    const claimed = await (before === undefined ? claimNew(observed, made, leftover) : claim(observed, made, before))
    if ('operation' in claimed) return claimed
    const write = async () => writePull(observed, written, bodyOf(observed, proposal, claimed, taken.left))
    written = await write()
    const { pull, isNew } = written
    if (pull.state === 'closed') return { operation: 'declined', pull }
    if (pull.state === 'merged') return stopSuperseded(observed, merged(pull.number))
    before = await findOtherRun(observed, pull, claimed)
    if (before === undefined && taken.left.length > 0) {
      const wanted = taken.left
      taken = await takeMore(observed, pull, claimed, taken)
      if (taken.left.length < wanted.length)
        before = await findOtherRun(observed, (written = await write()).pull, claimed)
    }
    if (before === undefined) return publishedAs(isNew ? 'created' : 'updated', pull, claimed, taken)
  }
  throw new SyncError('github', `Other runs keep moving the branch \`${branches.head}\`.`, {
    hint: 'Give the workflow a `concurrency` group, so that its runs wait for each other.'
  })
}

/** Where the branch is, if another run has moved it meanwhile. */
async function findOtherRun(
  { repository, branches }: ObservedPullRequest,
  pull: Pull,
  claimed: Commit
): Promise<string | undefined> {
  // GitHub's answer says where the branch was when the text was written; it can lag behind, but not run ahead.
  const tip = pull.headCommit === claimed.sha ? claimed.sha : await readTip(repository, branches.head)
  if (tip === undefined || tip === claimed.sha) return undefined
  return isActionCommit(await readCommit(repository, tip)) ? tip : undefined
}

/** What is to be done for a pull request, and what earlier runs could not do. */
function stepsLeft({ inputs, open }: ObservedPullRequest, made: Commit): string[] {
  const left = (open?.memory?.pending ?? []).filter(name => name !== TEXT)
  return [...new Set([...left, ...(open?.memory?.commit === made.sha ? [] : stepsFor(inputs, open === undefined))])]
}

function takeNone(left: readonly string[]): TakenSteps {
  return { started: [], warnings: [], left }
}

async function takeMore(
  { repository, branches, inputs, open }: ObservedPullRequest,
  pull: Pull,
  { sha: commit }: Commit,
  before: TakenSteps
): Promise<TakenSteps> {
  const isResumed = open?.pull.headCommit === commit
  const subject = { repository, pull, branch: branches.head, commit, isResumed }
  const { started, warnings, left } = await takeSteps(subject, inputs, before.left)
  return { started: [...before.started, ...started], warnings: [...before.warnings, ...warnings], left }
}

function publishedAs(
  operation: 'created' | 'updated',
  pull: Pull,
  { author }: Commit,
  { started, warnings }: TakenSteps
): Published {
  return { operation, pull, warnings, ci: describeCi(author, started) }
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

/** The last commit of a branch without an open pull request, such as one that was merged; undefined if there is none. */
export async function readLeftover({ repository, branches }: ObservedPullRequest): Promise<Commit | undefined> {
  const tip = await readTip(repository, branches.head)
  return tip === undefined ? undefined : readCommit(repository, tip)
}

/** Makes the branch, or takes over what is left of it. */
async function claimNew(
  observed: ObservedPullRequest,
  made: Commit,
  leftover: Commit | undefined
): Promise<Commit | Published> {
  const { repository, branches } = observed
  if (leftover !== undefined) return takeOver(observed, made, leftover)
  const move = await createBranch(repository, branches.head, made.sha)
  if (move.kind === 'done') return made
  if (move.tip === undefined) return stopForMovedBranch(observed, undefined)
  return takeOver(observed, made, await readCommit(repository, move.tip))
}

/** Claims the branch from a run that broke off before it could open the pull request, or from another one that is at work. */
async function takeOver(observed: ObservedPullRequest, made: Commit, found: Commit): Promise<Commit | Published> {
  if (isActionCommit(found) && found.tree === made.tree && found.parents[0] === made.parents[0]) return found
  if (isActionCommit(found) || observed.inputs.overwrite) return swap(observed, made, found.sha)
  return stopBlocked(observed, found.sha)
}

/** Claims the branch of the open pull request; where it has the commit already, it only has to be there still. */
async function claim(observed: ObservedPullRequest, made: Commit, before: string): Promise<Commit | Published> {
  if (before !== made.sha) return swap(observed, made, before)
  const { repository, branches } = observed
  const isThere = (await readTip(repository, branches.head)) === made.sha
  return isThere ? made : stopSuperseded(observed, headMoved(branches.head))
}

/** Moves the branch to the commit; gives the commit that is there then, or how the run ends if it may not be moved. */
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

/** @param left what is still to be done */
function bodyOf(
  { base }: ObservedPullRequest,
  proposal: Proposal,
  { sha, parents }: Commit,
  left: readonly string[]
): string {
  const { report, files, metadata, images, isProvisional = false } = proposal
  const pending = [...left, ...(isProvisional ? [TEXT] : [])]
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
    closed: false,
    ...(pending.length === 0 ? {} : { pending })
  }
  const marker = formatMarker(memory)
  return `${report(BODY_LIMIT - marker.length - 1)}\n${marker}`
}
