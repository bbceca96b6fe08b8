import type { Bundle } from '../bundle/bundle.js'
import { isContent } from '../common/files.js'
import type { Inputs } from '../inputs/inputs.js'
import { fetchUpstreamLock } from '../upstream/fetch.js'
import { readUpstreamLocks, type UpstreamVersions } from '../upstream/locks.js'
import { isProposed } from './observe.js'
import type { Sources } from './sources.js'

/** Fetches what upstream's own lockfile has of the packages of `same-version`, where there is something new to tell. */
export async function readUpstreamVersions(
  { files, upstream }: Bundle,
  { previous, observation, upstreamSource }: Sources,
  { sameVersion }: Pick<Inputs, 'sameVersion'>
): Promise<UpstreamVersions[]> {
  if (upstream === undefined || upstreamSource === undefined) return []
  const isNew = files.some(file => !isContent(file, previous.contents.get(file.path)))
  if (!isNew || isProposed(files, observation)) return []
  const lock = await fetchUpstreamLock(upstreamSource.github, upstreamSource.inputs, upstream.commit)
  return readUpstreamLocks(lock === undefined ? [] : [lock], sameVersion)
}
