import type { Deadline } from './deadline.js'
import { connect } from './github.js'
import type { Inputs } from './inputs.js'
import type { Contents } from './lockfile/previous.js'
import { log } from './log.js'
import type { KnownCopies, Plan } from './plan.js'
import { observe, readBaseFile, type Observed } from './publish/observe.js'
import { differing } from './publish/proposal.js'
import { observeBranch, type ObservedBranch } from './publish/straight.js'
import type { Runner } from './runner.js'
import { readWorkspaceFile, type DesiredFile } from './workspace.js'

/** What was seen on GitHub; nothing, if the run does nothing there. */
export type Look =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'pull-request'; readonly observed: Observed }
  | { readonly kind: 'branch'; readonly observed: ObservedBranch }

/**
 * Looks at what a run will change on GitHub.
 * @param paths the files that the run reads or writes
 * @throws SyncError of kind `github`
 */
export async function lookAtGitHub(
  { mode }: Pick<Inputs, 'mode'>,
  runner: Runner,
  paths: readonly string[],
  deadline: Deadline
): Promise<Look> {
  if (!('token' in mode)) return { kind: 'nothing' }
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log })
  return mode.kind === 'commit'
    ? { kind: 'branch', observed: await observeBranch(github, mode, paths) }
    : { kind: 'pull-request', observed: await observe(github, mode, runner, paths) }
}

/** The files of before: those of the base branch, or without one those of the checkout. */
export async function readOldFiles(paths: readonly string[], { workspace }: Runner, github: Look): Promise<Contents> {
  const entries = [...new Set(paths)].map(async path => {
    const content = await (github.kind === 'nothing'
      ? readWorkspaceFile(workspace, path)
      : readBaseFile(github.observed, workspace, path))
    return content === undefined ? [] : [[path, content] as const]
  })
  return new Map((await Promise.all(entries)).flat())
}

/**
 * The copies of upstream files that the base branch has, and those that the open pull request proposes.
 * @param blobs of the files of before, by path
 * @param custom the old lock's `custom_metadata`
 */
export function knownCopies(
  blobs: KnownCopies['blobs'],
  custom: Plan['metadata'],
  observed: Observed | undefined
): KnownCopies[] {
  const open = observed?.open
  return [
    { blobs, isProposed: false, metadata: custom },
    ...(open === undefined ? [] : [{ blobs: open.blobs, isProposed: true, metadata: open.memory?.metadata ?? {} }])
  ]
}

/** Whether the open pull request has these very files, so that nobody needs to be told again. */
export function isProposed(files: readonly DesiredFile[], observed: Observed | undefined): boolean {
  const blobs = observed?.open?.blobs
  return blobs !== undefined && differing(files, blobs).length === 0
}
