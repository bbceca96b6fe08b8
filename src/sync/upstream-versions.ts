import type { Bundle } from '../bundle/bundle.js'
import { startEarly } from '../common/early.js'
import { isContent } from '../common/files.js'
import type { Inputs } from '../inputs/inputs.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import { fetchUpstreamLock } from '../upstream/fetch.js'
import { readUpstreamLocks, type UpstreamVersions } from '../upstream/locks.js'
import { isProposed, openPullOf } from './observe.js'
import type { Sources, UpstreamSource } from './sources.js'

/**
 * Finds what upstream's own lockfile has of the packages of `same-version`, for a bundle that is still to be made, where there is
 * something new to tell. Where that is certain it is fetched at once, while conda-lock is at work.
 */
export function prepareUpstreamVersions(
  sources: Sources,
  { sameVersion }: Pick<Inputs, 'sameVersion'>
): (bundle: Bundle) => Promise<UpstreamVersions[]> {
  const { plan, previous, observation, upstreamSource } = sources
  const { upstream } = plan
  if (upstream === undefined || upstreamSource === undefined) return () => Promise.resolve([])
  const fetch = (commit: string) => fetchVersions(upstreamSource, commit, sameVersion)
  const early = isCertainlyNew(sources) ? startEarly(fetch(upstream.commit)) : undefined
  return async ({ files, upstream: locked }) => {
    const isNew = files.some(file => !isContent(file, previous.contents.get(file.path)))
    if (locked === undefined || !isNew || isProposed(files, observation)) return []
    return early !== undefined && locked.commit === upstream.commit ? early : fetch(locked.commit)
  }
}

/** Of other inputs a lockfile is another one, since it names their hash. */
function isCertainlyNew({ plan, previous, observation }: Sources): boolean {
  const known = [previous.metadata, openPullOf(observation)?.memory?.metadata ?? {}]
  return known.every(metadata => metadata[INPUTS_HASH] !== plan.metadata[INPUTS_HASH])
}

async function fetchVersions(
  { github, inputs }: UpstreamSource,
  commit: string,
  names: readonly string[]
): Promise<UpstreamVersions[]> {
  const lock = await fetchUpstreamLock(github, inputs, commit)
  return readUpstreamLocks(lock === undefined ? [] : [lock], names)
}
