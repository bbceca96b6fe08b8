import { namedKey } from '../environment/named.js'
import { pypiName } from '../environment/pypi-name.js'
import { condaPackages, type Clash } from '../lock/one-version.js'
import { type Change, packageOf } from '../lockfile/compare.js'
import { byKey, packageKey, type LockedPackage } from '../lockfile/package.js'
import { enumerate, plural } from '../common/sentences.js'
import { blocks, code, codes, folded, link, MOST_NAMES } from '../common/markdown.js'
import { linkedPage } from './changes.js'
import { releasesOf } from './links.js'
import { clashTeller, type Reasons } from './clashes.js'
import { hasDifference } from './parity.js'
import { findSourceChanges, type SourceChange } from './source-changes.js'
import { changeCells, platformsOf, shareChanges, shareRows, tableOfRows, type Row } from './rows.js'
import { type Report } from './values.js'
import { isOtherVariant, variantWords } from './variants.js'
import { findVirtualChanges, type VirtualChange } from './virtual.js'

/** What a reviewer has to look at. */
export interface Attention {
  readonly clashes: readonly Row<Clash>[]
  readonly changes: readonly Row<Change>[]
  /** Packages that are gone, and that nothing else had needed. */
  readonly gone: readonly string[]
  readonly sourceChanges: readonly SourceChange[]
  readonly virtual: readonly Row<VirtualChange>[]
}

/** Packages that run everything else, and what their change means. */
const PILLARS: ReadonlyMap<string, string> = new Map([
  ['python', 'Python itself'],
  ['dask', 'Dask itself: client, scheduler and workers have to match'],
  ['distributed', 'Dask itself: client, scheduler and workers have to match']
])

/** More of them are those of a whole channel, and stand in the tables. */
const MOST_FOLDED = 100

const DOWNGRADE = 'downgrade'
const MAJOR = 'major upgrade'

/** Finds what needs eyes; a first lock has nothing to be compared with, and can only be at odds with itself. */
export function findAttention(report: Report, changes: readonly Change[]): Attention {
  const clashes = shareRows(report.clashes, ({ pip }) => pip.platform, clashTeller(reasonsFor(report)))
  if (report.before === undefined) return { clashes, changes: [], gone: [], sourceChanges: [], virtual: [] }
  const reasons = (change: Change) => reasonsOf(report, change).join()
  const rows = shareChanges(
    changes.filter(change => reasons(change) !== ''),
    reasons
  )
  return {
    clashes,
    changes: rows.sort((left, right) => rankOf(report, left.value) - rankOf(report, right.value)),
    gone: findGone(report, changes),
    sourceChanges: findSourceChanges(report.before, changes),
    virtual: findVirtualChanges(report.before, report.after)
  }
}

/** How many things there are to look at. */
export function countAttention({ clashes, changes, gone, sourceChanges, virtual }: Attention): number {
  return clashes.length + changes.length + (gone.length === 0 ? 0 : 1) + sourceChanges.length + virtual.length
}

function reasonsFor({ after, named, condaNames }: Report): Reasons {
  return { packages: after, named: named.after, condaNames }
}

function reasonsOf({ named }: Report, change: Change): string[] {
  if (change.kind === 'added') return []
  const pin = packageOf(change)
  const isNamed = named.after.has(namedKey(pin))
  const pillar = change.kind === 'rebuilt' ? undefined : PILLARS.get(pin.name)
  return [
    ...(change.kind === 'downgraded' ? [DOWNGRADE] : []),
    ...(isNamed && isMajorUpgrade(change) ? [MAJOR] : []),
    ...(isNamed && change.kind !== 'removed' ? variantReasons(change.previous, change.next) : []),
    ...(pillar === undefined ? [] : [pillar])
  ]
}

function variantReasons(previous: LockedPackage, next: LockedPackage): string[] {
  if (!isOtherVariant(previous.build, next.build)) return []
  const [old, now] = [previous, next].map(pin => variantWords(pin.build).join('_'))
  return [`other variant: ${code(now ?? '') || 'none'} instead of ${code(old ?? '') || 'none'}`]
}

/**
 * Removed packages that no file of upstream's has dropped, that the other manager does not have now, and that nothing has stopped
 * needing. An old explicit lockfile does not say what needs what.
 */
function findGone({ named, condaNames, before = [], after }: Report, changes: readonly Change[]): string[] {
  const knowing = new Set(before.filter(pin => Object.keys(pin.dependencies).length > 0).map(pin => pin.platform))
  const noLongerNeeded = droppedNeeds(before, after)
  const conda = condaPackages(after, condaNames)
  const kept = new Set(after.map(pin => `${pin.platform} ${pypiName(pin.name)}`))
  const gone = changes.filter(change => {
    const { platform, name } = packageOf(change)
    if (change.kind !== 'removed' || PILLARS.has(name) || named.before.has(namedKey(change.previous))) return false
    if (!knowing.has(platform)) return false
    if (noLongerNeeded.has(needKey(change.previous, name))) return false
    return !kept.has(`${platform} ${pypiName(name)}`) && conda(platform, name) === undefined
  })
  return [...new Set(gone.map(change => packageOf(change).name))]
}

