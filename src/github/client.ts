import { randomUUID } from 'node:crypto'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import type { RequestInit } from 'undici'
import type { Deadline } from '../runner/deadline.js'
import { fetchByEnvironment } from '../runner/network.js'
import { proxyFor } from '../runner/proxy.js'

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

/**
 * Connects to a GitHub API, GitHub Enterprise Server's (`/api/v3`) included.
 * @throws SyncError of kind `input` if the variable with its proxy is wrong
 */
export function connect({ apiUrl, token, deadline, log }: Connection): GitHub {
  proxyFor(new URL(apiUrl), process.env) // Octokit would take the error for an outage
  const waitFor = (limit: string) => (seconds: number, options: { method: string; url: string }) => {
    const waits = seconds < deadline.secondsLeft()
    const what = waits ? `waiting ${seconds} s` : `not waiting ${seconds} s, which is longer than \`timeout\` allows,`
    log(`GitHub's ${limit} rate limit is reached; ${what} before ${options.method} ${options.url}.`)
    return waits
  }
  return new Kit({
    baseUrl: apiUrl,
    userAgent: 'conda-lock-sync',
    ...(token === undefined ? {} : { auth: token }),
    request: {
      // A request that hangs must not eat the run's time, and the end of that time must end a request.
      fetch: (url: string, init: RequestInit) =>
        fetchByEnvironment(url, {
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
