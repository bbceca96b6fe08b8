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

/** The largest environment files are exported ones, with some hundred packages and some ten thousand characters. */
export const ENVIRONMENT_LIMITS: Limits = { size: 256 << 10, depth: 20, entries: 10_000, text: 1000 }

/** Aliases repeat a part of a file; more than this only serve to blow a small file up. */
export const ALIAS_LIMIT = 100
