import { defaults } from '@actions/github/lib/utils'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import { messageOf, SyncError } from './errors.js'

const Kit = Octokit.plugin(retry, throttling)

/** A client of one GitHub's REST API that retries outages and waits for rate limits. */
export type GitHub = InstanceType<typeof Kit>

export interface Connection {
  readonly apiUrl: string
  readonly token: string | undefined
  /** Ends every request when the run's time is up. */
  readonly deadline: AbortSignal
  readonly log: (message: string) => void
}

const REQUEST_MILLISECONDS = 60_000

/** Connects to a GitHub API, GitHub Enterprise Server's (`/api/v3`) included. */
export function connect({ apiUrl, token, deadline, log }: Connection): GitHub {
  const waitFor = (limit: string) => (seconds: number, options: { method: string; url: string }) => {
    log(`GitHub's ${limit} rate limit is reached; waiting ${seconds} s before ${options.method} ${options.url}.`)
    return true
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
          signal: AbortSignal.any([deadline, AbortSignal.timeout(REQUEST_MILLISECONDS)])
        })
    },
    log: { debug: ignore, info: ignore, warn: log, error: ignore },
    throttle: { onRateLimit: waitFor('primary'), onSecondaryRateLimit: waitFor('secondary') }
  })
}

function ignore(): void {
  // Octokit reports every failed request here; the error that it throws says the same and is told once.
}

/** Whether something thrown is a request to GitHub that failed, rather than a defect here. */
export function isRequestError(error: unknown): boolean {
  return error instanceof Error && 'status' in error
}

/** The HTTP status of a failed request, or undefined if it never got an answer from GitHub. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return undefined
  return typeof error.status === 'number' && error.response !== undefined ? error.status : undefined
}

/** A failed request as an error for the reader. `doing` completes the sentence "GitHub failed to …". */
export function githubError(error: unknown, doing: string): SyncError {
  const status = statusOf(error)
  const said = messageOf(error).replace(/ - https:\/\/docs\.github\.com\S*/, '')
  const answer = status === undefined ? `there was no answer: ${said}` : `it answered ${status}: ${said}`
  return new SyncError('github', `GitHub did not ${doing}; ${answer}`, { hint: hintFor(status, said), cause: error })
}

function hintFor(status: number | undefined, said: string): string {
  if (/not permitted to create or approve pull requests/i.test(said)) {
    return 'Allow it in Settings → Actions → General → Workflow permissions: "Allow GitHub Actions to create and approve pull requests"; or pass a GitHub App\'s token as `token`.'
  }
  if (/archived/i.test(said)) return 'The repository is archived. Unarchive it, or disable this workflow.'
  if (/protected/i.test(said))
    return 'Exempt this branch from the protection rule, or choose another name with `branch`.'
  if (status === 401) return 'The token is wrong or has expired. Pass a valid one as `token`.'
  if (status === 403 || status === 404) {
    return 'Check that the job has `permissions:` with `contents: write` and `pull-requests: write`, and that `token` is for this repository. A run from a fork has a read-only token.'
  }
  if (status === undefined || status >= 500)
    return 'Run the workflow again later; https://www.githubstatus.com tells about outages.'
  return 'The message above is from GitHub. Correct what it names, then run the workflow again.'
}
