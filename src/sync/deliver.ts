import { join } from 'node:path'
import { writeBundle } from '../bundle/write.js'
import { inputFiles } from '../environment/own-files.js'
import type { Mode } from '../inputs/mode.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import { commitToBranch } from '../publish/commit.js'
import type { Proposal } from '../publish/proposal.js'
import { publish } from '../publish/publish.js'
import { missedByAll } from '../report/steering.js'
import { stage, warn } from '../runner/log.js'
import { placeChanged } from '../runner/workspace.js'
import { checkVersions, compareImages, type ComparedImages, type LockedImages } from './images.js'
import type { Job } from './job.js'
import type { Observation } from './observe.js'
import type { ComparedOutcome, Delivery, UpToDateOutcome } from './outcome.js'
import { proposalOf } from './proposal.js'
import type { Sources } from './sources.js'
import { logCurrentLock, type CurrentLock } from './up-to-date.js'

/** The publishing half: compares the new locks with the previous ones, and publishes them as the mode says. */
export async function deliver(locked: LockedImages, { inputs, runner, dryRun }: Job): Promise<ComparedOutcome> {
  const { mode } = inputs
  const compared = await stage('Comparing', () => compareImages(locked, runner, inputs))
  checkVersions(compared, inputs)
  const [first, ...others] = compared.images
  const seconds = first === undefined || others.length > 0 ? {} : first.bundle.seconds
  const outcome = { kind: 'compared', ...compared, seconds, errors: [] } as const
  if (mode.kind === 'lock' && !dryRun) return { ...outcome, delivery: await writeBundles(compared, mode.folder) }
  const proposal = proposalOf(compared)
  warnOfMissed(locked)
  if (dryRun) return { ...outcome, delivery: { operation: 'files' } }
  if (locked.isOwn) {
    const files = locked.images.flatMap(({ bundle }) => bundle.files)
    await placeChanged(runner.workspace, files)
  }
  return { ...outcome, delivery: await propose(proposal, locked.observation, mode) }
}

async function writeBundles({ images }: ComparedImages, folder: string): Promise<Delivery> {
  for (const [index, { bundle, report }] of images.entries()) {
    // A bundle of its own for each: in one of two jobs they are found in the folder.
    await writeBundle(images.length === 1 ? folder : join(folder, String(index)), bundle, report.comparison)
  }
  return { operation: 'bundled', folder }
}

/** `upgrade` is for all images of a run. Nobody knows what an image has that could not be locked. */
function warnOfMissed({ images, failed }: LockedImages): void {
  if (failed.length > 0) return
  missedByAll(images.map(({ bundle: { steered }, previous }) => ({ steered, previous }))).forEach(warn)
}

/** Delivers a lock that is there already. Where the branch has it, an open pull request may still propose something else. */
export async function deliverCurrent(
  current: CurrentLock,
  { plan, observation }: Sources,
  { inputs: { mode, lockfile, workingDirectory } }: Job
): Promise<UpToDateOutcome> {
  logCurrentLock(current)
  const outcome = { kind: 'up-to-date', changed: current.kind === 'proposed', upstream: plan.upstream } as const
  if (current.kind === 'proposed') return { ...outcome, delivery: { operation: 'unchanged', pull: current.open.pull } }
  const { files } = current
  const hashes = { [lockfile]: plan.metadata[INPUTS_HASH] ?? '' }
  const images = { [workingDirectory]: { hashes, inputs: {}, files: [] } }
  const proposal = { files, inputFiles: inputFiles(plan.own), metadata: plan.metadata, images, report: () => '' }
  return { ...outcome, delivery: await propose(proposal, observation, mode) }
}

async function propose(proposal: Proposal, observation: Observation, mode: Mode): Promise<Delivery> {
  if (observation.kind === 'pull-request') return publish(observation.observed, proposal)
  if (mode.kind === 'commit' && observation.kind === 'branch') {
    return commitToBranch(observation.observed, proposal, mode.message)
  }
  return { operation: 'files' }
}
