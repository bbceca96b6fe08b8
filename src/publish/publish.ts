import { SyncError } from '../errors.js'
import { statusOf } from '../github.js'
import { BODY_LIMIT } from '../report/report.js'
import { blobSha, type DesiredFile, type RepositoryFile } from '../workspace.js'
import { createBranch, readTip, swapBranch } from './branch.js'
import { createCommit, isOwn, readCommit, type Commit } from './commit.js'
import { addExtras, describeCi, dispatchWorkflows } from './extras.js'
import { formatMarker, replaceMarker, type ImageMemory, type Memory } from './marker.js'
import type { Observed, Open, Remembered } from './observe.js'
import { closePull, keepComment, openPull, updateBody, wasClosedByDeletion, type Opened, type Pull } from './pulls.js'
import { readBlobs, readHead, type Blobs } from './repository.js'

/** What is proposed for a branch. */
export interface Proposal {
  /** Every file that the action cares for, as it should be. */
  readonly files: readonly DesiredFile[]
  /** The repository's own files that the lock was made from, as they were read. */
  readonly inputs: readonly RepositoryFile[]
  /** For the lockfile's `custom_metadata`. */
  readonly metadata: Readonly<Record<string, string>>
  /** The locked images, by folder. */
  readonly images: Readonly<Record<string, ImageMemory>>
  /** What to tell about it, as Markdown of at most so many characters. */
  readonly report: (limit: number) => string
}

/** What was done on GitHub; docs/operations.md has the table of when what is done. */
export type Published =
  | { readonly operation: 'none' }
  | { readonly operation: 'committed'; readonly branch: string; readonly commit: string }
  | { readonly operation: 'superseded' | 'blocked'; readonly pull?: Pull | undefined; readonly reason: Reason }
  | { readonly operation: 'unchanged' | 'closed' | 'declined'; readonly pull: Pull }
  | ({ readonly operation: 'created' | 'updated'; readonly pull: Pull } & Extras)

/** Why something was not done, and what the reader can do about it. */
export interface Reason {
  readonly message: string
  readonly hint: string
}

interface Extras {
  /** What GitHub refused to add to the pull request. */
  readonly warnings: readonly string[]
  /** Whether the pull request's workflows run. */
  readonly ci: string
}

/**
 * Brings the head branch and its pull request to what is proposed: one commit on top of the base branch's head of this
 * moment, with exactly the files that differ from it. The branch only moves from where it is known to be, and only from a
 * commit of the action's own, unless `overwrite` allows more.
 */
