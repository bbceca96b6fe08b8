import type { LockedPackage } from '../lockfile/package.js'
import { versionsIn, type PlatformVersions } from '../lockfile/versions.js'
import { enumerate } from '../common/sentences.js'
import { blocks, code, codes } from '../common/markdown.js'
import { shareRows, tableOfRows } from './rows.js'

/** Packages that have to be the same in several environments, and what each of those has. */
export interface Parity {
  readonly names: readonly string[]
  /** The environment of this report first. */
  readonly columns: readonly ParityColumn[]
}

export interface ParityColumn {
  /** What the environment is called: a lockfile, an image. */
  readonly title: string
  readonly versions: PlatformVersions
}

/** One package on one platform, with what each column has. */
interface Line {
  readonly platform: string
  readonly name: string
  readonly cells: readonly Cell[]
}

/** A version; `absent` where the environment lacks the package, `other platform` where it is not for that platform. */
type Cell = { readonly version: string } | 'absent' | 'other platform'

/** A locked environment, as far as it has to be the same as others. */
export interface Member {
  /** What it is called. */
  readonly title: string
  readonly packages: readonly LockedPackage[]
  readonly platforms: readonly string[]
  /** Packages that have to be the same. */
  readonly names: readonly string[]
}

/** What several environments have of all that has to be the same for one of them. */
export function parityOf(members: readonly Member[]): { parity: Parity; platforms: string[] } {
  const names = [...new Set(members.flatMap(member => member.names))]
  const platforms = [...new Set(members.flatMap(member => member.platforms))]
  const columns = members.map(({ title, packages }) => ({ title, versions: versionsIn(packages, names) }))
  return { parity: { names, columns }, platforms }
}

/** What differs, as sentences without Markdown. A package that only some environments have is no difference. */
export function tellParity({ names, columns }: Parity, platforms: readonly string[]): string[] {
  const lines = platforms.flatMap(platform => names.map(name => lineOf(platform, name, columns)))
  return lines.flatMap(({ platform, name, cells }) => {
    const versions = cells.flatMap((cell, index) =>
      typeof cell === 'object' ? [{ version: cell.version, title: columns[index]?.title ?? '' }] : []
    )
    if (new Set(versions.map(({ version }) => version)).size < 2) return []
    return [`${name} is ${enumerate(versions.map(({ version, title }) => `${version} in ${title}`))} on ${platform}`]
  })
}

/** The section: a table of what differs, or a line that says that nothing does; empty if there is nothing to compare. */
export function renderParity(parity: Parity, platforms: readonly string[]): string {
  const { columns } = parity
  const lines = linesOf(parity, platforms)
  const differing = lines.filter(isDiffering)
  const titles = columns.map(column => code(column.title))
  if (lines.length === 0) return ''
  if (differing.length === 0) {
    const same = [...new Set(lines.map(line => line.name))]
    return `✅ Same versions in ${titles.join(', ')}: ${codes(same)}.`
  }
  const rows = shareRows(
    differing,
    line => line.platform,
    ({ name, cells }) => JSON.stringify([name, cells])
  )
  return blocks([
    '### Not the same version everywhere',
    'Dask wants the same versions on client, scheduler and workers (`same-version`).',
    tableOfRows(['Package', ...titles], rows, platforms, ({ name, cells }) => [
      code(name),
      ...cells.map(cell => `${renderCell(cell)}${isSame(cell, cells[0]) ? '' : ' ⚠️'}`)
    ])
  ])
}

/** Whether any environment has something else than the others. */
export function hasDifference(parity: Parity, platforms: readonly string[]): boolean {
  return linesOf(parity, platforms).some(isDiffering)
}

/** What can be compared. */
function linesOf({ names, columns }: Parity, platforms: readonly string[]): Line[] {
  if (columns.length < 2) return []
  return platforms.flatMap(platform => names.map(name => lineOf(platform, name, columns))).filter(isCompared)
}

function isDiffering({ cells }: Line): boolean {
  return new Set(cells.flatMap(versionOf)).size > 1
}

function lineOf(platform: string, name: string, columns: readonly ParityColumn[]): Line {
  const cells = columns.map(({ versions }): Cell => {
    const found = versions.get(platform)
    if (found === undefined) return 'other platform'
    const version = found.get(name)
    return version === undefined ? 'absent' : { version }
  })
  return { platform, name, cells }
}

/** A package that nobody has, or a platform that only one environment is for, is no difference. */
function isCompared({ cells }: Line): boolean {
  return cells.filter(cell => cell !== 'other platform').length > 1 && cells.some(cell => typeof cell === 'object')
}

/** Whether a cell agrees with the first one, as far as it can be said. */
function isSame(cell: Cell, first: Cell | undefined): boolean {
  if (cell === 'other platform' || first === undefined || first === 'other platform') return true
  return versionOf(cell)[0] === versionOf(first)[0]
}

function versionOf(cell: Cell): string[] {
  if (cell === 'other platform') return []
  return [cell === 'absent' ? '' : cell.version]
}

function renderCell(cell: Cell): string {
  if (cell === 'other platform') return '–'
  return cell === 'absent' ? '*not there*' : code(cell.version)
}
