import { pypiName } from '../environment/pypi-name.js'

/** `HOST/OWNER/NAME` of a repository on a forge where this is the whole form of an address. */
export const REPOSITORY =
  /^(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)\/(?!(?:apps|marketplace|orgs|sponsors|topics|users)\/)[A-Za-z0-9][\w.-]{0,99}\/[A-Za-z0-9_][\w.-]{0,99}$/

/**
 * Labels of a project's addresses that are for its repository, the best first, as
 * https://packaging.python.org/en/latest/specifications/well-known-project-urls/ has them. Others can lead to somebody else's.
 */
const LABELS = ['source', 'repository', 'sourcecode', 'github', 'homepage']

/**
 * The repository of each package of an index that names one on a known forge.
 * @param projects by name, the addresses of a release that its author wrote, each with its label
 * @returns `HOST/OWNER/NAME` by name as PyPI writes it
 */
export function repositoriesOf(
  projects: Readonly<Record<string, readonly (readonly [label: string, url: string])[]>>
): Map<string, string> {
  return new Map(
    Object.entries(projects).flatMap(([name, urls]) => {
      const found = LABELS.flatMap(label =>
        urls.flatMap(([own, url]) => (normalized(own) === label ? (parseRepository(url) ?? []) : []))
      )
      return found[0] === undefined ? [] : [[pypiName(name), found[0]] as const]
    })
  )
}

/** `HOST/OWNER/NAME`; undefined for all else than an `https` address of exactly that on a known forge. */
export function parseRepository(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const { protocol, username, password, host, pathname } = new URL(address)
  if (protocol !== 'https:' || username !== '' || password !== '') return undefined
  const text = `${host}${pathname.replace(/\/$/, '').replace(/\.git$/, '')}`
  return REPOSITORY.test(text) ? text : undefined
}

/** Labels are compared without punctuation and case. */
function normalized(label: string): string {
  return label.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
}
