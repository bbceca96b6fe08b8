import { imageName, type Bundle } from '../bundle/bundle.js'
import { SyncError } from '../common/errors.js'
import { isContent, type DesiredFile } from '../common/files.js'
import type { Inputs } from '../inputs/inputs.js'
import { describeUnreadable, type PreviousLocks } from '../lockfile/previous.js'
import { loadVersionOrder } from '../lockfile/version-order.js'
import type { ImageMemory } from '../publish/marker.js'
import { findDifferentVersions, renderImages } from '../report/images.js'
import { makeReport } from '../report/make.js'
import { renderReport } from '../report/report.js'
import type { ImageReport } from '../report/shared-changes.js'
import { warn } from '../runner/log.js'
import type { Runner } from '../runner/runner.js'
import type { Observation } from './observe.js'

/** The images of a run that were not locked this time. */
interface OtherImages {
  /** The folders of those that could not be locked. */
  readonly failed: readonly string[]
  /** Those of them whose earlier proposal stays in the open pull request. */
  readonly carried: readonly CarriedImage[]
}

/** The images of a run as they were locked, here or by other jobs, for the branch that was observed. */
export interface LockedImages extends OtherImages {
  readonly images: readonly LockedImage[]
  readonly observation: Observation
  /** Whether this run locked them itself, so that the files belong into its checkout. */
  readonly isOwn: boolean
}

/** A locked environment, and the locks that it would replace. */
export interface LockedImage {
  readonly bundle: Bundle
  readonly previous: PreviousLocks
}

/** The images of a run as they were compared. */
export interface ComparedImages extends OtherImages {
  readonly images: readonly ComparedImage[]
}

/** A locked environment with the report that compares it with the previous one. */
export interface ComparedImage extends ImageReport {
  readonly bundle: Bundle
}

/** An image that could not be locked, with what an earlier run has proposed for it. */
export interface CarriedImage {
  /** Its folder. */
  readonly directory: string
  readonly files: readonly DesiredFile[]
  /** What the pull request remembers of it. */
  readonly memory: ImageMemory
}

/** Compares locked environments with what was there before. */
export async function compareImages(
  { images, failed, carried, observation }: LockedImages,
  runner: Pick<Runner, 'repository' | 'runUrl'>,
  { links }: Pick<Inputs, 'links'>
): Promise<ComparedImages> {
  const order = await loadVersionOrder()
  const isReviewed = observation.kind === 'pull-request'
  const compared = images.map(({ bundle, previous }) => {
    const { layout, files } = bundle
    previous.unreadable.map(describeUnreadable).forEach(warn)
    const changed = files.some(file => !isContent(file, previous.contents.get(file.path)))
    const reader = images.length > 1 ? 'section' : 'reviewer'
    const audience = isReviewed && changed ? reader : 'owner'
    return {
      name: imageName(layout),
      bundle,
      changed,
      report: makeReport({ bundle, audience, runner, previous, links }, order)
    }
  })
  return { images: compared, failed, carried }
}

/** @throws SyncError of kind `verify` where `on-different-versions` refuses what the images have */
export function checkVersions(
  { images }: Pick<ComparedImages, 'images'>,
  { onDifferentVersions }: Pick<Inputs, 'onDifferentVersions'>
): void {
  if (onDifferentVersions !== 'error') return
  const differences = findDifferentVersions(images)
  if (differences.length > 0) throw differentVersionsError(differences)
}

/** @param differences one sentence each, without Markdown */
export function differentVersionsError(differences: readonly string[]): SyncError {
  return new SyncError('verify', `Images have different versions: ${differences.join('; ')}.`, {
    hint: 'Pin the package in an environment file that all of them share, take it out of `same-version`, or set `on-different-versions: warn`.'
  })
}

/** The report on all images as Markdown of at most `limit` bytes. */
export function renderOutcome({ images, failed, carried }: ComparedImages, limit: number): string {
  const [only, ...others] = images
  if (only === undefined) throw new Error('there is no image to tell of')
  if (others.length === 0 && failed.length === 0) return renderReport(only.report, limit)
  const directories = carried.map(({ directory }) => directory)
  return renderImages({ images, failed, carried: directories, runUrl: only.report.runUrl }, limit)
}
