import type { DesiredFile, FileContents } from '../common/files.js'
import { connect } from '../github/client.js'
import type { Inputs } from '../inputs/inputs.js'
import { observeBranch, type ObservedBranch } from '../publish/commit.js'
import { observePullRequest, readBaseFile, type ObservedPullRequest, type OpenPull } from '../publish/observe.js'
import { differing } from '../publish/proposal.js'
import { log } from '../runner/log.js'
import { readWorkspaceFile } from '../runner/workspace.js'
import type { Job } from './job.js'

/** What the run has seen on GitHub; `nothing` for modes that do not use it. */
export type Observation =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'pull-request'; readonly observed: ObservedPullRequest }
  | { readonly kind: 'branch'; readonly observed: ObservedBranch }

/** The files that a run reads and writes. */
export interface Scope {
  readonly paths: readonly string[]
  /** Folders of images that could not be locked: the open pull request may remember files of theirs. */
  readonly failed: readonly string[]
}

/**
 * Looks at what a run will change on GitHub.
 * @throws SyncError of kind `github`
 */
export async function observeGitHub(
  { inputs: { mode }, runner, deadline }: Pick<Job, 'runner' | 'deadline'> & { readonly inputs: Pick<Inputs, 'mode'> },
  { paths, failed }: Scope
): Promise<Observation> {
  if (!('token' in mode)) return { kind: 'nothing' }
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log })
  return mode.kind === 'commit'
    ? { kind: 'branch', observed: await observeBranch(github, mode, paths, runner.runNumber) }
    : { kind: 'pull-request', observed: await observePullRequest(github, mode, runner, paths, failed) }
}

/** Reads the files as they were before: those of the base branch, or without one those of the checkout. */
export async function readPreviousContents(
  paths: readonly string[],
  workspace: string,
  observation: Observation
): Promise<FileContents> {
  const entries = [...new Set(paths)].map(async path => {
    const content = await (observation.kind === 'nothing'
      ? readWorkspaceFile(workspace, path)
      : readBaseFile(observation.observed, workspace, path))
    return content === undefined ? [] : [[path, content] as const]
  })
  return new Map((await Promise.all(entries)).flat())
}

/** The open pull request, if there is one. */
export function openPullOf(observation: Observation): OpenPull | undefined {
  return observation.kind === 'pull-request' ? observation.observed.open : undefined
}

/** Whether nothing is left to do for an open pull request but to leave it alone, if it proposes what it should. */
export function isFinished({ pull, conflicts, memory }: OpenPull): boolean {
  return !conflicts && memory?.commit === pull.headCommit && (memory.pending ?? []).length === 0
}

/** Whether the open pull request proposes exactly these files already. */
export function isProposed(files: readonly DesiredFile[], observation: Observation): boolean {
  const open = openPullOf(observation)
  return open !== undefined && isFinished(open) && differing(files, open.blobs).length === 0
}
