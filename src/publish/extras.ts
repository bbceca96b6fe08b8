import * as z from 'zod/mini'
import { pageAddress } from '../common/project.js'
import { isOutage, statusOf } from '../github/errors.js'
import { SyncError } from '../common/errors.js'
import { ask, askGraph, askOnce, attempt, DONE, makeOnce } from '../github/requests.js'
import type { PullRequestInputs } from '../inputs/pull-request.js'
import { askPull, type Pull } from '../github/pulls.js'
import type { Repository } from '../github/repository.js'

/** The pull request that gets what the team wants on it. */
export interface Subject {
  readonly repository: Repository
  readonly pull: Pull
  readonly branch: string
  /** The commit on the branch. */
  readonly commit: string
  /** Whether an earlier run may have done some of it, without having come to remember that. */
  readonly isResumed: boolean
}

/** What GitHub refused, as a sentence instead of an error. */
interface Refusal {
  readonly text: string
  /** Whether GitHub has understood, and would say the same tomorrow. */
  readonly isFinal: boolean
}

type Step = (subject: Subject) => Promise<readonly Refusal[]>
type Steps = ReadonlyMap<string, Step>

/** What the team wants on each new pull request, by the names under which the pull request remembers what is still to be done. */
function extrasOf({ labels, assignees, reviewers, teamReviewers, autoMerge }: PullRequestInputs): Steps {
  const teams = teamReviewers.map(teamSlug)
  const steps: readonly (readonly [string, boolean, Step])[] = [
    ['labels', labels.length > 0, subject => refusalOf(() => addLabels(subject, labels))],
    ['assignees', assignees.length > 0, subject => refusalOf(() => assign(subject, assignees))],
    [
      'reviewers',
      reviewers.length > 0,
      subject => askAll(reviewers, names => requestReview(subject, { reviewers: names }))
    ],
    [
      'team-reviewers',
      teams.length > 0,
      subject => askAll(teams, names => requestReview(subject, { team_reviewers: names }))
    ],
    [
      'auto-merge',
      autoMerge !== undefined,
      subject => refusalOf(() => enableAutoMerge(subject, (autoMerge ?? '').toUpperCase()))
    ]
  ]
  return new Map(steps.flatMap(([name, isWanted, step]) => (isWanted ? [[name, step] as const] : [])))
}

/** The workflows to start for each commit, by the same kind of names. */
function workflowsOf({ dispatchWorkflows }: PullRequestInputs): Steps {
  const step = (workflow: string) => (subject: Subject) => refusalOf(() => dispatch(subject, workflow))
  return new Map(dispatchWorkflows.map(workflow => [`workflow ${workflow}`, step(workflow)] as const))
}

/** The names of all that is to be done for a pull request with a new commit. */
export function stepsFor(inputs: PullRequestInputs, isNew: boolean): string[] {
  return [...(isNew ? extrasOf(inputs).keys() : []), ...workflowsOf(inputs).keys()]
}

/** What was done of it. */
export interface TakenSteps {
  readonly started: readonly string[]
  /** One sentence for each refusal: the pull request is good without. */
  readonly warnings: readonly string[]
  /** What a later run may have more luck with. */
  readonly left: readonly string[]
}

/** Does what is named, as far as the inputs still want it. */
export async function takeSteps(
  subject: Subject,
  inputs: PullRequestInputs,
  names: readonly string[]
): Promise<TakenSteps> {
  const workflows = workflowsOf(inputs)
  const started: string[] = []
  const warnings: string[] = []
  const left: string[] = []
  for (const [name, step] of [...extrasOf(inputs), ...workflows]) {
    if (!names.includes(name)) continue
    const refusals = await step(subject)
    warnings.push(...refusals.map(({ text }) => text))
    if (refusals.some(({ isFinal }) => !isFinal)) left.push(name)
    if (workflows.has(name) && refusals.length === 0) started.push(name.replace('workflow ', ''))
  }
  return { started, warnings, left }
}

/** Asks all at once, and each alone when GitHub refuses all because of one. */
async function askAll(names: readonly string[], ask: (names: string[]) => Promise<void>): Promise<Refusal[]> {
  try {
    await ask([...names])
    return []
  } catch (error) {
    if (names.length === 1 || !(error instanceof SyncError) || statusOf(error.cause) !== 422) return [refusal(error)]
  }
  const refusals: Refusal[] = []
  for (const name of names) {
    const alone = await refusalOf(() => ask([name]))
    refusals.push(...alone.map(({ text, isFinal }) => ({ text: `${name}: ${text}`, isFinal })))
  }
  return refusals
}

async function refusalOf(step: () => Promise<void>): Promise<Refusal[]> {
  try {
    await step()
    return []
  } catch (error) {
    return [refusal(error)]
  }
}

