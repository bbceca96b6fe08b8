import { packageOf, type Change } from '../lockfile/compare.js'
import { findAttention, type Attention } from './attention.js'
import { explainer, namedIn } from './changes.js'
import { shareChanges, type Row } from './rows.js'
import type { Report } from './values.js'

/** A report, its changes sorted by where they are told. */
export interface View {
  readonly report: Report
  /** Platforms that the old lock was not for; all of their packages are new, and that is all there is to say. */
  readonly newPlatforms: readonly string[]
  readonly attention: Attention
  readonly named: readonly Row<Change>[]
  readonly transitive: readonly Row<Change>[]
  readonly rebuilt: readonly Change[]
  /** What pulls a changed package in; Markdown. */
  readonly explain: (change: Change) => string
}

/** Sorts what there is to tell. */
export function viewOf(report: Report): View {
  const { before, platforms, comparison } = report
  const known = new Set(before?.map(pin => pin.platform) ?? platforms)
  const changes = comparison.changes.filter(change => known.has(packageOf(change).platform))
  const moved = changes.filter(change => change.kind !== 'rebuilt')
  return {
    report,
    newPlatforms: platforms.filter(platform => !known.has(platform)),
    attention: findAttention(report, changes),
    named: shareChanges(
      moved.filter(change => namedIn(report, change) !== undefined),
      change => namedIn(report, change) ?? ''
    ),
    transitive: shareChanges(moved.filter(change => namedIn(report, change) === undefined)),
    rebuilt: changes.filter(change => change.kind === 'rebuilt'),
    explain: explainer(report)
  }
}
