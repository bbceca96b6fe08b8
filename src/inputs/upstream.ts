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

/**
 * What is fetched, and from where.
 * @throws SyncError of kind `input`, naming the input
 */
export function readUpstream(reader: InputReader, directory: string, runner: Runner): UpstreamInputs {
  return {
    repository: repositoryName('upstream-repository', reader.required('upstream-repository')),
    ref: optionalRef('upstream-ref', reader.optional('upstream-ref')),
    files: readFiles(reader, directory),
    ...readAccess(reader, runner)
  }
}

function readFiles(reader: InputReader, directory: string): UpstreamFile[] {
  const files = reader.lines('upstream-files').map(line => {
    const colon = line.search(/:\s+\S/)
    const [path, local] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    if (colon < 0 || path === '') return refuse('upstream-files', line, 'is not of the form `path: local-file`')
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
