import type { LockedPackage } from '../lockfile/package.js'

/** A channel of anaconda.org by its name; of a label of it, too. A private one has a token, `t/TOKEN/NAME`, and is none. */
const ANACONDA_CHANNEL = /^https:\/\/conda\.anaconda\.org\/(\w[\w.-]*)\/(?:label\/[^/]+\/)?[^/]+\/[^/]+$/

/** Where PyPI keeps its files; another index has no page that is known. */
const PYPI_FILES = 'https://files.pythonhosted.org/'

/** Where a forge lists the releases of a repository, after the address of that. */
const RELEASES: ReadonlyMap<string, string> = new Map([
  ['github.com', 'releases'],
  ['gitlab.com', '-/releases'],
  ['codeberg.org', 'releases'],
  ['bitbucket.org', 'downloads/?tab=tags']
])

/** What conda and PyPI allow as a name, as far as it needs no escape in an address. */
const NAME = /^\w(?:[\w.-]*\w)?$/

/**
 * The page of a package on the host that its file comes from, made of its channel and its name alone; undefined where
 * there is none that is known. Neither lockfiles nor records tell its feedstock.
 */
export function pageOf({ manager, name, url }: Pick<LockedPackage, 'manager' | 'name' | 'url'>): string | undefined {
  if (!NAME.test(name)) return undefined
  if (manager === 'pip') return url.startsWith(PYPI_FILES) ? `https://pypi.org/project/${name}/` : undefined
  const [, channel] = ANACONDA_CHANNEL.exec(url) ?? []
  return channel === undefined ? undefined : `https://anaconda.org/${channel}/${name}`
}

/** The releases of a repository, `HOST/OWNER/NAME`; undefined where a forge has no known list. */
export function releasesOf(repository: string): string | undefined {
  const page = RELEASES.get(repository.split('/', 1)[0] ?? '')
  return page === undefined ? undefined : `https://${repository}/${page}`
}
