import { Agent, fetch, Pool, ProxyAgent, Response, type Dispatcher, type RequestInit } from 'undici'
import { errorCode, messageOf } from '../common/errors.js'
import { CERTIFICATE_HINT, readIssuer, verdictOf } from './certificates.js'
import { proxyAuthorization, proxyFor } from './proxy.js'
import { pageAddress } from '../common/project.js'

/** What is in the way of a request. */
type Obstacle = 'proxy' | 'certificate' | 'unreached' | 'slow'

interface NetworkErrorOptions {
  readonly obstacle: Obstacle
  readonly hint: string
  readonly cause: unknown
  readonly isFinal: boolean
}

/** A request that did not reach its server, told for the reader. */
export class NetworkError extends Error {
  readonly obstacle: Obstacle
  readonly hint: string
  /** Whether it is of no use to try again. */
  readonly isFinal: boolean

  constructor(message: string, { obstacle, hint, cause, isFinal }: NetworkErrorOptions) {
    super(message, { cause })
    this.obstacle = obstacle
    this.hint = hint
    this.isFinal = isFinal
  }
}

/** The network error that made a request fail, if it was one. */
export function networkErrorIn(error: unknown): NetworkError | undefined {
  if (error instanceof NetworkError) return error
  return error instanceof Error ? networkErrorIn(error.cause) : undefined
}

/** How long a proxy may take to connect to a host: less than a probe, so that the probe can tell that it is the proxy. */
const PROXY_MILLISECONDS = 4000

/** Each host, redirects included, is asked directly or through its proxy. */
const dispatcher = new Agent({ factory: open })

function open(origin: string | URL, options: object): Dispatcher {
  const proxy = proxyFor(new URL(origin), process.env)
  if (proxy === undefined) return new Pool(origin, options)
  const token = proxyAuthorization(proxy)
  return new ProxyAgent({
    uri: proxy.origin,
    ...(token === undefined ? {} : { token }),
    // All that is asked of the proxy itself: to connect.
    clientFactory: (url, settings) => new Pool(url, { ...settings, headersTimeout: PROXY_MILLISECONDS })
  })
}

/** A `Response` refuses even an empty body with these. */
const WITHOUT_BODY = [204, 205, 304]

/**
 * The `fetch` of the whole action. Gives whole answers only: they may break off, or hang in the middle.
 * @throws NetworkError if the server could not be reached
 */
export async function fetchByEnvironment(url: string, init: RequestInit): Promise<Response> {
  try {
    const answer = await fetch(url, { ...init, dispatcher })
    const { status, statusText, headers } = answer
    const body = await answer.arrayBuffer()
    return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, statusText, headers })
  } catch (error) {
    throw await explain(error, new URL(url))
  }
}

const PROBE_MILLISECONDS = 5000

/** What is in the way of an address, credentials in it aside; undefined if there is an answer, whatever it is. */
export async function findObstacle(address: string): Promise<NetworkError | undefined> {
  if (!/^https?:/.test(address) || !URL.canParse(address)) return undefined
  const url = new URL(address)
  url.username = ''
  url.password = ''
  try {
    const signal = AbortSignal.timeout(PROBE_MILLISECONDS)
    await fetchByEnvironment(url.href, { method: 'HEAD', signal })
    return undefined
  } catch (error) {
    return networkErrorIn(error)
  }
}

/** Codes of a connection that was not made. */
const UNREACHED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(?:HOST|NET)UNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/

/** Codes of a connection that was lost. */
const CUT = /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/

/** What a failed fetch means; the error as it is where nobody has to know more. */
async function explain(error: unknown, url: URL): Promise<unknown> {
  const cause = rootOf(error)
  const code = errorCode(cause)
  const proxy = proxyFor(url, process.env)
  const refused = /^Proxy response \((\d{3})\)/.exec(messageOf(cause))?.[1]
  const verdict = verdictOf(code)
  if (proxy !== undefined && refused !== undefined) return refusedByProxy(proxy, url, refused, error)
  if (verdict !== undefined) {
    const issuer = await readIssuer(url, proxy)
    const by = issuer === undefined ? '' : `, issued by "${issuer}",`
    const message = `the certificate of ${url.host}${by} ${verdict} (${code ?? ''})`
    return new NetworkError(message, { obstacle: 'certificate', hint: CERTIFICATE_HINT, cause: error, isFinal: true })
  }
  if (proxy !== undefined && code === 'UND_ERR_HEADERS_TIMEOUT') return unanswered(proxy, url, cause)
  if (code !== undefined && UNREACHED.test(code)) return unreached(proxy, url, cause)
  if (isTimeout(cause)) {
    const hint = `Run the workflow again later. If it stays so, check that the runner reaches ${url.host} (${pageAddress('networks.md')}).`
    return new NetworkError(`${url.host} was too slow`, { obstacle: 'slow', hint, cause: error, isFinal: false })
  }
  if (code !== undefined && CUT.test(code)) {
    return new Error(`the connection to ${url.host} was cut: ${messageOf(cause)}`, { cause: error })
  }
  return error
}

/** What the signal of a time limit throws. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError'
}

/** `fetch failed`, and errors of several addresses, say the cause inside. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0]
  return error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error
}

function refusedByProxy(proxy: URL, url: URL, status: string, cause: unknown): NetworkError {
  const hint =
    status === '407'
      ? 'Put the user and the password that the proxy wants into its address, in HTTPS_PROXY or HTTP_PROXY: `http://USER:PASSWORD@HOST:PORT`.'
      : `Let the proxy allow ${url.host}; or, if the runner reaches that host without it, name the host in NO_PROXY.`
  const message = `the proxy ${proxy.origin} refuses to connect to ${url.host} (status ${status})`
  return new NetworkError(message, { obstacle: 'proxy', hint, cause, isFinal: status === '403' || status === '407' })
}

function unanswered(proxy: URL, url: URL, cause: unknown): NetworkError {
  const message = `the proxy ${proxy.origin} did not connect to ${url.host} within ${PROXY_MILLISECONDS / 1000} s`
  return new NetworkError(message, { obstacle: 'proxy', hint: proxyHint(url), cause, isFinal: false })
}

function proxyHint({ host }: URL): string {
  return `Correct HTTPS_PROXY or HTTP_PROXY; or, if the runner reaches ${host} without a proxy, name the host in NO_PROXY.`
}

function unreached(proxy: URL | undefined, url: URL, cause: unknown): NetworkError {
  const told = messageOf(cause)
  if (proxy === undefined) {
    const hint = `Check that the runner reaches ${url.host}; behind a proxy, set HTTPS_PROXY (${pageAddress('networks.md#behind-a-proxy')}).`
    return new NetworkError(`${url.host} could not be reached: ${told}`, {
      obstacle: 'unreached',
      hint,
      cause,
      isFinal: false
    })
  }
  const message = `the proxy ${proxy.origin}, which was to connect to ${url.host}, could not be reached: ${told}`
  return new NetworkError(message, { obstacle: 'unreached', hint: proxyHint(url), cause, isFinal: false })
}
