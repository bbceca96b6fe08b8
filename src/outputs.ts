import { notice, setOutput, summary, warning } from '@actions/core'
import { tellImages, type Images } from './images.js'
import type { OutputName } from './inputs-table.js'
import { countChanges } from './lockfile/compare.js'
import { harmless, log, warn } from './log.js'
import type { Done } from './deliver.js'
import type { Kept, Outcome } from './main.js'
import { findMoved } from './report/images.js'
import { oneLine, plural } from './sentences.js'
import { summarize } from './report/report.js'

/** GitHub refuses job summaries over 1 MiB. */
const SUMMARY_LIMIT = 1_000_000

/** The action's outputs for what a run has done. */
export function outputsOf(outcome: Outcome): Readonly<Record<OutputName, string>> {
  const { done } = outcome
  const pull = 'pull' in done ? done.pull : undefined
  const { summary, ...told } = outcome.kind === 'kept' ? tellKept(outcome) : tellCompared(outcome)
  return {
    operation: done.operation,
    'pull-request-number': pull === undefined ? '' : String(pull.number),
    'pull-request-url': pull?.url ?? '',
    bundle: 'folder' in done ? done.folder : '',
    ...told,
    // What nobody was asked to take is not counted.
    summary: done.operation === 'superseded' ? describeDone(done) : `${describeDone(done)}${summary}`
  }
}

type Told = Readonly<
  Record<Exclude<OutputName, 'operation' | 'pull-request-number' | 'pull-request-url' | 'bundle'>, string>
>

function tellCompared({ images, failed }: Images): Told {
  const comparison = {
    changes: images.flatMap(({ report }) => report.comparison.changes),
    droppedPlatforms: [...new Set(images.flatMap(({ report }) => report.comparison.droppedPlatforms))]
  }
  const counts = countChanges(comparison.changes)
  const count = images.length + failed.length
  const lost = failed.length === 0 ? '' : `, ${failed.length} of which failed`
  const of = count > 1 ? ` of ${plural(count, 'image')}${lost}` : ''
  return {
    changed: String(images.some(({ changed }) => changed)),
    'failed-images': failed.join('\n'),
    'upstream-sha': images.at(-1)?.bundle.upstream.commit ?? '',
    added: String(counts.added),
    removed: String(counts.removed),
    upgraded: String(counts.upgraded),
    downgraded: String(counts.downgraded),
    rebuilt: String(counts.rebuilt),
    summary: `${of}: ${summarize(comparison)}`
  }
}

function tellKept({ changed, upstream }: Kept): Told {
  // What an open pull request changes is in its text; a run that solves nothing does not count it again.
  const count = changed ? '' : '0'
  return {
    changed: String(changed),
    'failed-images': '',
    'upstream-sha': upstream.commit,
    added: count,
    removed: count,
    upgraded: count,
    downgraded: count,
    rebuilt: count,
    summary: ': the inputs are those of the last lock'
  }
}

function describeDone(done: Done): string {
  const pull = 'pull' in done && done.pull !== undefined ? ` #${done.pull.number}` : ''
  return OPERATIONS[done.operation](pull)
}

/** @param pull the number of the pull request, such as ` #3` */
const OPERATIONS: Readonly<Record<Done['operation'], (pull: string) => string>> = {
  created: pull => `Opened pull request${pull}`,
  updated: pull => `Updated pull request${pull}`,
  unchanged: pull => `Nothing new for pull request${pull}`,
  closed: pull => `Nothing left to propose, so closed pull request${pull}`,
  none: () => 'Nothing to propose',
  committed: () => 'Committed to the branch',
  bundled: () => 'Wrote the bundle',
  checked: () => 'Checked the lockfiles',
  superseded: () => 'Nothing was done, because something has changed meanwhile: it takes another run',
  declined: pull => `Nothing was decided anew since pull request${pull} was closed`,
  blocked: () => 'Nothing was pushed, because others have committed to the branch',
  files: () => 'Wrote the files'
}

/** Tells the runner what was done. */
export async function reportOutcome(outcome: Outcome): Promise<void> {
  const outputs = outputsOf(outcome)
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value)
  log(outputs.summary)
  if (outcome.kind === 'compared') warnOfImages(outcome)
  reportPublished(outcome.done)
  if (process.env.GITHUB_STEP_SUMMARY === undefined) return
  const text = outcome.kind === 'kept' ? outputs.summary : tellImages(outcome, SUMMARY_LIMIT)
  await summary.addRaw(text).write()
}

function warnOfImages({ images, failed, kept }: Images): void {
  for (const name of failed) {
    const isKept = kept.some(({ directory }) => directory === name)
    warn(`${name} could not be locked, and keeps ${isKept ? 'what is proposed for it' : 'its lockfiles as they are'}.`)
  }
  if (findMoved(images).length > 0) warn('Upstream has moved while the images were locked.')
}

function reportPublished(published: Done): void {
  if (published.operation === 'superseded') log(`${published.reason.message} ${published.reason.hint}`)
  if (published.operation !== 'created' && published.operation !== 'updated') return
  for (const text of published.warnings) warning(harmless(oneLine(text)), { title: 'GitHub' })
  notice(harmless(oneLine(published.ci)), { title: 'Workflows of the pull request' })
}
