import { combine, SyncError } from '../common/errors.js'
import type { Inputs } from '../inputs/inputs.js'
import type { Mode, ProposedInputs } from '../inputs/mode.js'
import { parityOf, tellParity } from '../report/parity.js'
import { startDeadline } from '../runner/deadline.js'
import { log } from '../runner/log.js'
import { check } from './check.js'
import { deliver } from './deliver.js'
import { differentVersionsError, type LockedImage, type LockedImages } from './images.js'
import { withJob, type Job, type JobOptions } from './job.js'
import type { CheckedOutcome, Outcome } from './outcome.js'
import { fitBundles } from './receive-bundles.js'
import { lockImage, sync } from './sync.js'

/**
 * The whole run: one image, or several one after another, which are delivered together.
 * @param images the inputs of each; what they say of the run is the same
 * @throws SyncError; with several images only if none could be locked, or if the others are not to be delivered without it
 */
export async function syncImages(images: readonly Inputs[], options: JobOptions): Promise<Outcome> {
  const [first, ...others] = images
  if (first === undefined) throw new Error('a run without an image')
  const deadline = startDeadline(first.timeoutMinutes)
  const doEach = <T>(work: (job: Job) => Promise<T>) =>
    eachImage(images, inputs => withJob(inputs, deadline, options, work))
  if (others.length === 0) return withJob(first, deadline, options, sync)
  if (first.mode.kind === 'check') return allChecked(await doEach(check), images)

  const { done, failed, errors } = await doEach(job => lockImage(asLockJob(job)))
  if (errors.length > 0 && !first.partial) throw combine(errors)
  const outcome = await withJob(first, deadline, options, async job =>
    deliver(await locatedImages(done, failed, job), job)
  )
  return { ...outcome, errors }
}

/** What images have come to, and which of them have failed, and why. */
interface Done<T> {
  readonly done: readonly T[]
  /** Folders. */
  readonly failed: readonly string[]
  readonly errors: readonly SyncError[]
}

/** @throws SyncError if no image succeeds */
async function eachImage<T>(images: readonly Inputs[], work: (inputs: Inputs) => Promise<T>): Promise<Done<T>> {
  const done: T[] = []
  const failed: string[] = []
  const errors: SyncError[] = []
  for (const inputs of images) {
    log(`Image ${inputs.workingDirectory}:`)
    try {
      done.push(await work(inputs))
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      failed.push(inputs.workingDirectory)
      errors.push(...[error, ...error.others].map(each => ofImage(inputs.workingDirectory, each)))
    }
  }
  if (done.length === 0) throw combine(errors)
  return { done, failed, errors }
}

/** What names no file could be about any image. */
function ofImage(directory: string, error: SyncError): SyncError {
  const { kind, message, hint, place, cause } = error
  return place === undefined ? new SyncError(kind, `${directory}: ${message}`, { hint, cause }) : error
}

/** As a job locks that leaves its image to another one: what is on GitHub is compared once, for all. */
function asLockJob(job: Job): Job {
  const { mode } = job.inputs
  const proposed = mode.kind === 'pull-request' || mode.kind === 'lock' ? proposedBy(mode) : undefined
  return { ...job, inputs: { ...job.inputs, mode: { kind: 'lock', folder: '', proposed } } }
}

function proposedBy(mode: Mode & { kind: 'pull-request' | 'lock' }): ProposedInputs | undefined {
  return mode.kind === 'lock' ? mode.proposed : mode
}

/** Locked images where they are to be delivered: on a branch, or in the checkout. */
async function locatedImages(
  images: readonly LockedImage[],
  failed: readonly string[],
  job: Job
): Promise<LockedImages> {
  const bundles = images.map(({ bundle }) => bundle)
  if ('token' in job.inputs.mode) return { ...(await fitBundles(bundles, failed, job)), isOwn: true }
  return { images, failed, carried: [], observation: { kind: 'nothing' }, isOwn: true }
}

function allChecked({ done, errors }: Done<CheckedOutcome>, images: readonly Inputs[]): CheckedOutcome {
  const findings = done.flatMap(({ delivery }) => delivery.findings)
  const locked = done.flatMap(outcome => outcome.locked)
  return {
    kind: 'checked',
    delivery: { operation: 'checked', findings },
    reports: done.flatMap(({ reports }) => reports),
    locked,
    errors: [...errors, ...differentVersions(locked, images)],
    trialPrefixes: done.flatMap(({ trialPrefixes }) => trialPrefixes),
    seconds: {}
  }
}

function differentVersions(locked: CheckedOutcome['locked'], images: readonly Inputs[]): SyncError[] {
  if (!images.some(({ onDifferentVersions }) => onDifferentVersions === 'error')) return []
  const { parity, platforms } = parityOf(locked)
  const differences = tellParity(parity, platforms)
  return differences.length === 0 ? [] : [differentVersionsError(differences)]
}
