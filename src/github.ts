import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { defaults } from '@actions/github/lib/utils'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import type { Deadline } from './deadline.js'
import { messageOf, SyncError } from './errors.js'
import { field } from './guards.js'
import { enumerate } from './sentences.js'

const Kit = Octokit.plugin(retry, throttling)

/** A client of one GitHub's REST and GraphQL APIs that retries outages and waits for rate limits. */
export type GitHub = InstanceType<typeof Kit>

export interface Connection {
  readonly apiUrl: string
  readonly token: string | undefined
  /** Ends every request when the run's time is up; a rate limit that lasts longer is not waited for. */
  readonly deadline: Deadline
  readonly log: (message: string) => void
}

const REQUEST_MILLISECONDS = 60_000

/** Connects to a GitHub API, GitHub Enterprise Server's (`/api/v3`) included. */
export function connect({ apiUrl, token, deadline, log }: Connection): GitHub {
  const waitFor = (limit: string) => (seconds: number, options: { method: string; url: string }) => {
    const waits = seconds < deadline.secondsLeft()
    const what = waits ? `waiting ${seconds} s` : `not waiting ${seconds} s, which is longer than \`timeout\` allows,`
    log(`GitHub's ${limit} rate limit is reached; ${what} before ${options.method} ${options.url}.`)
    return waits
  }
  const proxyFetch = defaults.request?.fetch as typeof fetch | undefined
  return new Kit({
    baseUrl: apiUrl,
    userAgent: 'conda-lock-sync',
    ...(token === undefined ? {} : { auth: token }),
    request: {
      // A request that hangs must not eat the run's time, and the end of that time must end a request.
      fetch: (url: string, init: RequestInit) =>
        (proxyFetch ?? fetch)(url, {
          ...init,
          signal: AbortSignal.any([deadline.signal, AbortSignal.timeout(REQUEST_MILLISECONDS)])
        })
    },
    log: { debug: ignore, info: ignore, warn: log, error: ignore },
    // The default list, and 429: that is a rate limit, whose time GitHub names, rather than an outage.
    retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
    // GitHub counts by token and host, so each connection paces itself alone.
    throttle: { id: randomUUID(), onRateLimit: waitFor('primary'), onSecondaryRateLimit: waitFor('secondary') }
  })
}

function ignore(): void {
  // Octokit reports every failed request here; the error that it throws says the same and is told once.
}

/** Whether something thrown is a request to GitHub that failed, rather than a defect here. */
export function isRequestError(error: unknown): boolean {
  return error instanceof Error && ('status' in error || error.name === 'GraphqlResponseError')
}

/** The HTTP status of a failed request, or undefined if it never got an answer from GitHub. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return undefined
  return typeof error.status === 'number' && error.response !== undefined ? error.status : undefined
}

/** Runs a request, and says of a failure what GitHub was asked to do. */
export async function attempt<T>(doing: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw isRequestError(error) ? githubError(error, doing) : error
  }
}

/** For the options of a request inside {@link makeOnce}: Octokit is not to repeat it by itself. */
export const UNREPEATED = { request: { retries: 0 } } as const

const REPETITIONS = 3

/**
 * Runs a request that makes something. After an outage GitHub may have made it although nobody heard so; that is why it
 * is looked for before the request is repeated.
 * @param make one request with {@link UNREPEATED}
 * @param find what was made, or undefined if nothing was
 */
export async function makeOnce<T>(make: () => Promise<T>, find: () => Promise<T | undefined>): Promise<T> {
  for (let repetition = 1; ; repetition++) {
    try {
      return await make()
    } catch (error) {
      if (!isOutage(error) || repetition > REPETITIONS) throw error
      await pause(repetition ** 2 * 1000)
      const found = await find()
      if (found !== undefined) return found
    }
  }
}

function isOutage(error: unknown): boolean {
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
