import { isMapping } from '../guards.js'

/** What a pull request's body remembers for later runs. */
export interface Memory {
  /** The last commit that the action has put on the head branch. */
  readonly commit: string
  /** Blob SHAs, by path, of what that commit proposes. */
  readonly files: Readonly<Record<string, string>>
  /** What its lockfile says under `custom_metadata`. */
  readonly metadata: Readonly<Record<string, string>>
  /** Whether the action itself has closed the pull request. */
  readonly closed: boolean
}

const MARKER = /<!-- conda-lock-sync: (\{.*\}) -->/

/** A comment that people do not see; it can't hold the end of a comment. */
export function formatMarker(memory: Memory): string {
  return `<!-- conda-lock-sync: ${JSON.stringify(memory).replaceAll('>', '\\u003e')} -->`
}

/** What the body remembers; undefined if a person has removed or broken the comment. */
export function parseMarker(body: string): Memory | undefined {
  const value = parseJson(MARKER.exec(body)?.[1] ?? '')
  if (!isMapping(value) || typeof value.commit !== 'string') return undefined
  const { commit, files, metadata, closed } = value
  return { commit, files: texts(files), metadata: texts(metadata), closed: closed === true }
}

/** The body with another memory. */
export function replaceMarker(body: string, memory: Memory): string {
  return body.replace(MARKER, () => formatMarker(memory))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(isMapping(value) ? value : {})
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
