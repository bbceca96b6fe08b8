import { type Blobs, readBlob, type BranchSnapshot, readBlobs, readBranchBlobs } from '../github/blobs.js'
import { blobSha } from '../common/files.js'
import { SyncError } from '../common/errors.js'
import type { GitHub } from '../github/client.js'
import type { PullRequestInputs } from '../inputs/pull-request.js'
import type { Runner } from '../runner/runner.js'
import { startEarly } from '../common/early.js'
import { readWorkspaceFile } from '../runner/workspace.js'
import { parseMarker, type BaseMemory, type PullMemory } from './marker.js'
import { readCommit } from '../github/commits.js'
import { listPulls, readMergeable, type Pull } from '../github/pulls.js'
import { readDefaultBranch, type Repository } from '../github/repository.js'

export interface Branches {
  readonly base: string
  readonly head: string
}

/** A pull request with what its body remembers. */
export interface RememberedPull {
  readonly pull: Pull
  readonly memory: PullMemory | undefined
}

/** The open pull request with what its branch holds. */
export interface OpenPull extends RememberedPull {
  readonly blobs: Blobs
  /** Whether GitHub can't merge it, or could only by overlooking that the base branch has changed the same files. */
  readonly conflicts: boolean
}

/** GitHub as the run found it. */
export interface ObservedPullRequest {
  readonly repository: Repository
  readonly inputs: PullRequestInputs
  readonly runner: Pick<Runner, 'serverUrl' | 'runUrl' | 'runNumber' | 'isFromFork'>
  readonly branches: Branches
  /** The base branch's files. */
  readonly base: BranchSnapshot
  /** The open pull request of the head branch. */
  readonly open: OpenPull | undefined
  /** Without an open one: the last pull request, closed or merged. */
  readonly last: RememberedPull | undefined
}

/**
 * Looks at the base branch, at the pull requests of the head branch, and at what both hold at the given paths.
 * @param failed folders of images that could not be locked, whose files the open pull request may remember
 * @throws SyncError of kind `github` if there is no base branch, or if the head branch is taken for another base
 */
export async function observePullRequest(
  github: GitHub,
  inputs: PullRequestInputs,
  runner: Runner,
  paths: readonly string[],
  failed: readonly string[]
): Promise<ObservedPullRequest> {
  const unnamed: Repository = { github, ...inputs.repository, repositoryId: undefined }
  const branches = await nameBranches(unnamed, inputs, runner)
  const listing = startEarly(listPulls(unnamed, branches.head))
  const base = await readBranchBlobs(unnamed, branches.base, paths)
  const pulls = await listing
  const repository = { ...unnamed, repositoryId: pulls[0]?.repositoryId }
  const allOpen = pulls.filter(pull => pull.state === 'open')
  const elsewhere = allOpen.find(pull => pull.base !== branches.base)
  if (elsewhere !== undefined) throw wrongBase(elsewhere, branches)
  const [open] = allOpen
  const last = open === undefined ? pulls.find(pull => pull.base === branches.base) : undefined
  const remembered = open === undefined ? undefined : withMemory(open)
  return {
    repository,
    inputs,
    runner,
    branches,
    base: await withFailedImages(repository, base, remembered, failed),
    open: remembered === undefined ? undefined : await withBranch(repository, base, remembered, paths),
    last: last === undefined ? undefined : withMemory(last)
  }
}

/** Nobody knows before the pull request is read which files of a failed image count. */
async function withFailedImages(
  repository: Repository,
  base: BranchSnapshot,
  open: RememberedPull | undefined,
  failed: readonly string[]
): Promise<BranchSnapshot> {
  if (open?.memory?.commit !== open?.pull.headCommit) return base
  const images = failed.flatMap(name => open?.memory?.images[name] ?? [])
  const paths = images.flatMap(({ inputs, files }) => [...Object.keys(inputs), ...files])
  if (paths.length === 0) return base
  const { blobs } = await readBlobs(repository, base.tree, paths)
  return { ...base, blobs: new Map([...base.blobs, ...blobs]) }
}

