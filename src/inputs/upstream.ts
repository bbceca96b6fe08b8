import type { RepositoryName, Runner } from '../runner/runner.js'
import { environmentPath, firstTwice, repositoryPath } from './paths.js'
import { refuse, type InputReader } from './reader.js'
import { httpUrl, optionalRef, repositoryName } from './texts.js'

/** A file of the upstream repository and the local copy of it, relative to the root of this repository. */
export interface UpstreamFile {
  readonly path: string
  readonly local: string
}

export interface UpstreamInputs {
  readonly repository: RepositoryName
  /** Undefined means the default branch. */
  readonly ref: string | undefined
  readonly files: readonly UpstreamFile[]
  readonly apiUrl: string
  readonly token: string | undefined
}

/** The paths of the local copies; none if no upstream is followed. */
export function localCopies(
  upstream: { readonly files: readonly Pick<UpstreamFile, 'local'>[] } | undefined
): string[] {
  return upstream?.files.map(file => file.local) ?? []
}

/**
 * What is fetched, and from where; undefined if no upstream is followed, whatever the other inputs say of one.
 * @throws SyncError of kind `input`, naming the input
 */
export function readUpstream(reader: InputReader, directory: string, runner: Runner): UpstreamInputs | undefined {
  const files = reader.lines('upstream-files')
  if (files.length === 1 && files[0] === 'none') return undefined
  return {
    repository: repositoryName('upstream-repository', reader.required('upstream-repository')),
    ref: optionalRef('upstream-ref', reader.optional('upstream-ref')),
    files: parseFiles(files, directory),
    ...readAccess(reader, runner)
  }
}

function parseFiles(lines: readonly string[], directory: string): UpstreamFile[] {
  const files = lines.map(line => {
    const colon = line.search(/:\s+\S/)
    const [path, local] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    if (colon < 0 || path === '') {
      return refuse('upstream-files', line, 'is neither `none` alone nor of the form `path: local-file`')
    }
    return {
      path: repositoryPath('upstream-files', '.', path),
      local: environmentPath('upstream-files', directory, local)
    }
  })
  const twice = firstTwice(files.map(file => file.local))
  if (twice !== undefined) refuse('upstream-files', twice, 'is named twice as a local file')
  return files
}

function readAccess({ optional }: InputReader, runner: Runner): Pick<UpstreamInputs, 'apiUrl' | 'token'> {
  const given = optional('upstream-api-url')
  const apiUrl = given === undefined ? usualApi(runner) : httpUrl('upstream-api-url', given)
  const sameHost = new URL(apiUrl).origin === new URL(runner.apiUrl).origin
  return { apiUrl, token: optional('upstream-token') ?? (sameHost ? optional('token') : undefined) }
}

/** The API of the run; on an Enterprise Server and on ghe.com the public GitHub's, where upstream usually is. */
function usualApi({ apiUrl }: Runner): string {
  const { pathname, hostname } = new URL(apiUrl)
  return pathname.startsWith('/api/v3') || hostname.endsWith('.ghe.com') ? 'https://api.github.com' : apiUrl
}
