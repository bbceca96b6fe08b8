import { access, constants, mkdir, readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { messageOf } from '../common/errors.js'
import { writeTo } from '../runner/disk.js'
import { log } from '../runner/log.js'

/**
 * The environment that children are started from: this process's own, in which they find certificates that they can trust, and
 * a home and a cache that they can use. What is set explicitly stays.
 * @param scratch a folder that is gone after the run
 */
export async function surroundingsOf(environment: NodeJS.ProcessEnv, scratch: string): Promise<NodeJS.ProcessEnv> {
  const home = (await firstUsable([environment.HOME, homeByName()], constants.R_OK | constants.X_OK)) ?? scratch
  const cache = await firstWritable([environment.XDG_CACHE_HOME ?? join(home, '.cache'), join(scratch, 'cache')])
  return {
    ...environment,
    ...(await certificateVariables(environment, scratch)),
    HOME: home,
    ...(cache === undefined ? {} : { XDG_CACHE_HOME: cache })
  }
}

/** The home that the list of users names; not every user is in it. */
function homeByName(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    return undefined
  }
}

async function firstUsable(folders: readonly (string | undefined)[], mode: number): Promise<string | undefined> {
  for (const folder of folders) {
    if (folder !== undefined && folder !== '' && (await isUsable(folder, mode))) return folder
  }
  return undefined
}

async function isUsable(folder: string, mode: number): Promise<boolean> {
  return access(folder, mode).then(
    () => true,
    () => false
  )
}

/** The first folder that can be made and written to. */
export async function firstWritable(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) if (await isWritable(folder)) return folder
  return undefined
}

/** Whether the folder is there, or can be made, and can be written to. */
export async function isWritable(folder: string): Promise<boolean> {
  const isThere = await mkdir(folder, { recursive: true }).then(
    () => true,
    () => false
  )
  return isThere && isUsable(folder, constants.W_OK | constants.X_OK)
}

/** Where Linux distributions and macOS keep the certificates that the machine trusts. */
const SYSTEM_STORES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/ssl/cert.pem'
]

/**
 * A file with all that Node trusts (its own list, NODE_EXTRA_CA_CERTS) and the machine's, for programs that do not look there:
 * SSL_CERT_FILE is what Python, rattler and uv read, REQUESTS_CA_BUNDLE what pip and conda-lock read.
 */
async function certificateVariables(environment: NodeJS.ProcessEnv, scratch: string): Promise<Record<string, string>> {
  const { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE } = environment
  // Keychains are no files: where nothing was added, programs on macOS read them themselves.
  if (process.platform === 'darwin' && extra === undefined) return {}
  const texts = [rootCertificates.join('\n'), await readExtra(extra), await readSystem(SSL_CERT_FILE)]
  const file = join(scratch, 'certificates.pem')
  await writeTo(file, `${[...new Set(texts.flatMap(certificatesIn))].join('\n')}\n`)
  return {
    ...(SSL_CERT_FILE === undefined && SSL_CERT_DIR === undefined ? { SSL_CERT_FILE: file } : {}),
    ...(REQUESTS_CA_BUNDLE === undefined && CURL_CA_BUNDLE === undefined ? { REQUESTS_CA_BUNDLE: file } : {})
  }
}

function certificatesIn(text: string): string[] {
  const found = text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)
  return [...found].map(([, body = '']) => {
    const lines = body.replace(/\s+/g, '').match(/.{1,64}/g) ?? []
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')
  })
}

async function readExtra(file: string | undefined): Promise<string> {
  if (file === undefined || file === '') return ''
  return readFile(file, 'utf8').catch((error: unknown) => {
    log(`NODE_EXTRA_CA_CERTS names a file that cannot be read, so its certificates do not count: ${messageOf(error)}`)
    return ''
  })
}

async function readSystem(explicit: string | undefined): Promise<string> {
  const file = await firstUsable([explicit, ...SYSTEM_STORES], constants.R_OK)
  return file === undefined ? '' : readFile(file, 'utf8').catch(() => '')
}
