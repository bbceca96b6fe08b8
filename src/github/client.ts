import { randomUUID } from 'node:crypto'
import { Octokit } from '@octokit/core'
import { throttling } from '@octokit/plugin-throttling'
import type { RequestInit, Response } from 'undici'
import { withoutCredentials } from '../common/urls.js'
import { limited, type Deadline } from '../runner/deadline.js'
import { fetchByEnvironment } from '../runner/network.js'
import { proxyFor } from '../runner/proxy.js'
import { waitingFor } from '../runner/waiting.js'
import { BrokenAnswer } from './errors.js'

const Kit = Octokit.plugin(throttling)

/** A client of one GitHub's REST and GraphQL APIs that waits for rate limits. What else fails `requests.ts` sends again. */
export type GitHub = InstanceType<typeof Kit>

export interface Connection {
  readonly apiUrl: string
  readonly token: string | undefined
  /** Ends every request when the run's time is up; a rate limit that lasts longer is not waited for. */
  readonly deadline: Deadline
  readonly log: (message: string) => void
}

const REQUEST_MILLISECONDS = 60_000

/** A request as Octokit tells of it. */
interface Sent {
  readonly method: string
  readonly url: string
}

interface OctokitInit extends RequestInit {
  readonly headers: Readonly<Record<string, string>>
}

/** Where the clock of the machine is ahead, every limit seems to be over at once. */
const MOST_WAITS = 5

/**
 * The plugin leaves a second between writes, which is GitHub's advice. Its three seconds wherever somebody is notified are advice
 * of former years.
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
 */
const PACE = { triggersNotification: () => false }

/**
 * Connects to a GitHub API, GitHub Enterprise Server's (`/api/v3`) included.
 * @throws SyncError of kind `input` if the variable with its proxy is wrong
 */
export function connect({ apiUrl, token, deadline, log }: Connection): GitHub {
  proxyFor(new URL(apiUrl), process.env) // Octokit would take the error for an outage
  const waitFor = (limit: string) => (seconds: number, options: Sent, _kit: unknown, waited: number) => {
    const waits = seconds < deadline.secondsLeft() && waited < MOST_WAITS
    const why = waited < MOST_WAITS ? 'which is longer than `timeout` allows' : 'since that did not help'
    const what = waits ? `waiting ${seconds} s` : `not waiting ${seconds} s, ${why},`
    log(`GitHub's ${limit} rate limit is reached; ${what} before ${options.method} ${options.url}.`)
    return waits
  }
  return new Kit({
    baseUrl: apiUrl,
    userAgent: 'conda-lock-sync',
    ...(token === undefined ? {} : { auth: token }),
    request: {
      // A request that hangs must not eat the run's time, and the end of that time must end a request.
      fetch: (url: string, init: OctokitInit) =>
        limited(deadline, REQUEST_MILLISECONDS, signal => fetchAnswer(url, { ...init, signal }))
    },
    log: { debug: ignore, info: ignore, warn: log, error: ignore },
    // GitHub counts by token and host, so each connection paces itself alone.
    throttle: { id: randomUUID(), ...PACE, onRateLimit: waitFor('primary'), onSecondaryRateLimit: waitFor('secondary') }
  })
}

/**
 * GitHub answers with JSON, but for the content of a file. What a network puts in the way, such as a page to sign in, does not;
 * Octokit would hand it on as an answer.
 */
async function fetchAnswer(url: string, init: OctokitInit): Promise<Response> {
  const asked = `${init.method ?? 'GET'} ${withoutCredentials(url)}`
  const response = await waitingFor(asked, () => fetchByEnvironment(url, init))
  if (response.status >= 300 || response.status === 204) return response
  const type = (response.headers.get('content-type') ?? 'nothing').replace(/;.*/, '')
  const isContent = init.headers.accept?.includes('raw') === true
  if (isContent ? /^(?:text\/html|application\/json)$/.test(type) : !isJson(await response.clone().text())) {
    throw new BrokenAnswer(`${type} came instead of ${isContent ? 'the content of a file' : 'JSON'}`)
  }
  return response
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

function ignore(): void {
  // Octokit reports every failed request here; the error that it throws says the same and is told once.
}
