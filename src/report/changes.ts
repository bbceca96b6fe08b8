import { namedKey } from '../environment/named.js'
import { type Change, isSameFile, packageOf } from '../lockfile/compare.js'
import type { LockedPackage } from '../lockfile/package.js'
import { sourceOf } from './channels.js'
import { pageOf } from './links.js'
import { plural } from '../common/sentences.js'
import { blocks, code, folded } from '../common/markdown.js'
import { requiredByCell, requirersIn } from './required-by.js'
import { changeCells, linkedCell, shareChanges, tableOfRows, type Row } from './rows.js'
import { type Report } from './values.js'

/** A longer table is folded. */
const OPEN_ROWS = 40

/** The file that names the changed package; of a removed one, the file that did. */
export function namedIn({ named }: Report, change: Change): string | undefined {
  return (change.kind === 'removed' ? named.before : named.after).get(namedKey(packageOf(change)))
}

/** The page of a changed package that an environment file names, if there are to be links. */
export function linkedPage(report: Report, change: Change): string | undefined {
  return report.links && namedIn(report, change) !== undefined ? pageOf(packageOf(change)) : undefined
}

/** Changed packages that an environment file names. */
export function renderNamed(report: Report, rows: readonly Row<Change>[]): string {
  if (rows.length === 0) return ''
  const content = tableOfRows(['Package', 'From', 'To', 'Change', 'Named in'], rows, report.platforms, change => [
    ...changeCells(change, linkedPage(report, change)),
    change.kind,
    namedCell(report, change)
  ])
  return rows.length > OPEN_ROWS
    ? folded(`${plural(countPackages(rows), 'package')} that an environment file names`, content)
    : `### Packages that an environment file names\n\n${content}`
}

function namedCell(report: Report, change: Change): string {
  const file = code(namedIn(report, change) ?? '')
  const stillNamed = change.kind !== 'removed' || report.named.after.has(namedKey(packageOf(change)))
  return stillNamed ? file : `no longer in ${file}`
}

/** Changed packages that nobody names, each with what pulls it in, if there is room for that. */
export function renderTransitive(
  { platforms }: Report,
  rows: readonly Row<Change>[],
  reasonFor: ((change: Change) => string) | undefined
): string {
  if (rows.length === 0) return ''
  const header = ['Package', 'From', 'To', ...(reasonFor === undefined ? [] : ['Pulled in by'])]
  const content = tableOfRows(header, rows, platforms, change => [
    ...changeCells(change, undefined),
    ...(reasonFor === undefined ? [] : [reasonFor(change)])
  ])
  const legend = 'Pulled in by: the shortest way from a package that is named; +N: so many others need it too.'
  return folded(
    `${countKinds(rows)} that no environment file names`,
    reasonFor === undefined ? content : `${legend}\n\n${content}`
  )
}

/** How many packages the rows are about; one counts once, on however many platforms. */
export function countPackages(rows: readonly Row<Change>[]): number {
  return new Set(rows.map(row => namedKey(packageOf(row.value)))).size
}

/** `4 packages changed (3 added, 1 removed)`, `1 package upgraded`. */
export function countKinds(rows: readonly Row<Change>[]): string {
  const counts = (['upgraded', 'downgraded', 'added', 'removed'] as const)
    .map(kind => ({ kind, count: countPackages(rows.filter(row => row.value.kind === kind)) }))
    .filter(({ count }) => count > 0)
  const packages = plural(countPackages(rows), 'package')
  return counts.length === 1
    ? `${packages} ${counts.map(({ kind }) => kind).join()}`
    : `${packages} changed (${counts.map(({ kind, count }) => `${count} ${kind}`).join(', ')})`
}

/** Says what pulls a changed package in, a removed one in the old lock; Markdown. */
export function explainer({ before, after, named, condaNames }: Report): (change: Change) => string {
  const old = requirersIn(before ?? [], named.before, condaNames)
  const now = requirersIn(after, named.after, condaNames)
  return change => requiredByCell(change.kind === 'removed' ? old(change.previous) : now(change.next))
}

/**
 * Packages that keep their version: other files, and the same files from another address. They are only told apart by platform where
 * builds are shown.
 */
export function renderRebuilt(report: Report, changes: readonly Change[], withBuilds: boolean): string {
  const columns = (part: string) => (withBuilds ? [`${part} before`, `${part} now`] : [])
  const rows = (some: readonly Change[]) =>
    withBuilds ? shareChanges(some, change => rebuiltCells(change).join(' ')) : shareChanges(some)
  const section = (some: readonly Change[], title: (count: string) => string, part: string) => {
    const count = countPackages(shareChanges(some))
    if (count === 0) return ''
    const content = tableOfRows(['Package', 'Version', ...columns(part)], rows(some), report.platforms, change => [
      linkedCell(packageOf(change), linkedPage(report, change)),
      sameVersionCell(change),
      ...(withBuilds ? rebuiltCells(change) : [])
    ])
    return folded(title(plural(count, 'package')), content)
  }
  return blocks([
    section(
      changes.filter(change => !isSameFile(change)),
      count => `${count} rebuilt: same version, other file`,
      'Build'
    ),
    section(changes.filter(isSameFile), count => `${count} from another address: the same file`, 'Address')
  ])
}

/** The version, which two builds may spell in two ways: `1.0` and `1.0.0` are the same to conda. */
function sameVersionCell(change: Change): string {
  const { version } = packageOf(change)
  const spelled = change.kind === 'rebuilt' ? change.previous.version : version
  return spelled === version ? code(version) : `${code(spelled)} → ${code(version)}`
}

const PARTS: readonly ((pin: LockedPackage) => string)[] = [
  pin => pin.build,
  sourceOf,
  pin => pin.url.split('/').at(-1) ?? '',
  pin => pin.hash
]

/** The first thing about two packages of the same version that is not the same. */
function rebuiltCells(change: Change): string[] {
  if (change.kind !== 'rebuilt') return []
  const { previous, next } = change
  const part = PARTS.find(partOf => partOf(previous) !== partOf(next)) ?? (pin => pin.url)
  return [code(part(previous)), code(part(next))]
}
