import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askToolchain } from './toolchain-python.js'

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

interface Pair {
  readonly key: string
  readonly certificate: string
}

const NAME = 'Example University CA'

/** Makes a CA. */
export async function startAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'authority-'))
  const file = join(folder, 'ca.pem')
  const ca = (await askToolchain(MAKE, { name: NAME })) as Pair
  await writeFile(file, ca.certificate)
  return {
    file,
    name: NAME,
    front: async (target, names) => serve(target, (await askToolchain(MAKE, { ...ca, issuer: NAME, names })) as Pair),
    close: () => rm(folder, { recursive: true })
  }
}

async function serve(target: string, { key, certificate }: Pair) {
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

/** Without `issuer` a CA, else a server's certificate, valid for a year. */
const MAKE = `
import datetime, ipaddress, json, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import ec

asked = json.load(sys.stdin)
key = ec.generate_private_key(ec.SECP256R1())
name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
now = datetime.datetime.now(datetime.timezone.utc)
is_ca = "issuer" not in asked
signer = key if is_ca else s.load_pem_private_key(asked["key"].encode(), None)
builder = (
    x509.CertificateBuilder()
    .subject_name(name(asked["name"] if is_ca else asked["names"][0]))
    .issuer_name(name(asked["name"] if is_ca else asked["issuer"]))
    .public_key(key.public_key())
    .serial_number(x509.random_serial_number())
    .not_valid_before(now - datetime.timedelta(days=1))
    .not_valid_after(now + datetime.timedelta(days=365))
    .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
    .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
)
if is_ca:
    usage = dict.fromkeys(["digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                           "key_agreement", "encipher_only", "decipher_only"], False)
    builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
else:
    names = [x509.IPAddress(ipaddress.ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in asked["names"]]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
certificate = builder.sign(signer, hashes.SHA256())
pem = certificate.public_bytes(s.Encoding.PEM).decode()
private = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode()
print(json.dumps({"key": private, "certificate": pem}))
`
