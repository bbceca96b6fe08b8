import type { LockedPackage } from '../lockfile/package.js'

/** The place of anaconda.org's channels, which people know by their names alone. */
const ANACONDA = 'https://conda.anaconda.org/'

/**
 * Where a package comes from: for conda the channel (`URL/SUBDIR/FILE` without subdir and file, short if it is on
 * anaconda.org), for pip the host of its file.
 */
export function sourceOf({ manager, url }: Pick<LockedPackage, 'manager' | 'url'>): string {
  if (manager === 'pip') return hostOf(url) ?? url
  const channel = url.slice(0, Math.max(0, url.lastIndexOf('/', url.lastIndexOf('/') - 1)))
  return channel.startsWith(ANACONDA) ? channel.slice(ANACONDA.length) : channel
}

function hostOf(url: string): string | undefined {
  // A requirement from a repository has an address like `git+https://…`.
  const address = url.replace(/^\w+\+/, '')
  return URL.canParse(address) ? new URL(address).host : undefined
}
