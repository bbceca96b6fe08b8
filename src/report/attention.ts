import { namedKey } from '../environment/named.js'
import { type Change, packageOf } from '../lockfile/compare.js'
import { enumerate } from '../common/sentences.js'
import { blocks, code, codes } from '../common/markdown.js'
import { findSourceChanges, type SourceChange } from './source-changes.js'
import { changeCells, platformsOf, shareChanges, tableOfRows, type Row } from './rows.js'
import { type Report } from './values.js'
import { findVirtualChanges, type VirtualChange } from './virtual.js'

/** What a reviewer has to look at. */
export interface Attention {
  readonly changes: readonly Row<Change>[]
  readonly sourceChanges: readonly SourceChange[]
  readonly virtual: readonly Row<VirtualChange>[]
}

/** More names of packages than this in one sentence help nobody. */
const MOST_NAMES = 12

/** Packages that run everything else, and what their change means. */
const PILLARS: ReadonlyMap<string, string> = new Map([
  ['python', 'Python itself'],
  ['dask', 'Dask itself: client, scheduler and workers have to match'],
  ['distributed', 'Dask itself: client, scheduler and workers have to match']
])

const DOWNGRADE = 'downgrade'
const MAJOR = 'major upgrade'

/** Finds what needs eyes; a first lock has nothing to be compared with. */
export function findAttention(report: Report, changes: readonly Change[]): Attention {
  if (report.before === undefined) return { changes: [], sourceChanges: [], virtual: [] }
  const reasons = (change: Change) => reasonsOf(report, change).join()
  const rows = shareChanges(
    changes.filter(change => reasons(change) !== ''),
    reasons
  )
  return {
    changes: rows.sort((left, right) => rankOf(report, left.value) - rankOf(report, right.value)),
    sourceChanges: findSourceChanges(report.before, changes),
    virtual: findVirtualChanges(report.before, report.after)
  }
}

/** How many things there are to look at. */
export function countAttention({ changes, sourceChanges, virtual }: Attention): number {
  return changes.length + sourceChanges.length + virtual.length
}

function reasonsOf({ named }: Report, change: Change): string[] {
  if (change.kind === 'added' || change.kind === 'rebuilt') return []
  const pin = packageOf(change)
  const pillar = PILLARS.get(pin.name)
  return [
    ...(change.kind === 'downgraded' ? [DOWNGRADE] : []),
    ...(isMajorUpgrade(change) && named.after.has(namedKey(pin)) ? [MAJOR] : []),
    ...(pillar === undefined ? [] : [pillar])
  ]
}

/** Downgrades come first, then major upgrades. */
function rankOf(report: Report, change: Change): number {
  const [first] = reasonsOf(report, change)
  return first === DOWNGRADE ? 0 : first === MAJOR ? 1 : 2
}

function isMajorUpgrade(change: Change): boolean {
  return change.kind === 'upgraded' && isMajor(change.previous.version, change.next.version)
}

/** Whether the first number of a version (or its epoch) changes; the turn of the year in a calendar version is none. */
export function isMajor(before: string, after: string): boolean {
  const [, oldEpoch, old] = /^(?:(\d+)!)?v?(\d+)/.exec(before) ?? []
  const [, newEpoch, now] = /^(?:(\d+)!)?v?(\d+)/.exec(after) ?? []
  if (old === undefined || now === undefined) return false
  const areYears = [old, now].every(number => /^20\d\d$/.test(number))
  return oldEpoch !== newEpoch || (Number(old) !== Number(now) && !areYears)
}

/** The section; empty for a first lock. */
export function renderAttention(report: Report, attention: Attention): string {
  if (report.before === undefined || report.comparison.changes.length === 0) return ''
  if (countAttention(attention) === 0) {
    if (report.apart) return ''
    return '✅ Nothing here needs a closer look: no downgrade, no major upgrade of a package that you name, the same Python and Dask, the same channels.'
  }
  return blocks([
    '### ⚠️ Look at these first',
    attention.changes.length === 0 ? '' : renderChanges(report, attention.changes),
    [
      ...attention.sourceChanges.map(renderSourceChange),
      ...attention.virtual.map(row => renderVirtual(row, report.platforms))
    ].join('\n')
  ])
}

function renderChanges(report: Report, rows: readonly Row<Change>[]): string {
  return tableOfRows(['Package', 'From', 'To', 'Why'], rows, report.platforms, change => [
    ...changeCells(change),
    enumerate(reasonsOf(report, change))
  ])
}

function renderSourceChange(move: SourceChange): string {
  const names = codes(move.names, MOST_NAMES)
  switch (move.kind) {
    case 'moved':
      return `- From another channel, ${code(move.to)} instead of ${code(move.from)}: ${names}`
    case 'new source':
      return `- From a channel that nothing came from until now, ${code(move.to)}: ${names}`
  }
}

function renderVirtual({ value, platforms }: Row<VirtualChange>, allPlatforms: readonly string[]): string {
  const where = platforms.length === allPlatforms.length ? '' : ` on ${platformsOf(platforms, allPlatforms)}`
  const specs = specsOf(value.specs)
  const before = value.before.length === 0 ? 'nothing asked for it before' : `before only ${specsOf(value.before)}`
  return value.specs.length === 0
    ? `- Virtual package ${code(value.name)}${where}: no longer asked for`
    : `- Virtual package ${code(value.name)}${where}: ${specs} asked for by ${codes(value.requirers, MOST_NAMES)} (${before})`
}

function specsOf(specs: readonly string[]): string {
  return codes(
    specs.map(spec => (spec === '' ? '*' : spec)),
    MOST_NAMES
  )
}
