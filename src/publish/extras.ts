import { statusOf } from '../github/errors.js'
import { SyncError } from '../common/errors.js'
import { attempt, makeOnce, UNREPEATED } from '../github/requests.js'
import type { AutoMerge, PullRequestInputs } from '../inputs/pull-request.js'
import type { Pull } from '../github/pulls.js'
import type { Repository } from '../github/repository.js'

/**
 * Gives a new pull request what the team wants on each. The pull request is good without: what GitHub refuses is a warning.
 * @returns one sentence for each refusal
 */
export async function addExtras(repository: Repository, pull: Pull, inputs: PullRequestInputs): Promise<string[]> {
  const { labels, assignees, reviewers, teamReviewers, autoMerge } = inputs
  return [
    ...(labels.length > 0 ? await refusalOf(() => addLabels(repository, pull, labels)) : []),
    ...(assignees.length > 0 ? await refusalOf(() => assign(repository, pull, assignees)) : []),
    ...(await askAll(reviewers, names => requestReview(repository, pull, { reviewers: names }))),
    ...(await askAll(teamReviewers.map(teamSlug), teams => requestReview(repository, pull, { team_reviewers: teams }))),
    ...(autoMerge !== undefined ? await refusalOf(() => enableAutoMerge(repository, pull, autoMerge)) : [])
  ]
}

/** Asks all at once, and each alone when GitHub refuses all because of one. */
async function askAll(names: readonly string[], ask: (names: string[]) => Promise<void>): Promise<string[]> {
  if (names.length === 0) return []
  try {
    await ask([...names])
    return []
  } catch (error) {
    if (names.length === 1 || !(error instanceof SyncError) || statusOf(error.cause) !== 422) return [refusal(error)]
  }
  const refusals: string[] = []
  for (const name of names) {
    const alone = await refusalOf(() => ask([name]))
    refusals.push(...alone.map(text => `${name}: ${text}`))
  }
  return refusals
}

/** What GitHub refused, as a sentence instead of an error. */
async function refusalOf(step: () => Promise<void>): Promise<string[]> {
  try {
    await step()
    return []
  } catch (error) {
    return [refusal(error)]
  }
}

/** @throws what is no refusal of GitHub's */
function refusal(error: unknown): string {
  if (!(error instanceof SyncError)) throw error
  return `${error.message} ${error.hint}`
}

/** Adds labels; GitHub creates those that the repository does not have. */
async function addLabels({ github, owner, repo }: Repository, pull: Pull, labels: readonly string[]): Promise<void> {
  await attempt(`label pull request #${pull.number}`, async () => {
    await github.rest.issues.addLabels({ owner, repo, issue_number: pull.number, labels: [...labels] })
  })
}

async function assign({ github, owner, repo }: Repository, pull: Pull, assignees: readonly string[]): Promise<void> {
  const issue = { owner, repo, issue_number: pull.number }
  const assigned = await attempt(`assign pull request #${pull.number}`, async () => {
    const { data } = await github.rest.issues.addAssignees({ ...issue, assignees: [...assignees] })
    return (data.assignees ?? []).map(person => person.login.toLowerCase())
  })
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

async function requestReview({ github, owner, repo }: Repository, pull: Pull, who: Reviewers): Promise<void> {
  await attempt(`ask for a review of pull request #${pull.number}`, async () => {
    await github.rest.pulls.requestReviewers({ owner, repo, pull_number: pull.number, ...who })
  })
}

/** A team may be given as `team` or `organization/team`. */
function teamSlug(team: string): string {
  return team.replace(/^.*\//, '')
}

const ENABLE_AUTO_MERGE =
  'mutation ($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { clientMutationId } }'

async function enableAutoMerge({ github }: Repository, pull: Pull, method: AutoMerge): Promise<void> {
  await attempt(`enable auto-merge of pull request #${pull.number}`, async () => {
    await github.graphql(ENABLE_AUTO_MERGE, {
      input: { pullRequestId: pull.nodeId, mergeMethod: method.toUpperCase() }
    })
  })
}

/** Starts workflows on the head branch, each at most once for a commit; what GitHub refuses is a warning. */
export async function dispatchWorkflows(
  repository: Repository,
  branch: string,
  commit: string,
  workflows: readonly string[]
): Promise<{ readonly started: readonly string[]; readonly warnings: readonly string[] }> {
  const started: string[] = []
  const warnings: string[] = []
  for (const workflow of workflows) {
    const refusal = await refusalOf(() => dispatch(repository, branch, commit, workflow))
    if (refusal.length === 0) started.push(workflow)
    warnings.push(...refusal)
  }
  return { started, warnings }
}

async function dispatch(
  { github, owner, repo }: Repository,
  branch: string,
  commit: string,
  id: string
): Promise<void> {
  const workflow = { owner, repo, workflow_id: id }
  const find = async () => {
    const started = { ...workflow, branch, event: 'workflow_dispatch', head_sha: commit }
    return (await github.rest.actions.listWorkflowRuns(started)).data.total_count > 0 ? true : undefined
  }
  await attempt(`start the workflow \`${id}\``, async () => {
    try {
      await makeOnce(async () => {
        await github.rest.actions.createWorkflowDispatch({ ...workflow, ref: branch, ...UNREPEATED })
        return true
      }, find)
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
  return `${began}The commit was pushed with the workflow's own token: ${others} wait until a person approves them there (older GitHub Enterprise Servers start none). To have them run at once, name them in \`dispatch-workflows\`, or pass a GitHub App's token; see docs/ci-on-the-pull-request.md.`
}
