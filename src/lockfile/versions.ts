import type { LockedPackage } from './package.js'

/** Versions by name, by platform; a platform that an environment is not for is not there. */
export type PlatformVersions = ReadonlyMap<string, ReadonlyMap<string, string>>

/** The versions that a lock has of the named packages; pip's, where both have a package of that name: it is installed over conda's. */
export function versionsIn(packages: readonly LockedPackage[], names: readonly string[]): PlatformVersions {
  const versions = new Map<string, Map<string, string>>()
  for (const { platform, manager, name, version } of packages) {
    const known = versions.get(platform) ?? new Map<string, string>()
    versions.set(platform, known)
    if (names.includes(name) && (manager === 'pip' || !known.has(name))) known.set(name, version)
  }
  return versions
}
