import { type Blobs, readBlob, readBlobs, readBranchBlobs, type TreeSnapshot } from '../github/blobs.js'
import { blobSha } from '../common/files.js'
import { SyncError } from '../common/errors.js'
import type { GitHub } from '../github/client.js'
import type { PullRequestInputs } from '../inputs/pull-request.js'
import type { Runner } from '../runner/runner.js'
import { readWorkspaceFile } from '../runner/workspace.js'
import { parseMarker, type PullMemory } from './marker.js'
import { listPulls, type Pull } from '../github/pulls.js'
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
}

/** GitHub as the run found it. */
export interface ObservedPullRequest {
  readonly repository: Repository
  readonly inputs: PullRequestInputs
  readonly runner: Pick<Runner, 'serverUrl' | 'runUrl' | 'isFromFork'>
  readonly branches: Branches
  /** The base branch's files. */
  readonly base: TreeSnapshot
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
  const base = await readBranchBlobs(unnamed, branches.base, paths)
  const pulls = await listPulls(unnamed, branches.head)
  const repository = { ...unnamed, repositoryId: pulls[0]?.repositoryId }
  const open = pulls.find(pull => pull.state === 'open')
  if (open !== undefined && open.base !== branches.base) throw wrongBase(open, branches)
  const last = open === undefined ? pulls.find(pull => pull.base === branches.base) : undefined
  const remembered = open === undefined ? undefined : withMemory(open)
  return {
    repository,
    inputs,
    runner,
    branches,
    base: await withFailedImages(repository, base, remembered, failed),
    open: remembered === undefined ? undefined : await withBlobs(repository, remembered, paths),
    last: last === undefined ? undefined : withMemory(last)
  }
}

/** Nobody knows before the pull request is read which files of a failed image count. */
async function withFailedImages(
  repository: Repository,
  base: TreeSnapshot,
  open: RememberedPull | undefined,
  failed: readonly string[]
): Promise<TreeSnapshot> {
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
  inputs: Pick<PullRequestInputs, 'base' | 'branch'>,
  runner: Pick<Runner, 'defaultBranch'>
): Promise<Branches> {
  const defaultBranch = runner.defaultBranch ?? (await readDefaultBranch(repository))
  const base = inputs.base ?? defaultBranch
  const head = inputs.branch ?? (base === defaultBranch ? 'conda-lock-sync' : `conda-lock-sync--${base}`)
  if (head === base || head === defaultBranch) throw wrongHeadBranch(head)
  return { base, head }
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
async function withBlobs(repository: Repository, open: RememberedPull, paths: readonly string[]): Promise<OpenPull> {
  const { pull, memory } = open
  const blobs =
    memory?.commit === pull.headCommit
      ? new Map(Object.entries(memory.files))
      : (await readBlobs(repository, pull.headCommit, paths)).blobs
  return { ...open, blobs }
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
