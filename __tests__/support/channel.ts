import { execFile } from 'node:child_process'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { listen } from './loopback.js'

/** One package of a test channel. Only the name and the version are needed. */
export interface PackageSpec {
  readonly name: string
  readonly version: string
  /** A build such as conda-forge's unless given: {@link usualBuild}. */
  readonly build?: string
  readonly buildNumber?: number
  /** `noarch` unless given. */
  readonly subdir?: string
  readonly depends?: readonly string[]
  readonly constrains?: readonly string[]
  /** Milliseconds since 1970. */
  readonly timestamp?: number
  readonly trackFeatures?: string
  /** Text by path inside the prefix. */
  readonly files?: Readonly<Record<string, string>>
  /** Like files, but executable. */
  readonly scripts?: Readonly<Record<string, string>>
  /** Makes `PREFIX/bin/python` a working Python: the one that built the channel. */
  readonly realPython?: boolean
  /** Makes `PREFIX/bin/python -m pip` work. */
  readonly realPip?: boolean
}

/**
 * Builds or extends the channel in `directory` (directory/SUBDIR/repodata.json …). `remove` yanks by file name: the
 * record goes, the archive stays. One call at a time for one directory.
 */
export async function buildChannel(
  directory: string,
  packages: readonly PackageSpec[],
  options: { remove?: readonly string[] } = {}
): Promise<void> {
  const request = { directory, packages: packages.map(toRequest), remove: options.remove ?? [] }
  await runPython('build_channel.py', request)
}

function toRequest(spec: PackageSpec): Record<string, unknown> {
  const { build, buildNumber = 0, subdir = 'noarch', depends = [], constrains = [], ...rest } = spec
  const { trackFeatures, realPython, realPip, ...plain } = rest
  return {
    ...plain,
    build: build ?? usualBuild(spec),
    build_number: buildNumber,
    subdir,
    depends,
    constrains,
    track_features: trackFeatures,
    real_python: realPython,
    real_pip: realPip
  }
}

/** As conda-forge's recipes name a build. The number is not always its last part: `0_cpython`, `7_cp312`. */
function usualBuild({ name, subdir = 'noarch', buildNumber = 0, depends = [] }: PackageSpec): string {
  if (name === 'python') return `h9e4cc4f_${buildNumber}_cpython`
  if (name === 'python_abi') return `${buildNumber}_cp312`
  if (subdir === 'noarch') return `pyhd8ed1ab_${buildNumber}`
  return `${depends.some(text => /^python\b/.test(text)) ? 'py312h68727a3' : 'hb9d3cd8'}_${buildNumber}`
}

/** Runs a Python script of this folder with `request` as JSON on its standard input. */
export async function runPython(script: string, request: unknown): Promise<void> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  await new Promise<void>((resolve, reject) => {
    const child = execFile('python3', ['-EsB', path], (error, _stdout, stderr) => {
      if (error) reject(new Error(`${script} failed: ${stderr || error.message}`))
      else resolve()
    })
    // A script that stops before it has read everything closes the pipe; its exit code tells more than EPIPE.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(JSON.stringify(request))
  })
}

/** One answered request. `bytes` counts the body and grows while it is sent. */
export interface ServedRequest {
  path: string
  status: number
  bytes: number
  authorization: string | undefined
}

/** A folder on loopback, with ways to misbehave. Patterns are matched against the path of a request, as sent. */
export interface FileServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  readonly requests: ServedRequest[]
  /** Answers with `status`: the next `times` matching requests, or all of them. */
  fail(match: RegExp, status: number, times?: number): void
  /** Announces whole files, sends half of them, and cuts the connection. */
  truncate(match: RegExp): void
  /** Answers 401 to whoever does not send exactly this header; undefined lets everybody in again. */
  requireAuthorization(value: string | undefined): void
  close(): Promise<void>
}

interface Faults {
  readonly failures: { match: RegExp; status: number; left: number }[]
  readonly truncations: RegExp[]
  authorization: string | undefined
}

/** What will be sent: without a file, the status alone. */
interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly file?: FileHandle
  /** The part of the file to send, the end not included. */
  readonly start: number
  readonly end: number
}

interface Version {
  readonly size: number
  readonly etag: string
  readonly modified: Date
}

/**
 * Serves a folder over HTTP on loopback: GET and HEAD, ETag/Last-Modified with 304, Range, no directory listing (but
 * `index.html` for a path that ends in a slash), no escape from the folder.
 */
export async function serveDirectory(directory: string): Promise<FileServer> {
  const root = await realpath(directory)
  const faults: Faults = { failures: [], truncations: [], authorization: undefined }
  const requests: ServedRequest[] = []
  const server = await listen((request, response) => respond(root, faults, requests, request, response))
  return {
    ...server,
    requests,
    fail: (match, status, times = Infinity) => void faults.failures.push({ match, status, left: times }),
    truncate: match => void faults.truncations.push(match),
    requireAuthorization: value => {
      faults.authorization = value
    }
  }
}

