import * as z from 'zod/mini'
import { BrokenAnswer, githubError, isRequestError, statusOf } from '../github/errors.js'
import { resolveRef } from '../github/branches.js'
import { ask, repeat } from '../github/requests.js'
import { posix } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { messageOf, SyncError } from '../common/errors.js'
import { type GitHub } from '../github/client.js'
import type { UpstreamFile, UpstreamInputs } from '../inputs/upstream.js'
import { shortSha } from '../common/sentences.js'

/** An upstream file at one commit, byte for byte. */
export interface FetchedFile extends UpstreamFile {
  readonly content: Uint8Array
}

/** What upstream has: all files at the same commit. */
export interface Upstream {
  /** `OWNER/REPO`. */
  readonly repository: string
  /** Full SHA that `upstream-ref` resolved to. */
  readonly commit: string
  /** Address of the repository for people. */
  readonly url: string
  readonly files: readonly FetchedFile[]
}

/** A lockfile that upstream has committed, or why it could not be fetched. */
export type UpstreamLock =
  | { readonly kind: 'fetched'; readonly path: string; readonly content: Uint8Array }
  | { readonly kind: 'failed'; readonly path: string; readonly problem: string }

/**
 * Resolves the upstream ref to one commit, then fetches every file at exactly that commit.
 * @throws SyncError of kind `upstream` when the repository, the ref or a file does not exist
 */
export async function fetchUpstream(github: GitHub, upstream: UpstreamInputs): Promise<Upstream> {
  const commit = await resolveCommit(github, upstream)
  const files = await Promise.all(upstream.files.map(file => fetchFile(github, upstream, commit, file)))
  return { repository: nameOf(upstream), commit, url: webUrl(upstream), files }
}

function nameOf({ repository }: UpstreamInputs): string {
  return `${repository.owner}/${repository.repo}`
}

/** `https://api.github.com` serves `https://github.com`; a GitHub Enterprise Server has its API under `/api/v3`. */
export function webUrl(upstream: UpstreamInputs): string {
  const api = new URL(upstream.apiUrl)
  const host = api.host.replace(/^api\.(?=github\.com$|[^.]+\.ghe\.com$)/, '')
  return `${api.protocol}//${host}/${nameOf(upstream)}`
}

async function resolveCommit(github: GitHub, upstream: UpstreamInputs): Promise<string> {
  const ref = upstream.ref === 'latest-release' ? await latestRelease(github, upstream) : (upstream.ref ?? 'HEAD')
  try {
    return (await resolveRef({ github, ...upstream.repository }, ref)).commit
  } catch (error) {
    const status = statusOf(error)
    if (status === 404 && upstream.ref === undefined) throw noRepository(upstream, error)
    if (status === 404 || status === 409 || status === 422) {
      throw new SyncError('upstream', `The upstream repository ${nameOf(upstream)} has no commit \`${ref}\`.`, {
        hint: 'Correct `upstream-repository` or `upstream-ref`. A private repository needs an `upstream-token` that may read it.',
        cause: error
      })
    }
    throw failure(error, upstream, `say which commit \`${ref}\` of ${nameOf(upstream)} is`)
  }
}

function noRepository(upstream: UpstreamInputs, cause: unknown): SyncError {
  return new SyncError('upstream', `There is no repository ${nameOf(upstream)} on ${new URL(upstream.apiUrl).host}.`, {
    hint: 'Correct `upstream-repository`. A private repository needs an `upstream-token` that may read it.',
    cause
  })
}

/** What a request for upstream's files needs is another token than that of the run. */
function failure(error: unknown, upstream: UpstreamInputs, doing: string): unknown {
  if (!isRequestError(error)) return error
  const told = githubError(error, doing)
  const status = statusOf(error)
  if ((status !== 401 && status !== 403) || /limit/i.test(messageOf(error))) return told
  const hint =
    upstream.token === undefined
      ? 'Give an `upstream-token` that may read it, or correct `upstream-repository`.'
      : `The token does not open ${nameOf(upstream)}: give an \`upstream-token\` that is valid and may read its contents.`
  return new SyncError('upstream', told.message, { hint, cause: error })
}

const RELEASE = z.object({ tag_name: z.string() })

async function latestRelease(github: GitHub, upstream: UpstreamInputs): Promise<string> {
  try {
    const to = { github, ...upstream.repository }
    return (await ask(to, 'GET /repos/{owner}/{repo}/releases/latest', {}, RELEASE)).tag_name
  } catch (error) {
    if (statusOf(error) !== 404) throw failure(error, upstream, `name the latest release of ${nameOf(upstream)}`)
    throw new SyncError('upstream', `The upstream repository ${nameOf(upstream)} has no release.`, {
      hint: 'Set `upstream-ref` to a branch or a tag instead of `latest-release`.',
      cause: error
    })
  }
}

async function fetchFile(
  github: GitHub,
  upstream: UpstreamInputs,
  commit: string,
  file: UpstreamFile
): Promise<FetchedFile> {
  try {
    return { ...file, content: await fetchContent(github, upstream, commit, file.path) }
  } catch (error) {
    if (statusOf(error) !== 404) throw failure(error, upstream, `give ${file.path} of ${nameOf(upstream)}`)
    throw new SyncError(
      'upstream',
      `The upstream repository ${nameOf(upstream)} has no file \`${file.path}\` at ${shortSha(commit)}.`,
      { hint: 'It may have been moved or renamed there: correct `upstream-files`.', cause: error }
    )
  }
}

/**
 * Fetches the `conda-lock.yml` beside the last upstream file (where several are merged, that is the image itself), at the
 * same commit, if there is one. It is good to know, not needed, so what goes wrong is part of the answer.
 */
export async function fetchUpstreamLock(
  github: GitHub,
  upstream: UpstreamInputs,
  commit: string
): Promise<UpstreamLock | undefined> {
  const path = posix.join(posix.dirname(upstream.files.at(-1)?.path ?? ''), 'conda-lock.yml')
  try {
    return { kind: 'fetched', path, content: await fetchContent(github, upstream, commit, path) }
  } catch (error) {
    if (!isRequestError(error)) throw error
    if (statusOf(error) === 404) return undefined
    return { kind: 'failed', path, problem: githubError(error, `give ${path}`).message }
  }
}

async function fetchContent(
  github: GitHub,
  upstream: UpstreamInputs,
  commit: string,
  path: string
): Promise<Uint8Array> {
  // The JSON form stops at 1 MB, and Octokit would decode text, which loses a byte order mark: take the raw stream.
  return repeat(async () => {
    const response: { data: unknown } = await github.request('GET /repos/{owner}/{repo}/contents/{+path}', {
      ...upstream.repository,
      path: path.split('/').map(encodeURIComponent).join('/'),
      ref: commit,
      headers: { accept: 'application/vnd.github.raw+json' },
      request: { parseSuccessResponseBody: false }
    })
    return bytesOf(response.data)
  })
}

async function bytesOf(stream: unknown): Promise<Uint8Array> {
  if (!(stream instanceof ReadableStream)) throw new BrokenAnswer('something else came than the content of a file')
  // Not by way of `Response`, for which Node would load an HTTP client of its own.
  return buffer(stream)
}
