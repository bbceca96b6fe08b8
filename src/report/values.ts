import type { NamedPackages, ReplacedSpec } from '../environment/named.js'
import type { Comparison } from '../lockfile/compare.js'
import type { Clash, CondaNames } from '../lock/one-version.js'
import type { LockedPackage } from '../lockfile/package.js'
import type { Parity } from './parity.js'
import type { Download } from './download.js'
import type { FilePatch } from './upstream-diff.js'

/** Everything that a pull request body or a job summary tells of one locked environment. */
export interface Report {
  /**
   * Whether it is for people who are asked to merge, for such people as a section beside those of other images, of what all
   * images have in common, for somebody who has the files already, or for somebody who wonders what locking would change.
   */
  readonly audience: 'reviewer' | 'section' | 'common' | 'owner' | 'check'
  /** Environment files in the order of the merge. */
  readonly files: { readonly upstream: readonly string[]; readonly own: readonly string[] }
  readonly platforms: readonly string[]
  /** The old and the new `conda-lock.yml`. */
  readonly comparison: Comparison
  /** Whether changes that all images have in common are told apart from these. */
  readonly apart: boolean
  /** The packages of the old one; undefined if there was none that can be read. */
  readonly before: readonly LockedPackage[] | undefined
  /** Whether there was one, be it one that cannot be read. */
  readonly hadLock: boolean
  readonly after: readonly LockedPackage[]
  readonly named: { readonly before: NamedPackages; readonly after: NamedPackages }
  readonly condaNames: CondaNames
  /** Python projects that conda and pip have not locked in one version. */
  readonly clashes: readonly Clash[]
  /** Explicit lockfiles that did not say the same as the old `conda-lock.yml`, each compared with its own successor. */
  readonly disagreed: readonly { readonly path: string; readonly comparison: Comparison }[]
  /** Undefined if no upstream is followed. */
  readonly upstream: UpstreamReport | undefined
  readonly overlaps: readonly ReplacedSpec[]
  readonly parity: Parity
  /** What the download of the packages comes to, for each platform. */
  readonly downloads: readonly Download[]
  /** The repositories that pip packages name as their own, `HOST/OWNER/NAME` by name as PyPI writes it. */
  readonly repositories: ReadonlyMap<string, string>
  readonly usage: Usage
  /** What made it, one `NAME VERSION` each. */
  readonly tools: readonly string[]
  /** Undefined if a lock that was there already was taken. */
  readonly solveSeconds: number | undefined
  readonly runUrl: string | undefined
  /** Whether packages that an environment file names lead to their pages. */
  readonly links: boolean
  /** Sentences that the reader should know, one line of Markdown each. */
  readonly notes: readonly string[]
}

export interface UpstreamReport {
  /** `OWNER/REPO`. */
  readonly repository: string
  readonly url: string
  readonly commit: string
  /** One for each upstream file whose local copy changes. */
  readonly patches: readonly FilePatch[]
}

/** What somebody needs who wants the environment. */
export interface Usage {
  /** A name for it, fit for a path. */
  readonly environment: string
  readonly lockfile: string
  readonly explicit: readonly ExplicitUsage[]
}

export interface ExplicitUsage {
  readonly platform: string
  readonly path: string
  /** The companion file with what only pip can install, if there is anything. */
  readonly pipRequirements: string | undefined
  /** Whether the environment has ipykernel, so that it can be a Jupyter kernel. */
  readonly kernel: boolean
}