async function respond(
  root: string,
  faults: Faults,
  requests: ServedRequest[],
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const path = (request.url ?? '/').replace(/[?#].*$/s, '')
  const answer = await chooseAnswer(root, faults, request, path).catch(() => plainAnswer(500))
  const entry = { path, status: answer.status, bytes: 0, authorization: request.headers.authorization }
  requests.push(entry)
  try {
    response.writeHead(answer.status, answer.headers)
    const cut = faults.truncations.some(match => matches(match, path))
    if (request.method === 'HEAD' || !answer.file) response.end()
    else await sendFile(answer.file, answer, cut, entry, response)
  } catch {
    response.destroy() // The client went away, or the file could not be read.
  } finally {
    await answer.file?.close()
  }
}

async function sendFile(
  file: FileHandle,
  { start, end }: Answer,
  cut: boolean,
  entry: ServedRequest,
  response: ServerResponse
): Promise<void> {
  const stop = cut ? start + Math.floor((end - start) / 2) : end
  if (stop > start) {
    const stream = file.createReadStream({ start, end: stop - 1, autoClose: false, highWaterMark: 1 << 20 })
    stream.on('data', chunk => (entry.bytes += chunk.length))
    await pipeline(stream, response, { end: !cut })
  } else if (!cut) response.end()
  if (cut) await cutConnection(response)
}

/** Lets what was written so far leave first. */
async function cutConnection(response: ServerResponse): Promise<void> {
  response.flushHeaders()
  await new Promise<void>(resolve => {
    if (response.socket?.writable) response.socket.end(resolve)
    else resolve()
  })
  response.destroy()
}

async function chooseAnswer(root: string, faults: Faults, request: IncomingMessage, path: string): Promise<Answer> {
  const failure = faults.failures.find(({ match, left }) => left > 0 && matches(match, path))
  if (failure) {
    failure.left -= 1
    return plainAnswer(failure.status)
  }
  if (faults.authorization !== undefined && request.headers.authorization !== faults.authorization) {
    return plainAnswer(401, { 'WWW-Authenticate': 'Basic realm="test"' })
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return plainAnswer(405, { Allow: 'GET, HEAD' })
  const file = await openInside(root, path)
  return file ? await fileAnswer(file, path, request) : plainAnswer(404)
}

/** Opens the file of a request path, unless it is none or, by dots or links, lies outside of the root. */
async function openInside(root: string, path: string): Promise<FileHandle | undefined> {
  try {
    const name = decodeURIComponent(path)
    const file = await realpath(join(root, name.endsWith('/') ? `${name}index.html` : name))
    if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined
    return await open(file)
  } catch {
    return undefined
  }
}

async function fileAnswer(file: FileHandle, path: string, request: IncomingMessage): Promise<Answer> {
  const stat = await file.stat({ bigint: true })
  if (!stat.isFile()) {
    await file.close()
    return plainAnswer(404)
  }
  // The inode tells two files apart that were moved into place within one tick of the clock.
  const etag = `"${[stat.ino, stat.size, stat.mtimeNs].map(value => value.toString(36)).join('-')}"`
  const version = { size: Number(stat.size), etag, modified: stat.mtime }
  const validators = { ETag: etag, 'Last-Modified': stat.mtime.toUTCString(), 'Cache-Control': 'no-cache' }
  if (isUnchanged(request, version)) {
    await file.close()
    return plainAnswer(304, validators)
  }
  const headers = { ...validators, 'Content-Type': contentType(path), 'Accept-Ranges': 'bytes' }
  return { ...rangeAnswer(request, version, headers), file }
}

function isUnchanged(request: IncomingMessage, version: Version): boolean {
  const known = request.headers['if-none-match']
  if (known !== undefined)
    return known === '*' || known.split(/,\s*/).some(tag => tag.replace(/^W\//, '') === version.etag)
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return Math.floor(version.modified.getTime() / 1000) * 1000 <= since
}

function rangeAnswer(request: IncomingMessage, version: Version, headers: OutgoingHttpHeaders): Answer {
  const { size, etag } = version
  const condition = request.headers['if-range']
  const wanted = condition === undefined || condition === etag ? request.headers.range : undefined
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(wanted ?? '') ?? []
  if (first === '' && last === '') {
    return { status: 200, headers: { ...headers, 'Content-Length': size }, start: 0, end: size }
  }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (start >= end) return plainAnswer(416, { 'Content-Range': `bytes */${size}` })
  const partial = { 'Content-Length': end - start, 'Content-Range': `bytes ${start}-${end - 1}/${size}` }
  return { status: 206, headers: { ...headers, ...partial }, start, end }
}

function plainAnswer(status: number, headers: OutgoingHttpHeaders = {}): Answer {
  const length = status === 304 ? {} : { 'Content-Length': 0 }
  return { status, headers: { ...headers, ...length }, start: 0, end: 0 }
}

function contentType(path: string): string {
  if (path.endsWith('/')) return 'text/html; charset=utf-8'
  return (
    { '.json': 'application/json', '.html': 'text/html; charset=utf-8' }[extname(path)] ?? 'application/octet-stream'
  )
}

/** `search` instead of `test`: a global pattern must not remember where it stopped. */
function matches(match: RegExp, path: string): boolean {
  return path.search(match) !== -1
}