export async function publish(observed: Observed, proposal: Proposal): Promise<Published> {
  try {
    return await bring(observed, proposal)
  } catch (error) {
    throw observed.runner.isFromFork && isForbidden(error) ? ofFork(error) : error
  }
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

async function bring(observed: Observed, proposal: Proposal): Promise<Published> {
  const { target, branches, base, open, inputs } = observed
  if (!hasInputs(base.blobs, proposal)) return superseded(observed, baseMoved(observed))
  const changed = differing(proposal.files, base.blobs)
  if (changed.length === 0) return open === undefined ? { operation: 'none' } : closeEmpty(observed, open)
  if (open !== undefined && differing(proposal.files, open.blobs).length === 0) return keep(observed, open, proposal)
  if (observed.last !== undefined && (await isDeclined(observed, observed.last, proposal))) {
    return { operation: 'declined', pull: observed.last.pull }
  }
  if (open !== undefined && !(await mayMove(observed, open))) return block(observed, open.pull.headCommit)
  const head = await readHead(target, branches.base)
  if (head.tree !== base.tree && (await hasMoved(observed, head.tree, proposal))) {
    return superseded(observed, baseMoved(observed))
  }
  return settle(observed, proposal, await createCommit(target, head, changed, inputs.commitMessage))
}

/** Whether the lock was made from what a branch has. A file that it does not have is made by an earlier step of the workflow. */
export function hasInputs(blobs: Blobs, { inputs }: Pick<Proposal, 'inputs'>): boolean {
  return inputs.every(({ path, content }) => (blobs.get(path) ?? blobSha(content)) === blobSha(content))
}

/** The files that are not as they should be. */
export function differing(files: readonly DesiredFile[], blobs: Blobs): DesiredFile[] {
  return files.filter(({ path, content }) => blobs.get(path) !== (content && blobSha(content)))
}

/** Whether any file that counts is another one in a later tree of the base branch. */
export async function hasMoved(
  { target, base }: Pick<Observed, 'target' | 'base'>,
  tree: string,
  proposal: Pick<Proposal, 'inputs' | 'files'>
): Promise<boolean> {
  const paths = [...proposal.inputs, ...proposal.files].map(file => file.path)
  const { blobs } = await readBlobs(target, tree, paths)
  return paths.some(path => blobs.get(path) !== base.blobs.get(path))
}

// Ends without a new commit.

function superseded({ open }: Observed, message: string): Published {
  const hint = 'A newer run has to do it; if none is on its way, start the workflow again.'
  return { operation: 'superseded', pull: open?.pull, reason: { message, hint } }
}

function baseMoved({ branches }: Observed): string {
  return `The files on \`${branches.base}\` are no longer those that this run has worked with.`
}

function headMoved({ branches }: Observed): string {
  return `Something else has moved the branch \`${branches.head}\` while this run was at work.`
}

/** The open pull request proposes this already; if a run broke off before it could say so in the body, that is made good. */
async function keep(observed: Observed, { pull, memory }: Open, proposal: Proposal): Promise<Published> {
  if (memory?.commit === pull.headCommit) return { operation: 'unchanged', pull }
  const commit = await readCommit(observed.target, pull.headCommit)
  if (!isOwn(commit)) return { operation: 'unchanged', pull }
  return finish(observed, await write(observed, undefined, bodyOf(proposal, commit.sha)), commit)
}

/** A person said no to this, and neither upstream nor the repository's own files have changed since. */
async function isDeclined({ target }: Observed, { pull, memory }: Remembered, proposal: Proposal): Promise<boolean> {
  if (pull.state !== 'closed' || memory === undefined || memory.closed) return false
  const before = hashesOf(memory)
  const now = [...hashesOf(proposal)]
  if (now.some(([lockfile, hash]) => hash === '' || before.get(lockfile) !== hash)) return false
  return !(await wasClosedByDeletion(target, pull.number))
}

/** What people have decided for each lockfile. One that failed this time has nothing to say. */
function hashesOf({ images }: Pick<Memory, 'images'>): Map<string, string> {
  return new Map(Object.values(images).flatMap(({ hashes }) => Object.entries(hashes)))
}

/** Closes the pull request by deleting its branch, which can't hit a commit that nobody here has seen. */
async function closeEmpty(observed: Observed, open: Open): Promise<Published> {
  const { target, branches } = observed
  const { pull, memory } = open
  if (!(await mayMove(observed, open))) return block(observed, pull.headCommit)
  const move = await swapBranch(target, branches.head, pull.headCommit, undefined)
  if (move.kind === 'elsewhere') return yieldTo(observed, move.tip)
  const body = memory === undefined ? pull.body : replaceMarker(pull.body, { ...memory, closed: true })
  await closePull(target, pull.number, body)
  const reason = `\`${branches.base}\` has everything as it was locked now, so there is nothing left to propose, and this pull request is closed.`
  await keepComment(target, pull.number, 'closed', reason)
  return { operation: 'closed', pull }
}

// Whose commits are on the branch.

async function mayMove({ target, inputs }: Observed, { pull, memory }: Open): Promise<boolean> {
  if (inputs.overwrite || memory?.commit === pull.headCommit) return true
  return isOwn(await readCommit(target, pull.headCommit))
}

/** Leaves the branch to people: says so where they see it. */
async function block(observed: Observed, tip: string): Promise<Published> {
  const { target, branches, open, runner } = observed
  const reason = {
    message: `The branch \`${branches.head}\` has commits that are not this action's (the last is ${tip.slice(0, 7)}); they stay, and nothing was pushed.`,
    hint: 'Merge or close the pull request, or delete the branch, and the next run starts afresh; `overwrite: true` lets runs replace such commits.'
  }
  if (open !== undefined) {
    const run = runner.runUrl === undefined ? '' : `\n\nLast seen by [this run](${runner.runUrl}).`
    await keepComment(target, open.pull.number, 'blocked', `**Not updated.** ${reason.message}\n\n${reason.hint}${run}`)
  }
  return { operation: 'blocked', pull: open?.pull, reason }
}

/** The branch is not where it was: another run's result stands, and people's commits stay. */
async function yieldTo(observed: Observed, tip: string | undefined): Promise<Published> {
  const { target, inputs } = observed
  const isPersons = tip !== undefined && !inputs.overwrite && !isOwn(await readCommit(target, tip))
  return isPersons ? block(observed, tip) : superseded(observed, headMoved(observed))
}

// A new commit.

/** How often a run claims a branch that other runs keep claiming. */
const CLAIMS = 5

/**
 * Claims the branch for the commit, then writes the pull request. Only the branch can be claimed for sure: when another run
 * has claimed it while this one wrote the pull request, nobody knows whose text was last, so this one claims again.
 */
async function settle(observed: Observed, proposal: Proposal, made: Commit): Promise<Published> {
  const { target, branches } = observed
  let before = observed.open?.pull.headCommit
  let written: Opened | undefined
  for (let claims = 1; claims <= CLAIMS; claims++) {
    const claimed = await claim(observed, made, before)
    if ('operation' in claimed) return claimed
    written = await write(observed, written, bodyOf(proposal, claimed.sha))
    const { pull } = written
    if (pull.state === 'closed') return { operation: 'declined', pull }
    if (pull.state === 'merged') return superseded(observed, `Pull request #${pull.number} was merged meanwhile.`)
    // GitHub's answer says where the branch was when the text was written; it can lag behind, but not run ahead.
    const tip = pull.headCommit === claimed.sha ? claimed.sha : await readTip(target, branches.head)
    const isElsewhere = tip !== undefined && tip !== claimed.sha && isOwn(await readCommit(target, tip))
    if (!isElsewhere) return finish(observed, written, claimed)
    before = tip
  }
  throw new SyncError('github', `Other runs keep moving the branch \`${branches.head}\`.`, {
    hint: 'Give the workflow a `concurrency` group, so that its runs wait for each other.'
  })
}

/** Brings the text to the pull request, which is opened if there is none. */
async function write(observed: Observed, written: Opened | undefined, body: string): Promise<Opened> {
  const { target, open } = observed
  const pull = written?.pull ?? open?.pull
  if (pull !== undefined) {
    return { pull: await updateBody(target, pull.number, body), isNew: written?.isNew === true }
  }
  const opened = await openByBranch(observed, body)
  return opened.isNew ? opened : { pull: await updateBody(target, opened.pull.number, body), isNew: false }
}

/** What comes after the branch and the text: neither can spoil them. */
async function finish(observed: Observed, { pull, isNew }: Opened, commit: Commit): Promise<Published> {
  const { target, branches, inputs } = observed
  const refused = isNew ? await addExtras(target, pull, inputs) : []
  const { started, warnings } = await dispatchWorkflows(target, branches.head, commit.sha, inputs.dispatchWorkflows)
  const ci = describeCi(commit.author, started)
  return { operation: isNew ? 'created' : 'updated', pull, warnings: [...refused, ...warnings], ci }
}

/** Moves the branch to the commit; gives the commit that is there then, or how the run ends if it may not be moved. */
async function claim(observed: Observed, made: Commit, before: string | undefined): Promise<Commit | Published> {
  const { target, branches, inputs } = observed
  if (before !== undefined) return swap(observed, made, before)
  const move = await createBranch(target, branches.head, made.sha)
  if (move.kind === 'done') return made
  if (move.tip === undefined) return superseded(observed, headMoved(observed))
  // A run that broke off before it could open the pull request, or another one that is at work.
  const found = await readCommit(target, move.tip)
  if (isOwn(found) && found.tree === made.tree && found.parents[0] === made.parents[0]) return found
  return isOwn(found) || inputs.overwrite ? swap(observed, made, move.tip) : block(observed, move.tip)
}

async function swap(observed: Observed, made: Commit, before: string): Promise<Commit | Published> {
  const move = await swapBranch(observed.target, observed.branches.head, before, made.sha)
  return move.kind === 'done' ? made : yieldTo(observed, move.tip)
}

/** The branch is there whatever happens to the pull request, so a person can open it instead. */
async function openByBranch({ target, branches, inputs, runner }: Observed, body: string): Promise<Opened> {
  try {
    return await openPull(target, branches.head, branches.base, { title: inputs.title, draft: inputs.draft, body })
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    const link = `${runner.serverUrl}/${target.owner}/${target.repo}/compare/${branches.base}...${branches.head}?expand=1`
    const byHand = `The branch \`${branches.head}\` is pushed; open the pull request by hand at ${link}`
    throw new SyncError('github', error.message, { hint: `${error.hint} ${byHand}`, cause: error.cause })
  }
}

function bodyOf({ report, files, metadata, images }: Proposal, commit: string): string {
  const memory: Memory = {
    commit,
    files: Object.fromEntries(
      files.flatMap(({ path, content }) => (content === undefined ? [] : [[path, blobSha(content)]]))
    ),
    metadata,
    images,
    closed: false
  }
  const marker = formatMarker(memory)
  return `${report(BODY_LIMIT - marker.length - 1)}\n${marker}`
}
