import { setOutput, summary } from '@actions/core'
import type { OutputName } from './inputs-table.js'
import { countChanges } from './lockfile/compare.js'
import type { Outcome } from './main.js'
import { renderReport, summarize } from './report/report.js'

/** GitHub refuses job summaries over 1 MiB. */
const SUMMARY_LIMIT = 1_000_000

/** The action's outputs for what a run has done. */
export function outputsOf({ changed, published, upstream, report }: Outcome): Readonly<Record<OutputName, string>> {
  const counts = countChanges(report.comparison.changes)
  const pull = 'pull' in published ? published.pull : undefined
  return {
    changed: String(changed),
    operation: published.operation,
    'pull-request-number': pull === undefined ? '' : String(pull.number),
    'pull-request-url': pull?.url ?? '',
    'upstream-sha': upstream.commit,
    added: String(counts.added),
    removed: String(counts.removed),
    upgraded: String(counts.upgraded),
    downgraded: String(counts.downgraded),
    rebuilt: String(counts.rebuilt),
    summary: `${OPERATIONS[published.operation]}${pull === undefined ? '' : ` #${pull.number}`}: ${summarize(report.comparison)}`
  }
}

const OPERATIONS: Readonly<Record<Outcome['published']['operation'], string>> = {
  created: 'Opened pull request',
  updated: 'Updated pull request',
  unchanged: 'Nothing new for pull request',
  closed: 'Nothing left to propose, so closed pull request',
  none: 'Nothing to propose',
  superseded: 'The base branch has changed meanwhile, so a newer run has to do it',
  files: 'Wrote the files'
}

/** Tells the runner what was done. */
export async function reportOutcome(outcome: Outcome): Promise<void> {
  for (const [name, value] of Object.entries(outputsOf(outcome))) setOutput(name, value)
  if (process.env.GITHUB_STEP_SUMMARY === undefined) return
  await summary.addRaw(renderReport(outcome.report, SUMMARY_LIMIT)).write()
}
