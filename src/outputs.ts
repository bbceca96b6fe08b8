import { notice, setOutput, summary, warning } from '@actions/core'
import { tellImages } from './images.js'
import type { OutputName } from './inputs-table.js'
import { countChanges } from './lockfile/compare.js'
import { harmless, log, warn } from './log.js'
import type { Done, Outcome } from './main.js'
import { findMoved } from './report/images.js'
import { oneLine, plural } from './report/markdown.js'
import { summarize } from './report/report.js'

/** GitHub refuses job summaries over 1 MiB. */
const SUMMARY_LIMIT = 1_000_000

/** The action's outputs for what a run has done. */
export function outputsOf({ done, images, failed }: Outcome): Readonly<Record<OutputName, string>> {
  const comparison = {
    changes: images.flatMap(({ report }) => report.comparison.changes),
    droppedPlatforms: [...new Set(images.flatMap(({ report }) => report.comparison.droppedPlatforms))]
  }
  const counts = countChanges(comparison.changes)
  const pull = 'pull' in done ? done.pull : undefined
  const count = images.length + failed.length
  const lost = failed.length === 0 ? '' : `, ${failed.length} of which failed`
  const of = count > 1 ? ` of ${plural(count, 'image')}${lost}` : ''
  return {
    changed: String(images.some(({ changed }) => changed)),
    operation: done.operation,
    'pull-request-number': pull === undefined ? '' : String(pull.number),
    'pull-request-url': pull?.url ?? '',
    bundle: 'folder' in done ? done.folder : '',
    'failed-images': failed.join('\n'),
    'upstream-sha': images.at(-1)?.bundle.upstream.commit ?? '',
    added: String(counts.added),
    removed: String(counts.removed),
    upgraded: String(counts.upgraded),
    downgraded: String(counts.downgraded),
    rebuilt: String(counts.rebuilt),
    summary: `${describeDone(done)}${of}: ${summarize(comparison)}`
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
  superseded: () => 'Something changed meanwhile, so a newer run has to do it',
  declined: pull => `Nothing was decided anew since pull request${pull} was closed`,
  blocked: () => 'Nothing was pushed, because others have committed to the branch',
  files: () => 'Wrote the files'
}

/** Tells the runner what was done. */
export async function reportOutcome(outcome: Outcome): Promise<void> {
  const outputs = outputsOf(outcome)
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value)
  log(outputs.summary)
  for (const name of outcome.failed) warn(`${name} could not be locked, and keeps its lockfiles as they are.`)
  if (findMoved(outcome.images).length > 0) warn('Upstream has moved while the images were locked.')
  reportPublished(outcome.done)
  if (process.env.GITHUB_STEP_SUMMARY === undefined) return
  await summary.addRaw(tellImages(outcome, SUMMARY_LIMIT)).write()
}

function reportPublished(published: Done): void {
  if (published.operation === 'superseded') log(`${published.reason.message} ${published.reason.hint}`)
  if (published.operation !== 'created' && published.operation !== 'updated') return
  for (const text of published.warnings) warning(harmless(oneLine(text)), { title: 'GitHub' })
  notice(harmless(oneLine(published.ci)), { title: 'Workflows of the pull request' })
}
