import type { Look } from './before.js'
import { writeBundle } from './bundle/write.js'
import { compareImages, proposalOf, type Candidate, type Images, type KeptImage } from './images.js'
import type { Mode } from './inputs/mode.js'
import type { Job } from './job.js'
import type { Contents } from './lockfile/previous.js'
import { stage } from './log.js'
import { publish } from './publish/publish.js'
import type { Proposal, Published } from './publish/proposal.js'
import { commitStraight } from './publish/straight.js'
import type { Standing } from './standing.js'
import { placeChanged } from './workspace.js'

/** What a run has to deliver, and what it has seen on GitHub. */
export interface Work {
  readonly candidates: readonly Candidate[]
  /** Whether this run has made them, so that they belong into its checkout. */
  readonly isOwn: boolean
  readonly failed: readonly string[]
  readonly kept: readonly KeptImage[]
  readonly old: Contents
  readonly github: Look
}

/** What has become of the locked files. */
export type Done =
  | Published
  | { readonly operation: 'files' }
  | { readonly operation: 'bundled'; readonly folder: string }
  | {
      readonly operation: 'checked'
      /** Why the check fails. */
      readonly problem: string | undefined
    }

/** All images as they were compared, what has become of them, and the seconds of the only one by stage. */
export interface Delivered extends Images {
  readonly done: Done
  readonly seconds: Readonly<Record<string, number>>
}

/** The publishing half: compares what was locked with what was there before, and brings it to where the mode says. */
export async function compareAndDeliver(work: Work, { inputs: { mode }, runner, dryRun }: Job): Promise<Delivered> {
  const { candidates, isOwn, failed, kept, old, github } = work
  const isReviewed = github.kind === 'pull-request'
  const compared = await stage('Comparing', () => compareImages(candidates, old, runner, isReviewed))
  const images = { images: compared, failed, kept }
  if (isOwn && mode.kind !== 'lock' && !dryRun) {
    const files = candidates.flatMap(({ bundle }) => bundle.files)
    await placeChanged(runner.workspace, files)
  }
  const [first] = candidates
  const seconds = first === undefined || candidates.length > 1 ? {} : first.bundle.seconds
  return { ...images, seconds, done: dryRun ? { operation: 'files' } : await deliver(images, github, mode) }
}

async function deliver(images: Images, github: Look, mode: Mode): Promise<Done> {
  if (mode.kind !== 'lock') return propose(proposalOf(images), github, mode)
  const [image] = images.images
  if (image === undefined) throw new Error('nothing was locked')
  await writeBundle(mode.folder, image.bundle, image.report.comparison)
  return { operation: 'bundled', folder: mode.folder }
}

/** Delivers what stands: the branch may have it, and a pull request may still propose something else. */
export async function deliverStanding(
  standing: Standing,
  proposal: Omit<Proposal, 'files'>,
  github: Look,
  mode: Mode
): Promise<Done> {
  return standing.kind === 'proposed'
    ? { operation: 'unchanged', pull: standing.open.pull }
    : propose({ ...proposal, files: standing.files }, github, mode)
}

async function propose(proposal: Proposal, github: Look, mode: Mode): Promise<Done> {
  if (github.kind === 'pull-request') return publish(github.observed, proposal)
  if (mode.kind === 'commit' && github.kind === 'branch') return commitStraight(github.observed, proposal, mode.message)
  return { operation: 'files' }
}
