import { SyncError } from '../common/errors.js'
import type { BundleInputs } from '../inputs/mode.js'
import { firstTwice } from '../inputs/paths.js'
import { imageName, type Bundle } from './bundle.js'
import type { Expectation } from './check.js'
import { findBundles, readBundle } from './read.js'

/** The bundles of a run, and the images that have none. */
export interface CollectedBundles {
  readonly bundles: readonly Bundle[]
  readonly failed: readonly string[]
}

/**
 * Reads all bundles.
 * @throws SyncError of kind `bundle` if one is not as it must be, if there is none, or if one is missing that must not
 */
export async function collectBundles(inputs: BundleInputs, expectation: Expectation): Promise<CollectedBundles> {
  const folders = await findBundles(inputs.folders)
  const bundles: Bundle[] = []
  // One after another, so that only one is in memory twice: as bytes and as values.
  for (const folder of folders) bundles.push(await readBundle(folder, expectation))
  bundles.sort((left, right) => (imageName(left.layout) < imageName(right.layout) ? -1 : 1))
  const directories = bundles.map(({ layout }) => layout.workingDirectory)
  const failed = inputs.images.filter(image => !directories.includes(image))
  if (bundles.length === 0) throw none(inputs)
  if (failed.length > 0 && !inputs.partial) throw missing(failed)
  const odd = directories.find(directory => inputs.images.length > 0 && !inputs.images.includes(directory))
  if (odd !== undefined) throw unexpected(odd)
  const twice = firstTwice(bundles.map(({ layout }) => layout.lockfile))
  if (twice !== undefined) throw double(twice)
  return { bundles, failed }
}

function none({ folders }: BundleInputs): SyncError {
  return new SyncError('bundle', `There is no bundle in ${folders.join(', ')}.`, {
    hint: 'Download the artifacts of the jobs with `mode: lock` before this step, and correct `bundles`. If those jobs have failed, look there.'
  })
}

function missing(failed: readonly string[]): SyncError {
  return new SyncError('bundle', `There is no bundle of ${failed.join(', ')}, so nothing was published.`, {
    hint: 'Look at the job that locks it; `publish-partial: true` publishes the others.'
  })
}

function unexpected(directory: string): SyncError {
  return new SyncError('bundle', `There is a bundle of ${directory}, which \`images\` does not name.`, {
    hint: 'Add it to `images`, or find out where that bundle comes from.'
  })
}

function double(lockfile: string): SyncError {
  return new SyncError('bundle', `Two bundles have the lockfile ${lockfile}.`, {
    hint: 'Give each image a `working-directory` or a `lockfile` of its own, and each run a `bundle` of its own.'
  })
}
