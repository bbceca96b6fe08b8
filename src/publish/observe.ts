import { SyncError } from '../errors.js'
import type { GitHub } from '../github.js'
import type { PullRequestInputs } from '../inputs/pull-request.js'
import type { Runner } from '../runner.js'
import { blobSha, readWorkspaceFile } from '../workspace.js'
import { parseMarker, type Memory } from './marker.js'
import { listPulls, type Pull } from './pulls.js'
import {
  readBlob,
  readBlobs,
  readBranchBlobs,
  readDefaultBranch,
  type Blobs,
  type Snapshot,
  type Target
} from './repository.js'

export interface Branches {
  readonly base: string
  readonly head: string
}

/** A pull request with what its body remembers. */
export interface Remembered {
  readonly pull: Pull
  readonly memory: Memory | undefined
}

/** The open pull request with what its branch holds. */
export interface Open extends Remembered {
  readonly blobs: Blobs
}

/** GitHub as the run found it. */
export interface Observed {
  readonly target: Target
  readonly inputs: PullRequestInputs
  readonly runner: Pick<Runner, 'serverUrl' | 'runUrl' | 'isFromFork'>
  readonly branches: Branches
  /** The base branch's files. */
  readonly base: Snapshot
  /** The open pull request of the head branch. */
  readonly open: Open | undefined
  /** Without an open one: the last pull request, closed or merged. */
  readonly last: Remembered | undefined
}

/**
 * Looks at the base branch, at the pull requests of the head branch, and at what both hold at the given paths.
 * @throws SyncError of kind `github` if there is no base branch, or if the head branch is taken for another base
 */
export async function observe(
  github: GitHub,
  inputs: PullRequestInputs,
  runner: Runner,
  paths: readonly string[]
): Promise<Observed> {
  const unnamed: Target = { github, ...inputs.repository, repositoryId: undefined }
  const branches = await nameBranches(unnamed, inputs, runner)
  const base = await readBranchBlobs(unnamed, branches.base, paths)
  const pulls = await listPulls(unnamed, branches.head)
  const target = { ...unnamed, repositoryId: pulls[0]?.repositoryId }
  const open = pulls.find(pull => pull.state === 'open')
  if (open !== undefined && open.base !== branches.base) throw otherBase(open, branches)
  const last = open === undefined ? pulls.find(pull => pull.base === branches.base) : undefined
  return {
    target,
    inputs,
    runner,
    branches,
    base,
    open: open === undefined ? undefined : await withBlobs(target, remembered(open), paths),
    last: last === undefined ? undefined : remembered(last)
  }
}

async function nameBranches(target: Target, inputs: PullRequestInputs, runner: Runner): Promise<Branches> {
  const defaultBranch = runner.defaultBranch ?? (await readDefaultBranch(target))
  const base = inputs.base ?? defaultBranch
  const head = inputs.branch ?? (base === defaultBranch ? 'conda-lock-sync' : `conda-lock-sync--${base}`)
  if (head === base || head === defaultBranch) throw notForIt(head)
  return { base, head }
}

function otherBase(pull: Pull, { base, head }: Branches): SyncError {
  return new SyncError(
    'github',
    `Pull request #${pull.number} from \`${head}\` is for \`${pull.base}\` and not for \`${base}\`, and a branch can propose to one only.`,
    { hint: 'Close that pull request or change its base, or choose another `branch` for this one.' }
  )
}

function remembered(pull: Pull): Remembered {
  return { pull, memory: parseMarker(pull.body) }
}

/** What the action has pushed itself it remembers; only a branch that somebody else has moved has to be read. */
async function withBlobs(target: Target, open: Remembered, paths: readonly string[]): Promise<Open> {
  const { pull, memory } = open
  const blobs =
    memory?.commit === pull.headCommit
      ? new Map(Object.entries(memory.files))
      : (await readBlobs(target, pull.headCommit, paths)).blobs
  return { ...open, blobs }
}

/** The head branch is moved by force. */
function notForIt(branch: string): SyncError {
  return new SyncError('input', `Input \`branch\`: \`${branch}\` is a branch that pull requests are for.`, {
    hint: 'Choose a name that nothing else uses, or leave `branch` out.'
  })
}

/** Reads a file of the base branch; where the checkout has the same content, nothing is fetched. */
export async function readBaseFile(
  { target, base }: Pick<Observed, 'target' | 'base'>,
  workspace: string,
  path: string
): Promise<Uint8Array | undefined> {
  const sha = base.blobs.get(path)
  if (sha === undefined) return undefined
  const local = await readWorkspaceFile(workspace, path)
  return local !== undefined && blobSha(local) === sha ? local : readBlob(target, sha)
}
