import { code, blocks, codes, folded, table } from '../common/markdown.js'
import { enumerate, plural } from '../common/sentences.js'
import { isSameFile, packageOf, type Change } from '../lockfile/compare.js'
import { packagesOn, type LockedPackage } from '../lockfile/package.js'
import { compareTexts, packageCell, shareRows } from './rows.js'

/** Bytes of packages by {@link LockedPackage.hash}; only known ones. */
type Sizes = ReadonlyMap<string, number>

/** What the packages of one platform come to as they are downloaded, compressed; in bytes, as far as sizes are known. */
export interface Download {
  readonly platform: string
  /** Whether there was no lock for it before. */
  readonly isNew: boolean
  /** Of all packages of the new lock. */
  readonly total: number
  /** Of the packages of the old lock that could be compared with what became of them. */
  readonly before: number
  /** What each changed package adds, if its size is known before and now. */
  readonly added: readonly Added[]
  /** Changed packages of which the size before or the size now is not known. */
  readonly unknownChanged: number
  /** The same of packages that have not changed. */
  readonly unknownOthers: number
}

interface Added {
  readonly pin: Pick<LockedPackage, 'manager' | 'name'>
  /** Negative if it takes less than before. */
  readonly bytes: number
}

/** Packages that are named for what they add. */
const MOST = 10

/** What shows as 0.1 MB; less is not worth a line. */
const LEAST = 50_000

/** What the download of each platform comes to, linux-64 first; a package that is the same file as before adds nothing. */
export function findDownloads(
  platforms: readonly string[],
  before: readonly LockedPackage[],
  after: readonly LockedPackage[],
  changes: readonly Change[],
  sizes: Sizes
): Download[] {
  const isLinux = (platform: string) => platform === 'linux-64'
  const ordered = [...platforms.filter(isLinux), ...platforms.filter(platform => !isLinux(platform))]
  return ordered.map(platform => {
    const moved = changes.filter(change => packageOf(change).platform === platform && !isSameFile(change))
    const pins = packagesOn(platform, after)
    const weighed = moved.map(change => ({ change, added: addedBy(change, sizes) }))
    const added = weighed.flatMap(entry => entry.added ?? [])
    const changed = new Set(moved.map(packageOf))
    const total = sum(pins.map(pin => sizes.get(pin.hash) ?? 0))
    const incomparable = weighed.filter(entry => entry.added === undefined).map(({ change }) => change)
    const newlyKnown = incomparable.map(change => (change.kind === 'removed' ? 0 : (sizes.get(change.next.hash) ?? 0)))
    return {
      platform,
      isNew: packagesOn(platform, before).length === 0,
      total,
      before: total - sum(newlyKnown) - sum(added.map(({ bytes }) => bytes)),
      added,
      unknownChanged: incomparable.length,
      unknownOthers: pins.filter(pin => !changed.has(pin) && !sizes.has(pin.hash)).length
    }
  })
}

/** Undefined where a size is not known. */
function addedBy(change: Change, sizes: Sizes): Added | undefined {
  const now = change.kind === 'removed' ? 0 : sizes.get(change.next.hash)
  const before = change.kind === 'added' ? 0 : sizes.get(change.previous.hash)
  if (now === undefined || before === undefined) return undefined
  return { pin: packageOf(change), bytes: now - before }
}

/** How much more or less is to be downloaded than before, and what adds most to it; nothing if that is not known, or nothing. */
export function renderDownloads(downloads: readonly Download[], platforms: readonly string[]): string {
  const told = downloads.filter(download => Math.abs(growth(download)) >= LEAST)
  const rows = shareRows(told, ({ platform }) => platform, describe)
  const sentences = rows.map(row => {
    const isAll = row.platforms.length === platforms.length
    return `${isAll ? 'The' : `On ${codes(row.platforms)}, the`} download ${describe(row.value)}.`
  })
  return blocks([
    sentences.length > 1 ? sentences.map(sentence => `- ${sentence}`).join('\n') : sentences.join(''),
    renderMost(told)
  ])
}

/** What is said of one platform, from the verb on. */
function describe(download: Download): string {
  const { isNew, total, before } = download
  const bytes = growth(download)
  const share = shareOf(bytes, before)
  const unknown = describeUnknown(download)
  if (isNew) return `is ${megabytes(total)}${unknown}`
  const verb = bytes > 0 ? 'grows' : 'shrinks'
  return `${verb} by ${megabytes(Math.abs(bytes))}${share} to ${megabytes(total)}${unknown}`
}

/** ` (+2.1 %)`; nothing where that would be 0.0, or there is nothing to compare with. */
function shareOf(bytes: number, before: number): string {
  const percent = before > 0 ? Math.abs(bytes / before) * 100 : 0
  if (percent < 0.05) return ''
  return ` (${signed(bytes, `${percent.toFixed(percent < 99.95 ? 1 : 0)} %`)})`
}

function describeUnknown({ isNew, unknownChanged, unknownOthers }: Download): string {
  const count = unknownChanged + unknownOthers
  if (count === 0) return ''
  if (isNew) return `, without ${plural(count, 'package')} of unknown size`
  const changed = unknownChanged === 0 ? [] : [`${unknownChanged} changed`]
  const others = unknownOthers === 0 ? [] : [`${unknownOthers} unchanged`]
  const noun = unknownOthers === 1 || (unknownOthers === 0 && count === 1) ? 'package' : 'packages'
  return `, without ${enumerate([...changed, ...others])} ${noun} of unknown size`
}

/** A row for each of the packages that add most on any platform. */
function renderMost(downloads: readonly Download[]): string {
  const entries = downloads.flatMap(({ platform, added }) => added.map(entry => ({ ...entry, platform })))
  const largest = entries
    .filter(({ bytes }) => bytes >= LEAST)
    .sort((left, right) => right.bytes - left.bytes || compareTexts(left.pin.name, right.pin.name))
  const cells = [...new Set(largest.map(({ pin }) => packageCell(pin)))].slice(0, MOST)
  if (cells.length === 0) return ''
  const titles = downloads.length === 1 ? ['Adds'] : downloads.map(({ platform }) => code(platform))
  const rows = cells.map(cell => [
    cell,
    ...downloads.map(({ added }) => {
      const { bytes } = added.find(({ pin }) => packageCell(pin) === cell) ?? { bytes: 0 }
      return Math.abs(bytes) < LEAST ? '' : signed(bytes, megabytes(Math.abs(bytes)))
    })
  ])
  return folded('What adds most to the download', table(['Package', ...titles], rows))
}

function growth({ added }: Download): number {
  return sum(added.map(({ bytes }) => bytes))
}

function signed(value: number, text: string): string {
  return `${value < 0 ? '−' : '+'}${text}`
}

/** Bytes as people read them, in steps of 1000: `0.4 MB`, `48 MB`, `2.3 GB`. */
export function megabytes(bytes: number): string {
  const amount = bytes / 1e6
  if (amount < 9.95) return `${amount.toFixed(1)} MB`
  return amount < 999.5 ? `${amount.toFixed(0)} MB` : `${(amount / 1000).toFixed(1)} GB`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
