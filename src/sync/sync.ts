import { startEarly } from '../common/early.js'
import type { BundleInputs, Mode } from '../inputs/mode.js'
import { readPreviousLocks } from '../lockfile/previous.js'
import { loadVersionOrder } from '../lockfile/version-order.js'
import { bundleOf, check } from './check.js'
import { deliver, deliverCurrent } from './deliver.js'
import type { Job } from './job.js'
import { lock } from './lock.js'
import type { Outcome } from './outcome.js'
import { receiveBundles } from './receive-bundles.js'
import { readSources } from './sources.js'
import { findCurrentLock } from './up-to-date.js'
import { readUpstreamVersions } from './upstream-versions.js'

/**
 * The whole job, in the steps of docs/how-it-works.md. Its two halves, locking and publishing, meet in bundles, which may come
 * from other jobs.
 * @throws SyncError; nothing has changed then, unless it is GitHub that failed at the very end
 */
export async function sync(job: Job): Promise<Outcome> {
  const { inputs, condaLock } = job
  if (inputs.mode.kind === 'check') return check(job)
  const bundles = bundleInputsOf(inputs.mode)
  if (bundles !== undefined) return deliver(await receiveBundles(bundles, job), job)

  // Python loads conda-lock while GitHub is asked. Where a solve may not be needed, nothing is loaded for it.
  if (inputs.relock.kind === 'always') condaLock.start()
  const sources = await readSources(job)
  const current = findCurrentLock(inputs, sources)
  if (current !== undefined && inputs.mode.kind !== 'lock') return deliverCurrent(current, sources, job)

  void startEarly(loadVersionOrder()) // while conda-lock is at work
  const previous = readPreviousLocks(sources.previous.contents, inputs, inputs.platforms)
  const bundle = (await bundleOf(current, sources, previous, job)) ?? (await lock(sources.plan, previous, job))
  const upstreamVersions = await readUpstreamVersions(bundle, sources, inputs)
  const images = [{ bundle: { ...bundle, upstreamVersions }, previous }]
  return deliver({ images, failed: [], carried: [], observation: sources.observation, isOwn: true }, job)
}

function bundleInputsOf(mode: Mode): BundleInputs | undefined {
  return mode.kind === 'publish' || mode.kind === 'commit' ? mode.bundles : undefined
}
