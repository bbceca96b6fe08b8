import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { request } from 'node:http'
import { request as requestSecure } from 'node:https'
import { connect } from 'node:tls'
import { proxyAuthorization } from './proxy.js'
import { pageAddress } from '../common/project.js'

/** Codes of OpenSSL and Node for a certificate that is not accepted, with what they say of it. */
const VERDICTS: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is not trusted',
  CERT_UNTRUSTED: 'is not trusted',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for other names'
}

/** What an error code says of a certificate; undefined if it is about something else. */
export function verdictOf(code: string | undefined): string | undefined {
  return code === undefined ? undefined : VERDICTS[code]
}

/** What to do about a certificate that is not accepted. */
export const CERTIFICATE_HINT = `If that is the CA of your network, name the file of its certificate in NODE_EXTRA_CA_CERTS of the runner or the job (${pageAddress('networks.md#with-your-own-ca')}).`

const MILLISECONDS = 5000

/**
 * Who has issued the certificate that a server shows, trusted or not. Nothing is sent to it.
 * @returns undefined if it can't be seen
 */
export async function readIssuer(url: URL, proxy: URL | undefined): Promise<string | undefined> {
  const host = withoutBrackets(url.hostname)
  const port = Number(url.port === '' ? 443 : url.port)
  const socket = await (proxy === undefined
    ? connectPlain({ host, port, timeout: MILLISECONDS })
    : openThrough(proxy, `${url.hostname}:${port}`).catch(() => undefined))
  if (socket === undefined) return undefined
  return new Promise(resolve => {
    // An address is no server name for TLS.
    const named = isIP(host) === 0 ? { servername: host } : {}
    // Only the certificate is looked at, so it need not be trusted.
    const secure = connect({ socket, ...named, rejectUnauthorized: false }, () => {
      const issuer = secure.getPeerCertificate().issuer
      secure.destroy()
      resolve(firstOf(issuer.CN) ?? firstOf(issuer.O))
    })
    const giveUp = () => {
      secure.destroy()
      resolve(undefined)
    }
    secure.setTimeout(MILLISECONDS, giveUp).on('error', giveUp)
  })
}

/** A name may have several values of a kind. */
function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/** Of IPv6, an address in a URL has brackets, which sockets do not take. */
function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** @param authority `HOST:PORT` */
async function openThrough(proxy: URL, authority: string): Promise<Socket> {
  const { hostname, protocol } = proxy
  const authorization = proxyAuthorization(proxy)
  const ask = protocol === 'https:' ? requestSecure : request
  const asked = ask({
    host: withoutBrackets(hostname),
    port: proxy.port === '' ? undefined : proxy.port,
    method: 'CONNECT',
    path: authority,
    headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
    timeout: MILLISECONDS
  })
  return new Promise((resolve, reject) => {
    asked.on('connect', (_response, socket: Socket) => {
      resolve(socket)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end()
  })
}
