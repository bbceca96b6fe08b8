import { packageOf, type Change } from '../lockfile/compare.js'
import type { LockedPackage } from '../lockfile/package.js'
import { code, codes, link, table } from '../common/markdown.js'

/** One change that some platforms have in common. */
export interface Row<T> {
  readonly value: T
  readonly platforms: readonly string[]
}

/** Makes one row of all values with the same key, in the order in which the keys come. */
export function shareRows<T>(
  values: readonly T[],
  platformOf: (value: T) => string,
  keyOf: (value: T) => string
): Row<T>[] {
  const rows = new Map<string, { value: T; platforms: string[] }>()
  for (const value of values) {
    const key = keyOf(value)
    const row = rows.get(key)
    if (row === undefined) rows.set(key, { value, platforms: [platformOf(value)] })
    else row.platforms.push(platformOf(value))
  }
  return [...rows.values()]
}

/** Changes of the same package from and to the same versions as one row; by package. */
export function shareChanges(
  changes: readonly Change[],
  detailOf: (change: Change) => string = () => ''
): Row<Change>[] {
  const byName = (left: Row<Change>, right: Row<Change>) => compareTexts(nameOf(left), nameOf(right))
  const nameOf = (row: Row<Change>) => packageOf(row.value).name
  return shareRows(
    changes,
    change => packageOf(change).platform,
    change => {
      const { manager, name } = packageOf(change)
      return JSON.stringify([change.kind, manager, name, ...versions(change), detailOf(change)])
    }
  ).sort(byName)
}

function versions(change: Change): readonly [string, string] {
  return [change.kind === 'added' ? '' : change.previous.version, change.kind === 'removed' ? '' : change.next.version]
}

/**
 * The cells that say which package goes from where to where.
 * @param page of the package, if there is to be a link
 */
export function changeCells(change: Change, page: string | undefined): string[] {
  const [from, to] = versions(change)
  return [
    linkedCell(packageOf(change), page),
    change.kind === 'added' ? '*new*' : versionCell(from),
    change.kind === 'removed' ? '*removed*' : versionCell(to)
  ]
}

/** A package from a repository has no version in an explicit lockfile. */
function versionCell(version: string): string {
  return version === '' ? '?' : code(version)
}

/** The name of a package, and whether only pip can install it. */
export function packageCell({ manager, name }: Pick<LockedPackage, 'manager' | 'name'>): string {
  return manager === 'pip' ? `${code(name)} (pip)` : code(name)
}

/** A {@link packageCell} whose name leads to the page of the package, where there is one. */
export function linkedCell(pin: Pick<LockedPackage, 'manager' | 'name'>, page: string | undefined): string {
  const { manager, name } = pin
  if (page === undefined) return packageCell(pin)
  return `${link(code(name), page)}${manager === 'pip' ? ' (pip)' : ''}`
}

/** A table with a row for each row; it says which platforms a row is for where that is not all of them. */
export function tableOfRows<T>(
  header: readonly string[],
  rows: readonly Row<T>[],
  allPlatforms: readonly string[],
  cellsOf: (value: T) => readonly string[]
): string {
  if (rows.every(row => row.platforms.length === allPlatforms.length)) {
    return table(
      header,
      rows.map(row => cellsOf(row.value))
    )
  }
  return table(
    [...header, 'Platforms'],
    rows.map(row => [...cellsOf(row.value), platformsOf(row.platforms, allPlatforms)])
  )
}

/** `all`, `all but …`, or the platforms; Markdown. */
export function platformsOf(platforms: readonly string[], allPlatforms: readonly string[]): string {
  const others = allPlatforms.filter(platform => !platforms.includes(platform))
  if (others.length === 0) return 'all'
  return others.length === 1 && platforms.length > 1 ? `all but ${codes(others)}` : codes(platforms)
}

/** Orders texts by code units, the same on every machine. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
