import { codes } from '../common/markdown.js'
import { plural } from '../common/sentences.js'
import { namedKey } from '../environment/named.js'
import { CHANGE_KINDS, countChanges, isSameFile, packageOf, type Change, type Comparison } from '../lockfile/compare.js'
import { countAttention } from './attention.js'
import { countKinds, countPackages, namedIn } from './changes.js'
import { shareChanges, type Row } from './rows.js'
import type { Report } from './values.js'
import type { View } from './view.js'

/** One sentence with the counts, and what they are about. */
export function renderHeadline({ report, newPlatforms, attention, named, transitive, rebuilt }: View): string {
  const { platforms, comparison, before, hadLock } = report
  const where = `on ${platforms.length === 1 ? codes(platforms) : plural(platforms.length, 'platform')}`
  const rows = [...named, ...transitive]
  const count = countPackages(rows)
  const look = lookSentence(countAttention(attention))
  if (before === undefined) {
    const first = hadLock ? 'Locked anew, because the old lock cannot be read' : 'First lock'
    return `**${first}: ${plural(count, 'package')} ${where}.**${look}`
  }
  const counts = [
    [countPackages(shareChanges(rebuilt.filter(change => !isSameFile(change)))), 'only rebuilt'],
    [countPackages(shareChanges(rebuilt.filter(isSameFile))), 'only from another address']
  ] as const
  const parts = [
    count === 0 ? '' : `${countKinds(rows)} ${where}`,
    ...counts.map(([some, how]) => (some === 0 ? '' : `${plural(some, 'package')} ${how}`)),
    newPlatforms.length === 0 ? '' : `${codes(newPlatforms)} ${areOrIs(newPlatforms)} new`,
    comparison.droppedPlatforms.length === 0
      ? ''
      : `${codes(comparison.droppedPlatforms)} ${areOrIs(comparison.droppedPlatforms)} dropped`
  ].filter(part => part !== '')
  if (parts.length === 0)
    return `${report.apart ? '**Only what all have in common.**' : '**No package changed.**'}${look}`
  const besides = report.apart ? 'Besides what all have in common: ' : ''
  return `**${besides}${parts.join('; ')}.**${namedSentence(report, rows, shareChanges(rebuilt))}${look}`
}

function areOrIs(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are'
}

function lookSentence(count: number): string {
  return count === 0 ? '' : ` Look at ${plural(count, 'point')} first.`
}

/**
 * How many of all changed packages an environment file names, told so that it agrees with the table of named ones: that has no
 * packages of the same version, and has those that were named until now.
 */
function namedSentence(report: Report, moved: readonly Row<Change>[], sameVersion: readonly Row<Change>[]): string {
  const isNamed = ({ value }: Row<Change>) => report.named.after.has(namedKey(packageOf(value)))
  const rows = [...moved, ...sameVersion]
  const all = countPackages(rows)
  if (all === 0) return ''
  const count = countPackages(rows.filter(isNamed))
  const same = count - countPackages(moved.filter(isNamed))
  const before = countPackages(moved.filter(row => !isNamed(row) && namedIn(report, row.value) !== undefined))
  const what = all === 1 ? 'it' : count === all ? 'all of them' : count === 0 ? 'any of them' : `${count} of them`
  const inSame = same === 0 || same === count ? '' : `, ${same} with the same version`
  const names = count === 0 ? 'No environment file names' : 'The environment files name'
  return ` ${names} ${what}${inSame}${untilNow(before, all, count)}.`
}

/** The end of the sentence about packages that were named `before`, and are not now. */
function untilNow(before: number, all: number, named: number): string {
  if (before === 0) return ''
  if (all === 1) return '; one named it until now'
  return `; ${before}${named === 0 ? '' : ' more'} ${before === 1 ? 'was' : 'were'} named until now`
}

/** One line without Markdown that says what happened to the packages. */
export function summarize(comparison: Comparison): string {
  const counts = countChanges(comparison.changes)
  const parts = CHANGE_KINDS.filter(kind => counts[kind] > 0).map(kind => `${counts[kind]} ${kind}`)
  const dropped = comparison.droppedPlatforms.map(platform => `${platform} dropped`)
  return [...parts, ...dropped].join(', ') || 'no package changed'
}