/** What packages of the old lock needed, and their successors do not, or there is none. */
function droppedNeeds(before: readonly LockedPackage[], after: readonly LockedPackage[]): ReadonlySet<string> {
  const successors = byKey(after)
  const dropped = before.flatMap(pin => {
    const needed = successors.get(packageKey(pin))?.dependencies ?? {}
    return Object.keys(pin.dependencies).flatMap(name => (name in needed ? [] : [needKey(pin, name)]))
  })
  return new Set(dropped)
}

function needKey({ platform, manager }: LockedPackage, name: string): string {
  return packageKey({ platform, manager, name: pypiName(name) })
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

/**
 * The section; empty where there is nothing to say.
 * @param withNames whether there is room for all names of packages
 */
export function renderAttention(report: Report, attention: Attention, withNames: boolean): string {
  if (countAttention(attention) === 0) return renderCalm(report)
  return blocks([
    '### ⚠️ Look at these first',
    renderClashes(report, attention.clashes),
    attention.changes.length === 0 ? '' : renderChanges(report, attention.changes),
    [
      ...(attention.gone.length === 0 ? [] : [renderGone(attention.gone, withNames)]),
      ...attention.sourceChanges.map(move => renderSourceChange(move, withNames)),
      ...attention.virtual.map(row => renderVirtual(row, report.platforms))
    ].join('\n')
  ])
}

/** That there is nothing to look at, where something has changed and nothing in the report says otherwise. */
function renderCalm(report: Report): string {
  const { before, after, comparison, apart, disagreed, platforms } = report
  if (before === undefined || comparison.changes.length === 0 || apart || disagreed.length > 0) return ''
  if (hasDifference(report.parity, platforms)) return ''
  const isIn = (packages: readonly LockedPackage[], name: string) => packages.some(pin => pin.name === name)
  const pillars = ['Python', 'Dask'].filter(name => [before, after].every(lock => isIn(lock, name.toLowerCase())))
  const same = pillars.length === 0 ? '' : ` the same versions of ${enumerate(pillars)},`
  const where = platforms.every(platform => before.some(pin => pin.platform === platform))
    ? ''
    : ' on the platforms that were locked before'
  return `✅ Nothing here needs a closer look${where}: no downgrade, no major upgrade and no other variant of a package that you name,${same} nothing removed that was still needed, nothing from another channel.`
}

function renderClashes(report: Report, rows: readonly Row<Clash>[]): string {
  const { platforms } = report
  const tell = clashTeller(reasonsFor(report))
  return rows
    .map(({ value, platforms: on }) => {
      const where = on.length === platforms.length ? '' : ` (${platformsOf(on, platforms)})`
      return `- ${tell(value)}${where}`
    })
    .join('\n')
}

function renderGone(names: readonly string[], withNames: boolean): string {
  const what = names.length === 1 ? 'it' : 'them'
  return renderNames(`- No longer there, and nothing else had needed ${what}`, names, withNames)
}

/** A point of a list; many names are folded. */
function renderNames(point: string, names: readonly string[], withNames: boolean): string {
  if (names.length <= MOST_NAMES || !withNames) return `${point}: ${codes(names, MOST_NAMES)}`
  const all = folded('Their names', codes(names, MOST_FOLDED))
  return `${point}: ${plural(names.length, 'package')}\n\n${all.replace(/^(?=.)/gm, '  ')}`
}

function renderChanges(report: Report, rows: readonly Row<Change>[]): string {
  return tableOfRows(['Package', 'From', 'To', 'Why'], rows, report.platforms, change => [
    ...changeCells(change, linkedPage(report, change)),
    enumerate(reasonsOf(report, change).map(reason => (reason === MAJOR ? linkedMajor(report, change) : reason)))
  ])
}

/** A pip package leads to its releases, if it names a repository; of a conda package none is known. */
function linkedMajor({ links, repositories }: Report, change: Change): string {
  const { manager, name } = packageOf(change)
  const repository = links && manager === 'pip' ? repositories.get(pypiName(name)) : undefined
  const page = repository === undefined ? undefined : releasesOf(repository)
  return page === undefined ? MAJOR : `${MAJOR} (${link('releases', page)})`
}

function renderSourceChange(move: SourceChange, withNames: boolean): string {
  const point =
    move.kind === 'moved'
      ? `- From another channel, ${code(move.to)} instead of ${code(move.from)}`
      : `- From a channel that nothing came from until now, ${code(move.to)}`
  return renderNames(point, move.names, withNames)
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
