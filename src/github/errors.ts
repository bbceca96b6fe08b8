import { messageOf, SyncError } from '../common/errors.js'
import { field } from '../common/guards.js'
import { enumerate } from '../common/sentences.js'

/** Whether something thrown is a request to GitHub that failed, rather than a defect here. */
export function isRequestError(error: unknown): boolean {
  return error instanceof Error && ('status' in error || error.name === 'GraphqlResponseError')
}

/** The HTTP status of a failed request, or undefined if it never got an answer from GitHub. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return undefined
  return typeof error.status === 'number' && error.response !== undefined ? error.status : undefined
}

/** Whether GitHub gave no answer, or one that only says that it is out of order. */
export function isOutage(error: unknown): boolean {
  return error instanceof Error && 'status' in error && (statusOf(error) ?? 500) >= 500
}

/** A failed request as an error for the reader. `doing` completes the sentence "GitHub did not …". */
export function githubError(error: unknown, doing: string): SyncError {
  const status = statusOf(error)
  const said = saidBy(error)
  return new SyncError('github', `GitHub did not ${doing}; ${answerOf(error, status)}: ${said}`, {
    hint: hintFor({ status, said, isOutage: isOutage(error), needed: neededPermission(error) }),
    cause: error
  })
}

function answerOf(error: unknown, status: number | undefined): string {
  if (status !== undefined) return `it answered ${status}`
  return isOutage(error) ? 'there was no answer' : 'it answered'
}

/** GitHub's words; those of GraphQL without Octokit's heading. */
function saidBy(error: unknown): string {
  return messageOf(error)
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

/** What to do about sentences of GitHub's that do not say so themselves. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /not permitted to create or approve pull requests/i,
    'Allow it in Settings → Actions → General → Workflow permissions: "Allow GitHub Actions to create and approve pull requests"; or pass a GitHub App\'s token as `token`.'
  ],
  [/repository is empty/i, 'The repository has no commit yet. Commit your environment file first.'],
  [/archived/i, 'The repository is archived. Unarchive it, or disable this workflow.'],
  [/protected|rule violations/i, 'Exempt this branch from the protection rule, or choose another name with `branch`.'],
  [/rate limit/i, 'Run the workflow again later, or set a longer `timeout`, within which the limit is waited for.'],
  [
    /auto.?merge/i,
    'Allow it in Settings → General → Pull Requests: "Allow auto-merge", or leave `auto-merge` out. GitHub also wants a merge method that the repository allows, and something left to wait for, such as a required check.'
  ],
  [/draft pull requests are not supported/i, 'This repository has no draft pull requests: leave `draft` out.'],
  [
    /reviews may only be requested/i,
    "Correct `reviewers` and `team-reviewers`: people and teams with access to this repository. Asking a team takes a GitHub App's token that may read the organization's members."
  ]
]
