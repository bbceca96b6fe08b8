/** What a text from elsewhere may hold at most, so that reading it is a bounded amount of work. */
export interface Limits {
  /** Characters of the whole. */
  readonly size: number
  /** Lists and mappings within each other. */
  readonly depth: number
  /** Items of lists and mappings. */
  readonly entries: number
  /** Characters of a text that names something: a package, a version, an address. */
  readonly text: number
}

/** Pangeo's lockfile has 1.4 million characters and 53,298 items for each platform. */
export const LOCKFILE_LIMITS: Limits = { size: 16 << 20, depth: 10, entries: 1_000_000, text: 4096 }

/** `bundle.json` has some hundred kilobytes: every package that an environment file names, and what changed. */
export const MANIFEST_LIMITS = { size: 4 << 20, entries: 500_000 }

/** The largest environment files are exported ones, with some hundred packages and some ten thousand characters. */
export const ENVIRONMENT_LIMITS: Limits = { size: 256 << 10, depth: 20, entries: 10_000, text: 1000 }

/** What one package may need; the metapackage `anaconda` needs some 450. */
export const DEPENDENCY_LIMIT = 2000

/** Aliases repeat a part of a file; more than this only serve to blow a small file up. */
export const ALIAS_LIMIT = 100

/**
 * Counts before anything is parsed, because what a parser makes first takes most of the memory.
 * @param text YAML or JSON
 * @throws Error with one line
 */
export function refuseMore(text: string, { size, entries }: Pick<Limits, 'size' | 'entries'>): void {
  if (text.length > size) throw new Error(`it has more than ${size} characters`)
  let found = 0
  for (let index = 0; index < text.length; index++) if (startsEntry(text, index)) found++
  if (found > entries) throw new Error(`it has more than ${entries} entries`)
}

/** Each item starts a line, or stands after a comma, a bracket, a dash or a question mark. Numbers compare faster than texts. */
function startsEntry(text: string, index: number): boolean {
  switch (text.charCodeAt(index)) {
    case 0x0a: // line feed
    case 0x2c: // ,
    case 0x5b: // [
    case 0x7b: // {
      return true
    case 0x2d: // -
    case 0x3f: // ?
      return text.charCodeAt(index + 1) === 0x20
    default:
      return false
  }
}
