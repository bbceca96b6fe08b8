import { code } from '../common/markdown.js'
import { plural } from '../common/sentences.js'
import type { OutputName } from '../inputs/table.js'
import { countChanges, type ChangeKind } from '../lockfile/compare.js'
import { renderCheck } from '../report/check.js'
import { summarize } from '../report/headline.js'
import { renderOutcome, type ComparedImages } from './images.js'
import type { CheckedOutcome, Delivery, Outcome, UpToDateOutcome } from './outcome.js'

/** The action's outputs for the outcome of a run. */
export function outputsOf(outcome: Outcome): Readonly<Record<OutcomeOutput, string>> {
  const { delivery } = outcome
  const pull = 'pull' in delivery ? delivery.pull : undefined
  const { summary, ...counts } = countsOf(outcome)
  return {
    operation: delivery.operation,
    'pull-request-number': pull === undefined ? '' : String(pull.number),
    'pull-request-url': pull?.url ?? '',
    bundle: 'folder' in delivery ? delivery.folder : '',
    'trial-prefix': trialPrefixesOf(outcome).join('\n'),
    ...counts,
    // A superseded run proposes nothing, so it counts nothing.
    summary:
      delivery.operation === 'superseded' ? describeDelivery(delivery) : `${describeDelivery(delivery)}${summary}`
  }
}

/** What a run has to tell, as Markdown of at most so many bytes; undefined if its summary says all. */
export function reportOf(outcome: Outcome, limit: number): string | undefined {
  switch (outcome.kind) {
    case 'up-to-date':
      return undefined
    case 'checked':
      return renderChecked(outcome, limit)
    case 'compared':
      return renderOutcome(outcome, limit)
  }
}

function renderChecked({ reports, errors }: CheckedOutcome, limit: number): string {
  const head = errors.map(error => `- ${code(error.message)}\n`).join('')
  const room = (limit - Buffer.byteLength(head)) / reports.length
  return [...(head === '' ? [] : [head]), ...reports.map(report => renderCheck(report, room))].join('\n')
}

function trialPrefixesOf(outcome: Outcome): readonly string[] {
  switch (outcome.kind) {
    case 'up-to-date':
      return []
    case 'checked':
      return outcome.trialPrefixes
    case 'compared':
      return outcome.images.flatMap(({ bundle }) => bundle.trialPrefix ?? [])
  }
}

/** `mode: images` alone sets the output `images`, and has no outcome; `problem` is set where a run fails. */
type OutcomeOutput = Exclude<OutputName, 'images' | 'problem'>

type OutcomeOutputs = Readonly<
  Record<
    Exclude<OutcomeOutput, 'operation' | 'pull-request-number' | 'pull-request-url' | 'bundle' | 'trial-prefix'>,
    string
  >
>

function countsOf(outcome: Outcome): OutcomeOutputs {
  switch (outcome.kind) {
    case 'up-to-date':
      return countsOfCurrent(outcome)
    case 'checked':
      return countsOfChecked(outcome)
    case 'compared':
      return countsOfCompared(outcome)
  }
}

/** What is counted is what locking again would change, where that was found out. */
function countsOfChecked({ delivery: { findings }, reports, errors }: CheckedOutcome): OutcomeOutputs {
  const again = reports.flatMap(report => report.again ?? [])
  const comparison = {
    changes: again.flatMap(report => report.comparison.changes),
    droppedPlatforms: [...new Set(again.flatMap(report => report.comparison.droppedPlatforms))]
  }
  const count = findings.length + errors.length
  const problems = count === 0 ? 'they are as they must be' : plural(count, 'problem')
  return {
    changed: String(count > 0),
    'failed-images': '',
    'upstream-sha': '',
    ...textsOf(countChanges(comparison.changes)),
    summary: `: ${problems}${again.length === 0 ? '' : `; locking again: ${summarize(comparison)}`}`
  }
}

function textsOf(counts: Readonly<Record<ChangeKind, number>>): Readonly<Record<ChangeKind, string>> {
  const { added, removed, upgraded, downgraded, rebuilt } = counts
  return {
    added: String(added),
    removed: String(removed),
    upgraded: String(upgraded),
    downgraded: String(downgraded),
    rebuilt: String(rebuilt)
  }
}

function countsOfCompared({ images, failed }: ComparedImages): OutcomeOutputs {
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
    'upstream-sha': images.at(-1)?.bundle.upstream?.commit ?? '',
    ...textsOf(counts),
    summary: `${of}: ${summarize(comparison)}`
  }
}

function countsOfCurrent({ changed, upstream }: UpToDateOutcome): OutcomeOutputs {
  // A run that solves nothing does not count again what the open pull request changes.
  const count = changed ? '' : '0'
  return {
    changed: String(changed),
    'failed-images': '',
    'upstream-sha': upstream?.commit ?? '',
    added: count,
    removed: count,
    upgraded: count,
    downgraded: count,
    rebuilt: count,
    summary: ': the inputs are those of the last lock'
  }
}

function describeDelivery(delivery: Delivery): string {
  const pull = 'pull' in delivery && delivery.pull !== undefined ? ` #${delivery.pull.number}` : ''
  return OPERATIONS[delivery.operation](pull)
}

/** @param pull the number of the pull request, such as ` #3` */
const OPERATIONS: Readonly<Record<Delivery['operation'], (pull: string) => string>> = {
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
