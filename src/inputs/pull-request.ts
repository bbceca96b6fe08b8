import { SyncError } from '../common/errors.js'
import type { RepositoryName, Runner } from '../runner/runner.js'
import { workingDirectory } from './paths.js'
import { oneOf, refuse, type InputReader } from './reader.js'
import { INPUTS } from './table.js'
import { optionalRef } from './texts.js'

/** The repository that is written to, and the token for it. */
export interface Access {
  readonly token: string
  readonly repository: RepositoryName
}

export interface PullRequestInputs extends Access {
  readonly base: string | undefined
  readonly branch: string | undefined
  /** The folder that the run is for alone, which the default of `branch` carries; undefined for the root, or for all images. */
  readonly folder: string | undefined
  readonly title: string
  readonly commitMessage: string
  readonly labels: readonly string[]
  readonly assignees: readonly string[]
  readonly reviewers: readonly string[]
  readonly teamReviewers: readonly string[]
  readonly draft: boolean
  readonly autoMerge: AutoMerge | undefined
  /** Whether commits of others on the head branch may be replaced. */
  readonly overwrite: boolean
  /** File names of workflows to start on the head branch. */
  readonly dispatchWorkflows: readonly string[]
  readonly reportFailures: boolean
}

/** How GitHub merges a pull request by itself. */
export type AutoMerge = (typeof AUTO_MERGES)[number]

const AUTO_MERGES = INPUTS['auto-merge'].values

/**
 * The pull request that is opened or updated.
 * @throws SyncError of kind `input`, naming the input
 */
export function readPullRequest(reader: InputReader, runner: Runner): PullRequestInputs {
  const { optional, required, lines, flag } = reader
  const autoMerge = optional('auto-merge')
  const folder = workingDirectory(optional('working-directory'))
  return {
    ...readAccess(reader, runner),
    ...readBranches(reader, runner),
    folder: folder === '.' ? undefined : folder,
    title: required('title'),
    commitMessage: required('commit-message'),
    labels: lines('labels'),
    assignees: lines('assignees'),
    reviewers: lines('reviewers'),
    teamReviewers: lines('team-reviewers'),
    draft: flag('draft'),
    autoMerge: autoMerge === undefined ? undefined : oneOf('auto-merge', autoMerge, AUTO_MERGES),
    overwrite: flag('overwrite'),
    dispatchWorkflows: lines('dispatch-workflows').map(workflowFile),
    reportFailures: flag('report-failures')
  }
}

/** @throws SyncError of kind `input` if one is not the name of a branch */
export function readBranches({ optional }: InputReader, runner: Runner): Pick<PullRequestInputs, 'base' | 'branch'> {
  return {
    base: optionalRef('base', optional('base')) ?? branchOf(notInQueue(runner.ref)),
    branch: optionalRef('branch', optional('branch'))
  }
}

/** @throws SyncError of kind `input` without a token or a repository */
export function readAccess({ optional }: InputReader, runner: Runner): Access {
  const hint =
    "Leave `token` out to use the workflow's own token, or pass one: `token: ${{ secrets.NAME }}`; with `mode: files` none is needed."
  const token = optional('token') ?? refuse('token', '', 'is empty, and without a token nothing can be published', hint)
  if (runner.repository === undefined) {
    throw new SyncError('input', 'GITHUB_REPOSITORY does not name a repository.', {
      hint: 'Run this in a GitHub workflow, or use `mode: files`.'
    })
  }
  return { token, repository: runner.repository }
}

/**
 * A run for `merge_group` is on a branch that GitHub makes for a moment, and that nobody but GitHub may write.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#merge_group
 */
export function notInQueue(ref: string): string {
  if (!ref.startsWith('refs/heads/gh-readonly-queue/')) return ref
  throw new SyncError('input', `The run is for a merge queue, on \`${ref}\`, where nothing can be proposed.`, {
    hint: 'Take `merge_group` out of `on:` of this workflow; for the queue there is `mode: check`.'
  })
}

/** The branch of a full ref, if it is one of a branch. */
export function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined
}

function workflowFile(text: string): string {
  return /^[\w.-]+\.ya?ml$/.test(text)
    ? text
    : refuse('dispatch-workflows', text, 'is not the name of a workflow file, such as `ci.yml`')
}
