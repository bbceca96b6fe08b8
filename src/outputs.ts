import { notice, setOutput, summary, warning } from '@actions/core'
import type { OutputName } from './inputs-table.js'
import { countChanges } from './lockfile/compare.js'
import { harmless, log } from './log.js'
import type { Outcome } from './main.js'
import { oneLine } from './report/markdown.js'
import { renderReport, summarize } from './report/report.js'

/** GitHub refuses job summaries over 1 MiB. */
const SUMMARY_LIMIT = 1_000_000

/** The action's outputs for what a run has done. */
export function outputsOf({ changed, published, upstream, report }: Outcome): Readonly<Record<OutputName, string>> {
  const counts = report === undefined ? undefined : countChanges(report.comparison.changes)
  // What an open pull request changes is in its text; a run that solves nothing does not count it again.
  const count = (kind: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'rebuilt') =>
    String(counts === undefined ? (changed ? '' : 0) : counts[kind])
  const pull = 'pull' in published ? published.pull : undefined
  return {
    changed: String(changed),
    operation: published.operation,
    'pull-request-number': pull === undefined ? '' : String(pull.number),
    'pull-request-url': pull?.url ?? '',
    'upstream-sha': upstream.commit,
    added: count('added'),
    removed: count('removed'),
    upgraded: count('upgraded'),
    downgraded: count('downgraded'),
    rebuilt: count('rebuilt'),
    summary: `${OPERATIONS[published.operation](pull === undefined ? '' : ` #${pull.number}`)}: ${report === undefined ? 'the inputs are those of the last lock' : summarize(report.comparison)}`
  }
}

/** @param pull the number of the pull request, such as ` #3` */
const OPERATIONS: Readonly<Record<Outcome['published']['operation'], (pull: string) => string>> = {
  created: pull => `Opened pull request${pull}`,
  updated: pull => `Updated pull request${pull}`,
  unchanged: pull => `Nothing new for pull request${pull}`,
  closed: pull => `Nothing left to propose, so closed pull request${pull}`,
  none: () => 'Nothing to propose',
  superseded: () => 'Something changed meanwhile, so a newer run has to do it',
  declined: pull => `Nothing was decided anew since pull request${pull} was closed`,
  blocked: () => 'Nothing was pushed, because others have committed to the branch',
  files: () => 'Wrote the files'
}

/** Tells the runner what was done. */
export async function reportOutcome(outcome: Outcome): Promise<void> {
  for (const [name, value] of Object.entries(outputsOf(outcome))) setOutput(name, value)
  log(outputsOf(outcome).summary)
  reportPublished(outcome.published)
  if (process.env.GITHUB_STEP_SUMMARY === undefined) return
  const text = outcome.report === undefined ? outputsOf(outcome).summary : renderReport(outcome.report, SUMMARY_LIMIT)
  await summary.addRaw(text).write()
}

function reportPublished(published: Outcome['published']): void {
  if (published.operation === 'superseded') log(`${published.reason.message} ${published.reason.hint}`)
  if (published.operation !== 'created' && published.operation !== 'updated') return
  for (const text of published.warnings) warning(harmless(oneLine(text)), { title: 'GitHub' })
  notice(harmless(oneLine(published.ci)), { title: 'Workflows of the pull request' })
}
