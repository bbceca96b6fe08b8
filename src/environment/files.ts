import type { Environment } from './parse.js'

/** The environment files of a lock, parsed. */
export interface EnvironmentFiles {
  /** Those that strangers edit. */
  readonly upstream: readonly Environment[]
  /** Those of this repository. */
  readonly own: readonly Environment[]
}

/** Upstream's files first: conda-lock takes the last spec for a package, so the repository's own win. */
export function inMergeOrder({ upstream, own }: EnvironmentFiles): Environment[] {
  return [...upstream, ...own]
}
