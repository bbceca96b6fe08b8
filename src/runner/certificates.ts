import { connect as connectPlain, type Socket } from 'node:net'
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
  const port = Number(url.port === '' ? 443 : url.port)
  const socket = await openSocket(url.hostname, port, proxy).catch(() => undefined)
  if (socket === undefined) return undefined
  return new Promise(resolve => {
    // Only the certificate is looked at, so it need not be trusted.
    const secure = connect({ socket, servername: url.hostname, rejectUnauthorized: false }, () => {
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

async function openSocket(host: string, port: number, proxy: URL | undefined): Promise<Socket> {
  if (proxy === undefined) return connectPlain({ host, port, timeout: MILLISECONDS })
  const { hostname, protocol } = proxy
  const authorization = proxyAuthorization(proxy)
  const ask = protocol === 'https:' ? requestSecure : request
  const asked = ask({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? undefined : proxy.port,
    method: 'CONNECT',
    path: `${host}:${port}`,
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
