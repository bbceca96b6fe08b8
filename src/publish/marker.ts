import { isMapping, toMapping } from '../common/guards.js'

/** What a pull request's body remembers for later runs. */
export interface PullMemory {
  /** The last commit that the action has put on the head branch. */
  readonly commit: string
  /** Blob SHAs, by path, of what that commit proposes. */
  readonly files: Readonly<Record<string, string>>
  /** What its lockfile says under `custom_metadata`. */
  readonly metadata: Readonly<Record<string, string>>
  /** By folder, what it was made from; so a later run can tell what is still right. */
  readonly images: Readonly<Record<string, ImageMemory>>
  /** The base branch under that commit; pull requests of older versions do not have it. */
  readonly base?: BaseMemory | undefined
  /** Whether the action itself has closed the pull request. */
  readonly closed: boolean
}

/** What a pull request remembers of its base branch. */
export interface BaseMemory {
  readonly commit: string
  /** Blob SHAs, by path, of what it had there before. */
  readonly files: Readonly<Record<string, string>>
}

/** What a pull request remembers of an image. */
export interface ImageMemory {
  /** The hash of the inputs, by lockfile. */
  readonly hashes: Readonly<Record<string, string>>
  /** Blob SHAs, by path, of the repository's own files that it was made from. */
  readonly inputs: Readonly<Record<string, string>>
  /** The paths of what is proposed for it. */
  readonly files: readonly string[]
}

/** The last such line counts, because the report above it quotes texts of others. */
const MARKER = /^<!-- conda-lock-sync: (\{.*\}) -->$(?![^]*^<!-- conda-lock-sync: \{)/m

/** The memory as an HTML comment, which GitHub does not show; `>` is escaped so that nothing in it ends the comment. */
export function formatMarker(memory: PullMemory): string {
  return `<!-- conda-lock-sync: ${JSON.stringify(memory).replaceAll('>', '\\u003e')} -->`
}

/** What the body remembers; undefined if a person has removed or broken the comment. */
export function parseMarker(body: string): PullMemory | undefined {
  const value = parseJson(MARKER.exec(body)?.[1] ?? '')
  if (!isMapping(value) || typeof value.commit !== 'string') return undefined
  const { commit, files, metadata, base, closed } = value
  return {
    commit,
    files: texts(files),
    metadata: texts(metadata),
    images: images(value.images),
    base:
      isMapping(base) && typeof base.commit === 'string'
        ? { commit: base.commit, files: texts(base.files) }
        : undefined,
    closed: closed === true
  }
}

/** The body with another memory. */
export function replaceMarker(body: string, memory: PullMemory): string {
  return body.replace(MARKER, () => formatMarker(memory))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function images(value: unknown): Record<string, ImageMemory> {
  return Object.fromEntries(
    Object.entries(toMapping(value)).flatMap(([name, image]) => {
      if (!isMapping(image)) return []
      const { hashes, inputs, files } = image
      const paths = Array.isArray(files) ? files.filter(path => typeof path === 'string') : []
      return [[name, { hashes: texts(hashes), inputs: texts(inputs), files: paths }]]
    })
  )
}

function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(toMapping(value))
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