/** @throws what is no refusal of GitHub's */
function refusal(error: unknown): Refusal {
  if (!(error instanceof SyncError)) throw error
  const { cause } = error
  const status = statusOf(cause)
  const isOfGraphql = cause instanceof Error && cause.name === 'GraphqlResponseError' && !isOutage(cause)
  return {
    text: `${error.message} ${error.hint}`,
    isFinal: cause === undefined || status === 404 || status === 422 || isOfGraphql
  }
}

const LABELS = z.array(z.object({ name: z.string() }))

/** Adds labels; GitHub creates those that the repository does not have. */
async function addLabels({ repository, pull }: Subject, labels: readonly string[]): Promise<void> {
  const added = { issue_number: pull.number, labels: [...labels] }
  await attempt(`label pull request #${pull.number}`, () =>
    ask(repository, 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels', added, LABELS)
  )
}

const ASSIGNED = z.object({ assignees: z.array(z.object({ login: z.string() })) })

async function assign({ repository, pull }: Subject, assignees: readonly string[]): Promise<void> {
  const added = { issue_number: pull.number, assignees: [...assignees] }
  const answer = await attempt(`assign pull request #${pull.number}`, () =>
    ask(repository, 'POST /repos/{owner}/{repo}/issues/{issue_number}/assignees', added, ASSIGNED)
  )
  const assigned = answer.assignees.map(({ login }) => login.toLowerCase())
  const left = assignees.filter(name => !assigned.includes(name.toLowerCase()))
  if (left.length === 0) return
  throw new SyncError('github', `GitHub did not assign pull request #${pull.number} to ${left.join(', ')}.`, {
    hint: 'Correct `assignees`: people with access to this repository.'
  })
}

interface Reviewers {
  readonly reviewers?: string[]
  readonly team_reviewers?: string[]
}

const REQUESTED = z.object({ number: z.number() })

async function requestReview({ repository, pull }: Subject, who: Reviewers): Promise<void> {
  const asked = { pull_number: pull.number, ...who }
  await attempt(`ask for a review of pull request #${pull.number}`, () =>
    ask(repository, 'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', asked, REQUESTED)
  )
}

/** A team may be given as `team` or `organization/team`. */
function teamSlug(team: string): string {
  return team.replace(/^.*\//, '')
}

const ENABLE_AUTO_MERGE =
  'mutation ($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { clientMutationId } }'

const ENABLED = z.object({ enablePullRequestAutoMerge: z.object({}) })

/** Where auto-merge is on already, a person or an earlier run has chosen its method. */
async function enableAutoMerge({ repository, pull }: Subject, mergeMethod: string): Promise<void> {
  if (pull.isAutoMerged) return
  const input = { pullRequestId: pull.nodeId, mergeMethod }
  const make = async () => {
    await askGraph(repository, ENABLE_AUTO_MERGE, { input }, ENABLED)
    return true
  }
  const find = async () => ((await askPull(repository, pull.number)).isAutoMerged ? true : undefined)
  await attempt(`enable auto-merge of pull request #${pull.number}`, () => makeOnce(make, find))
}

const RUNS = z.object({ total_count: z.number() })

/** Starts a workflow on the head branch, at most once for a commit. */
async function dispatch({ repository, branch, commit, isResumed }: Subject, id: string): Promise<void> {
  const workflow = { workflow_id: id }
  const route = '/repos/{owner}/{repo}/actions/workflows/{workflow_id}'
  const find = async () => {
    const started = { ...workflow, branch, event: 'workflow_dispatch', head_sha: commit }
    return (await ask(repository, `GET ${route}/runs`, started, RUNS)).total_count > 0 ? true : undefined
  }
  const make = async () => {
    await askOnce(repository, `POST ${route}/dispatches`, { ...workflow, ref: branch }, DONE)
    return true
  }
  await attempt(`start the workflow \`${id}\``, async () => {
    try {
      if (!isResumed || (await find()) === undefined) await makeOnce(make, find)
    } catch (error) {
      if (statusOf(error) !== 404) throw error
      throw new SyncError('github', `There is no workflow \`${id}\` on the default branch.`, {
        hint: 'Correct `dispatch-workflows`: names of files in .github/workflows that have `on: workflow_dispatch`.',
        cause: error
      })
    }
  })
}

/** GitHub's own name for who acts with a workflow's default token. */
const DEFAULT_IDENTITY = 'github-actions[bot]'

/**
 * Says whether the pull request's workflows run.
 * @param author who GitHub says has made the commit
 */
export function describeCi(author: string, started: readonly string[]): string {
  const began = started.length === 0 ? '' : `Started ${started.join(', ')} on the head branch. `
  if (author !== DEFAULT_IDENTITY) {
    return `${began}The commit was pushed as ${author}, so the workflows of the pull request start by themselves.`
  }
  const others = started.length === 0 ? "the pull request's workflows" : 'the other workflows of the pull request'
  return `${began}The commit was pushed with the workflow's own token: ${others} wait until a person approves them there (older GitHub Enterprise Servers start none). To have them run at once, name them in \`dispatch-workflows\`, or pass a GitHub App's token (${pageAddress('ci-on-the-pull-request.md')}).`
}
