/** What a pull request's body remembers for later runs: what its lockfile says under `custom_metadata`. */
export type Memory = Readonly<Record<string, string>>

const MARKER = /<!-- conda-lock-sync: (\{.*?\}) -->/

/** A comment that people do not see; it can't hold the end of a comment. */
export function formatMarker(memory: Memory): string {
  return `<!-- conda-lock-sync: ${JSON.stringify(memory).replaceAll('>', '\\u003e')} -->`
}

/** What the body remembers; nothing if a person has removed or changed the comment. */
export function parseMarker(body: string): Memory {
  try {
    const value: unknown = JSON.parse(MARKER.exec(body)?.[1] ?? '{}')
    const entries = Object.entries(typeof value === 'object' && value !== null ? value : {})
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  } catch {
    return {}
  }
}
