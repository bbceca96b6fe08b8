import { SyncError } from '../errors.js'
import type { GitHub } from '../github.js'
import type { PullRequestInputs } from '../inputs.js'
import type { Runner } from '../runner.js'
import { blobSha, readWorkspaceFile } from '../workspace.js'
import { findPull, type Pull } from './pulls.js'
import {
  readBlob,
  readBlobs,
  readDefaultBranch,
  readTreeish,
  type Blobs,
  type Snapshot,
  type Target
} from './repository.js'

export interface Branches {
  readonly base: string
  readonly head: string
}

/** GitHub as the run found it. */
export interface Observed {
  readonly target: Target
  readonly inputs: PullRequestInputs
  readonly branches: Branches
  /** The base branch's files. */
  readonly base: Snapshot
  /** The open pull request of the head branch, with that branch's files. */
  readonly open: { readonly pull: Pull; readonly blobs: Blobs } | undefined
}

/** Looks at the base branch, at the open pull request, and at what both hold at the given paths. */
export async function observe(
  github: GitHub,
  inputs: PullRequestInputs,
  runner: Runner,
  paths: readonly string[]
): Promise<Observed> {
  const target = { github, ...inputs.repository }
  const defaultBranch = runner.defaultBranch ?? (await readDefaultBranch(target))
  const base = inputs.base ?? defaultBranch
  const head = inputs.branch ?? (base === defaultBranch ? 'conda-lock-sync' : `conda-lock-sync--${base}`)
  if (head === base || head === defaultBranch) throw notForIt(head)
  const snapshot = await readBlobs(target, await readTreeish(target, base), paths)
  const pull = await findPull(target, head)
  const open = pull === undefined ? undefined : { pull, blobs: (await readBlobs(target, pull.headCommit, paths)).blobs }
  return { target, inputs, branches: { base, head }, base: snapshot, open }
}

/** The head branch is moved by force. */
function notForIt(branch: string): SyncError {
  return new SyncError('input', `Input \`branch\`: \`${branch}\` is a branch that pull requests are for.`, {
    hint: 'Choose a name that nothing else uses, or leave `branch` out.'
  })
}

/** Reads a file of the base branch; where the checkout has the same content, nothing is fetched. */
export async function readBaseFile(
  { target, base }: Observed,
  workspace: string,
  path: string
): Promise<Uint8Array | undefined> {
  const sha = base.blobs.get(path)
  if (sha === undefined) return undefined
  const local = await readWorkspaceFile(workspace, path)
  return local !== undefined && blobSha(local) === sha ? local : readBlob(target, sha)
}
