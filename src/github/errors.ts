import { messageOf, SyncError } from '../common/errors.js'
import { field } from '../common/guards.js'
import { enumerate } from '../common/sentences.js'
import { networkErrorIn } from '../runner/network.js'

/** An answer that cannot be GitHub's: broken off, no JSON, or of another shape. The message completes "its answer was of no use: …". */
export class BrokenAnswer extends Error {}

function brokenAnswerIn(error: unknown): BrokenAnswer | undefined {
  if (error instanceof BrokenAnswer) return error
  return error instanceof Error ? brokenAnswerIn(error.cause) : undefined
}

/** Whether something thrown is a request to GitHub that failed, rather than a defect here. */
export function isRequestError(error: unknown): boolean {
  if (error instanceof BrokenAnswer) return true
  return error instanceof Error && ('status' in error || error.name === 'GraphqlResponseError')
}

/** The HTTP status of a failed request, or undefined if it never got an answer from GitHub. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return undefined
  return typeof error.status === 'number' && error.response !== undefined ? error.status : undefined
}

/** GraphQL says so with status 200. */
const GRAPHQL_OUTAGE = 'Something went wrong while executing your query'

/** Whether GitHub gave no answer, or one that only says that it is out of order, so that it may be worth asking again. */
export function isOutage(error: unknown): boolean {
  if (networkErrorIn(error)?.isFinal === true) return false
  if (brokenAnswerIn(error) !== undefined || messageOf(error).includes(GRAPHQL_OUTAGE)) return true
  return error instanceof Error && 'status' in error && (statusOf(error) ?? 500) >= 500
}

/** A failed request as an error for the reader. `doing` completes the sentence "GitHub did not …". */
export function githubError(error: unknown, doing: string): SyncError {
  const status = statusOf(error)
  const said = saidBy(error)
  return new SyncError('github', `GitHub did not ${doing}; ${answerOf(error, status)}: ${said}`, {
    hint:
      networkErrorIn(error)?.hint ??
      hintFor({ status, said, isOutage: isOutage(error), needed: neededPermission(error) }),
    cause: error
  })
}

function answerOf(error: unknown, status: number | undefined): string {
  if (brokenAnswerIn(error) !== undefined) return 'its answer was of no use'
  if (status !== undefined) return `it answered ${status}`
  return isOutage(error) || networkErrorIn(error) !== undefined ? 'there was no answer' : 'it answered'
}

/** GitHub's words; those of GraphQL without Octokit's heading, and no pages, which gateways send. */
function saidBy(error: unknown): string {
  const said = messageOf(networkErrorIn(error) ?? brokenAnswerIn(error) ?? error)
  if (said.trimStart().startsWith('<')) return 'a page of HTML'
  return said
    .replace(/ - https:\/\/docs\.github\.com\S*/, '')
    .replace(/^Request failed due to following response errors:\s*- /, '')
}

/**
 * What GitHub says that a token would have needed, such as `contents: write`; alternatives are left to the first.
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
 */
function neededPermission(error: unknown): string | undefined {
  const headers = field(field(error, 'response'), 'headers')
  const match = /^([a-z_]+)=([a-z]+)/.exec(String(field(headers, 'x-accepted-github-permissions')))
  return match?.[1] === undefined ? undefined : `${match[1].replaceAll('_', '-')}: ${match[2] ?? ''}`
}

/** What every job needs. */
const PERMISSIONS = ['contents: write', 'pull-requests: write']

function permissionHint(needed: string | undefined): string {
  const all = needed === undefined || PERMISSIONS.includes(needed) ? PERMISSIONS : [...PERMISSIONS, needed]
  const list = enumerate(all.map(name => `\`${name}\``))
  const lacks = needed === undefined ? '' : `The token lacks \`${needed}\`. `
  return `${lacks}Give the job \`permissions:\` with ${list}, and check that \`token\` is for this repository.`
}

interface Answer {
  readonly status: number | undefined
  readonly said: string
  readonly isOutage: boolean
  readonly needed: string | undefined
}

function hintFor({ status, said, isOutage, needed }: Answer): string {
  const known = HINTS.find(([words]) => words.test(said))
  if (known !== undefined) return known[1]
  if (status === 401) return 'The token is wrong or has expired. Pass a valid one as `token`.'
  if (status === 403 || status === 404 || /not accessible/i.test(said)) return permissionHint(needed)
  if (isOutage) return 'Run the workflow again later; https://www.githubstatus.com tells about outages.'
  return 'The message above is from GitHub. Correct what it names, then run the workflow again.'
}

/** What to do about sentences of GitHub's that do not say so themselves; the first that fits counts. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /not permitted to create or approve pull requests/i,
    'Allow it in Settings → Actions → General → Workflow permissions: "Allow GitHub Actions to create and approve pull requests"; or pass a GitHub App\'s token as `token`.'
  ],
  [/repository is empty/i, 'The repository has no commit yet. Commit your environment file first.'],
  [/archived/i, 'The repository is archived. Unarchive it, or disable this workflow.'],
  [
    /protected branch rules not configured|in (?:clean|unstable|has_hooks) status/i,
    'Auto-merge needs something that a pull request has to wait for: require a check or a review on the base branch (Settings → Rules), or leave `auto-merge` out.'
  ],
  [
    /(?:merge commits|squash merges|rebase merges|merge method .*) (?:are|is) not allowed/i,
    'Name a method in `auto-merge` that the repository allows (Settings → General → Pull Requests), or allow this one.'
  ],
  [
    /commit message|commit_message_pattern/i,
    'Set `commit-message` to what the rule for commit messages on this branch wants, or exempt the branch from the rule.'
  ],
  [
    /verified signatures/i,
    "GitHub signs the commits of the workflow's own token and of a GitHub App, and not those of a person's token: pass one of the former as `token`, or exempt the branch from the rule."
  ],
  [
    /force[- ]push/i,
    'The action moves its own branch from one commit to the next, which the rule forbids: exempt this branch from it, or choose another name with `branch`.'
  ],
  [/protected|rule violations/i, 'Exempt this branch from the protection rule, or choose another name with `branch`.'],
  [
    /reference update failed|ref cannot be created|cannot lock ref/i,
    'A branch whose name is the beginning of this one stands in its way (`a` and `a/b` cannot both exist), or the other way round: delete that branch, or choose another name with `branch`.'
  ],
  [
    /authenticated requests get a higher rate limit/i,
    'Give an `upstream-token` (any that can read public repositories): without one, all that have the address of this network share one small limit.'
  ],
  [/rate limit/i, 'Run the workflow again later, or set a longer `timeout`, within which the limit is waited for.'],
  [
    /auto.?merge/i,
    'Allow it in Settings → General → Pull Requests: "Allow auto-merge", or leave `auto-merge` out. GitHub also wants a merge method that the repository allows, and something left to wait for, such as a required check.'
  ],
  [/draft pull requests are not supported/i, 'This repository has no draft pull requests: leave `draft` out.'],
  [
    /could not resolve to a node with the global id/i,
    "The workflow's own token may not see teams: pass a GitHub App's token that may read the organization's members, or leave `team-reviewers` out."
  ],
  [
    /requested from pull request author/i,
    'Take the name out of `reviewers`: whoever opens a pull request cannot review it.'
  ],
  [
    /reviews may only be requested/i,
    "Correct `reviewers` and `team-reviewers`: people and teams with access to this repository. Asking a team takes a GitHub App's token that may read the organization's members."
  ]
]
