import type { Bundle } from '../bundle/bundle.js'
import { startEarly } from '../common/early.js'
import type { BundleInputs, Mode } from '../inputs/mode.js'
import { readPreviousLocks, type PreviousLocks } from '../lockfile/previous.js'
import { loadVersionOrder } from '../lockfile/version-order.js'
import type { LockedImage } from './images.js'
import { check } from './check.js'
import { bundleOfCurrent } from './current-bundle.js'
import { deliver, deliverCurrent } from './deliver.js'
import type { Job } from './job.js'
import { lock } from './lock.js'
import type { Outcome } from './outcome.js'
import { receiveBundles } from './receive-bundles.js'
import { findProposedLock } from './proposed-lock.js'
import { readSources, type Sources } from './sources.js'
import { findCurrentLock, logCurrentLock, type CurrentLock } from './up-to-date.js'
import { prepareUpstreamVersions } from './upstream-versions.js'

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

  const images = [await lockSources(sources, current, job)]
  return deliver({ images, failed: [], carried: [], observation: sources.observation, isOwn: true }, job)
}

/**
 * Locks an image for somebody who goes on with it: another job, or a run of several images.
 * @throws SyncError
 */
export async function lockImage(job: Job): Promise<LockedImage> {
  const sources = await readSources(job)
  return lockSources(sources, findCurrentLock(job.inputs, sources), job)
}

async function lockSources(sources: Sources, current: CurrentLock | undefined, job: Job): Promise<LockedImage> {
  const { inputs } = job
  void startEarly(loadVersionOrder()) // while conda-lock is at work
  const readUpstreamVersions = prepareUpstreamVersions(sources, inputs)
  const previous = readPreviousLocks(sources.previous.contents, inputs, inputs.platforms)
  const there =
    current === undefined ? await findProposedLock(sources, job) : await ofBase(current, sources, previous, job)
  const bundle = there ?? (await lock(sources.plan, previous, job))
  const upstreamVersions = await readUpstreamVersions(bundle)
  return { bundle: { ...bundle, upstreamVersions }, previous }
}

/** The lock that the base branch has. One that only the pull request has is delivered without any bundle. */
async function ofBase(
  current: CurrentLock,
  { plan }: Sources,
  previous: PreviousLocks,
  job: Job
): Promise<Bundle | undefined> {
  if (current.kind !== 'base') return undefined
  const bundle = await bundleOfCurrent(current.files, plan, previous, job)
  if (bundle !== undefined) logCurrentLock(current)
  return bundle
}

function bundleInputsOf(mode: Mode): BundleInputs | undefined {
  return mode.kind === 'publish' || mode.kind === 'commit' ? mode.bundles : undefined
}
