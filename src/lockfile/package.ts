/** A package as a lockfile pins it. */
export interface LockedPackage {
  readonly platform: string
  readonly manager: 'conda' | 'pip'
  readonly name: string
  readonly version: string
  /** Build string of a conda package; empty for pip. */
  readonly build: string
  readonly url: string
  /** The strongest hash the lockfile has, as `sha256:…` or `md5:…` in hex; empty where it has none. */
  readonly hash: string
  /** The MD5 in hex, the only hash that explicit lockfiles have of conda packages; empty where the lockfile has none. */
  readonly md5: string
  /** Names to version specs. Empty for explicit lockfiles, which do not have them. */
  readonly dependencies: Readonly<Record<string, string>>
  readonly categories: readonly string[]
}

/** What makes two entries of two locks the same package: one string per platform, manager and name. */
export function packageKey(pin: Pick<LockedPackage, 'platform' | 'manager' | 'name'>): string {
  return `${pin.platform} ${pin.manager} ${pin.name}`
}

/** Packages by {@link packageKey}. */
export function byKey(packages: readonly LockedPackage[]): Map<string, LockedPackage> {
  return new Map(packages.map(pin => [packageKey(pin), pin]))
}

/** The packages of one platform. */
export function packagesOn(platform: string, packages: readonly LockedPackage[]): LockedPackage[] {
  return packages.filter(pin => pin.platform === platform)
}

/** Whether a pip package is installed as it is. */
export function isWheel({ url }: Pick<LockedPackage, 'url'>): boolean {
  return pathOf(url).endsWith('.whl')
}

const SOURCES = ['.tar.gz', '.zip', '.tar.bz2', '.tar.xz', '.tar']

/** Whether a pip package is a source distribution, which has to be built to be installed: that runs its code. */
export function isSource({ manager, url }: Pick<LockedPackage, 'manager' | 'url'>): boolean {
  return manager === 'pip' && /^https?:/.test(url) && SOURCES.some(ending => pathOf(url).endsWith(ending))
}

/** An address without what may follow its path. */
function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url
}

/** Name, version and build string of a conda archive, from its URL: `NAME-VERSION-BUILD.conda` or `.tar.bz2`. */
export function parseCondaUrl(url: string): { name: string; version: string; build: string } | undefined {
  const match = /\/([^/]+)-([^-/]+)-([^-/]+?)(?:\.conda|\.tar\.bz2)$/.exec(url)
  const [, name, version, build] = match ?? []
  if (name === undefined || version === undefined || build === undefined) return undefined
  // rattler writes an epoch as `1!2`, micromamba as `1%212`.
  return { name: decodeUrl(name), version: decodeUrl(version), build: decodeUrl(build) }
}

/** A URL in which equal addresses are equal texts; a malformed escape stays as it is. */
export function decodeUrl(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether two entries can be of the same file, by each hash that both have: one may have a SHA-256 and the other only an MD5. */
export function sameHash(
  left: Pick<LockedPackage, 'hash' | 'md5'>,
  right: Pick<LockedPackage, 'hash' | 'md5'>
): boolean {
  if (left.md5 !== '' && right.md5 !== '' && left.md5 !== right.md5) return false
  return algorithmOf(left.hash) !== algorithmOf(right.hash) || left.hash === right.hash
}

function algorithmOf(hash: string): string {
  return hash.split(':', 1).join()
}

/** Whether two locks pin the same packages: URL, hash, dependencies and categories, in any order. */
export function samePackages(left: readonly LockedPackage[], right: readonly LockedPackage[]): boolean {
  return left.length === right.length && canonical(left) === canonical(right)
}

function canonical(packages: readonly LockedPackage[]): string {
  return packages
    .map(pin =>
      JSON.stringify([
        packageKey(pin),
        decodeUrl(pin.url),
        pin.hash,
        Object.entries(pin.dependencies).sort(byText),
        [...pin.categories].sort()
      ])
    )
    .sort()
    .join('\n')
}

function byText([left]: [string, string], [right]: [string, string]): number {
  return left < right ? -1 : left > right ? 1 : 0
}