/**
 * The branches of a pull request.
 * @throws SyncError of kind `input` if they are the same, or of kind `github`
 */
export async function nameBranches(
  repository: Repository,
  inputs: Pick<PullRequestInputs, 'base' | 'branch' | 'folder'>,
  runner: Pick<Runner, 'defaultBranch'>
): Promise<Branches> {
  const defaultBranch = runner.defaultBranch ?? (await readDefaultBranch(repository))
  const base = inputs.base ?? defaultBranch
  const head = inputs.branch ?? `${defaultHead(inputs.folder)}${base === defaultBranch ? '' : `--${base}`}`
  if (head === base || head === defaultBranch) throw wrongHeadBranch(head)
  return { base, head }
}

/** Two folders must not share a branch; a slash would make one that git cannot have beside `conda-lock-sync`. */
function defaultHead(folder = ''): string {
  const name = folder.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-|-$/g, '')
  return name === '' ? 'conda-lock-sync' : `conda-lock-sync-${name}`
}

function wrongBase(pull: Pull, { base, head }: Branches): SyncError {
  return new SyncError(
    'github',
    `Pull request #${pull.number} from \`${head}\` is for \`${pull.base}\` and not for \`${base}\`, and a branch can propose to one only.`,
    { hint: 'Close that pull request or change its base, or choose another `branch` for this one.' }
  )
}

function withMemory(pull: Pull): RememberedPull {
  return { pull, memory: parseMarker(pull.body) }
}

/** What the action has pushed itself it remembers; only a branch that somebody else has moved has to be read. */
async function withBranch(
  repository: Repository,
  base: BranchSnapshot,
  open: RememberedPull,
  paths: readonly string[]
): Promise<OpenPull> {
  const { pull, memory } = open
  const blobs =
    memory?.commit === pull.headCommit
      ? new Map(Object.entries(memory.files))
      : (await readBlobs(repository, pull.headCommit, paths)).blobs
  return { ...open, blobs, conflicts: await hasConflicts(repository, base, open) }
}

/** A pull request that is merely behind has no conflict. Whether GitHub can merge it is asked only where that can have changed. */
async function hasConflicts(repository: Repository, base: BranchSnapshot, open: RememberedPull): Promise<boolean> {
  const { pull, memory } = open
  if (memory?.commit === pull.headCommit) {
    const before = memory.base ?? (await readBase(repository, pull.headCommit, Object.keys(memory.files)))
    if (before.commit === base.commit) return false
    if (Object.keys(memory.files).some(path => base.blobs.get(path) !== before.files[path])) return true
  }
  return (await readMergeable(repository, pull.number)) === false
}

/** For pull requests that do not remember it: what the base branch had when the commit was made. */
async function readBase(repository: Repository, commit: string, paths: readonly string[]): Promise<BaseMemory> {
  const [parent = commit] = (await readCommit(repository, commit)).parents
  const { blobs } = await readBlobs(repository, parent, paths)
  return { commit: parent, files: Object.fromEntries(blobs) }
}

/** The head branch is moved by force. */
function wrongHeadBranch(branch: string): SyncError {
  return new SyncError('input', `Input \`branch\`: \`${branch}\` is a branch that pull requests are for.`, {
    hint: 'Choose a name that nothing else uses, or leave `branch` out.'
  })
}

/** Reads a file of the base branch; where the checkout has the same content, nothing is fetched. */
export async function readBaseFile(
  { repository, base }: Pick<ObservedPullRequest, 'repository' | 'base'>,
  workspace: string,
  path: string
): Promise<Uint8Array | undefined> {
  const sha = base.blobs.get(path)
  if (sha === undefined) return undefined
  const local = await readWorkspaceFile(workspace, path)
  return local !== undefined && blobSha(local) === sha ? local : readBlob(repository, sha)
}
