import { webcrypto } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { isIP, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import 'reflect-metadata' // which @peculiar/x509 needs
import * as x509 from '@peculiar/x509'

/** A CA of a test's own, which nobody trusts. */
export interface Authority {
  /** File with its certificate. */
  readonly file: string
  /** What certificates say of who has issued them. */
  readonly name: string
  /** A TLS server with a certificate for the names, which hands each request on to a server of plain HTTP. */
  front(target: string, names: readonly string[]): Promise<{ readonly url: string; close(): Promise<void> }>
  close(): Promise<void>
}

interface Certified {
  readonly keys: webcrypto.CryptoKeyPair
  readonly certificate: string
}

const NAME = 'Example University CA'

/** Makes a CA. */
export async function startAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'authority-'))
  const file = join(folder, 'ca.pem')
  const ca = await certify(NAME)
  await writeFile(file, ca.certificate)
  return {
    file,
    name: NAME,
    front: async (target, names) => serve(target, await certify(NAME, { ca, names })),
    close: () => rm(folder, { recursive: true })
  }
}

async function serve(target: string, { keys, certificate }: Certified) {
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  const server = createServer({ key, cert: certificate }, (incoming, response) => {
    const { method, headers } = incoming
    const onward = request(target + (incoming.url ?? '/'), { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      })
  }
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY = 86_400_000

/** The certificate of a CA, or one by it for a server of these names; with all that Python 3.13 wants of one. */
async function certify(
  issuer: string,
  server?: { readonly ca: Certified; readonly names: readonly string[] }
): Promise<Certified> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const signer = server?.ca.keys ?? keys
  const purpose =
    server === undefined
      ? new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true)
      : new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])
  const names = server?.names.map(value => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }))
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${server?.names[0] ?? issuer}`,
    issuer: `CN=${issuer}`,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + 365 * DAY),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(server === undefined, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
      purpose,
      ...(names === undefined ? [] : [new x509.SubjectAlternativeNameExtension(names)])
    ]
  })
  return { keys, certificate: certificate.toString('pem') }
}
