import { notice, setOutput, summary, warning } from '@actions/core'
import { messageOf } from '../common/errors.js'
import { oneLine } from '../common/sentences.js'
import { findMixedCommits } from '../report/images.js'
import { log, warn, withoutCommands } from '../runner/log.js'
import type { ComparedImages } from '../sync/images.js'
import type { Delivery, Outcome } from '../sync/outcome.js'
import { outputsOf, reportOf } from '../sync/outputs.js'
import type { OutputName } from '../inputs/table.js'
import { problemsOf } from './annotations.js'

/** GitHub refuses job summaries over 1 MiB. */
const SUMMARY_LIMIT = 1_000_000

/** Tells the runner what was done. */
export async function reportOutcome(outcome: Outcome): Promise<void> {
  const outputs = outputsOf(outcome)
  for (const [name, value] of Object.entries(outputs)) giveOutput(name, value)
  log(outputs.summary)
  if (outcome.kind === 'compared') warnOfImages(outcome)
  reportPublished(outcome.delivery)
  if (process.env.GITHUB_STEP_SUMMARY === undefined) return
  try {
    await summary.addRaw(reportOf(outcome, SUMMARY_LIMIT) ?? outputs.summary).write()
  } catch (error) {
    warn(`The summary of this run could not be written to ${process.env.GITHUB_STEP_SUMMARY}: ${messageOf(error)}`)
  }
}

/** What was done stays done where the runner can't be told of it, such as on a full disk. */
function giveOutput(name: string, value: string): void {
  try {
    setOutput(name, value)
  } catch (error) {
    warn(`The output \`${name}\` could not be written to ${process.env.GITHUB_OUTPUT ?? ''}: ${messageOf(error)}`)
  }
}

/** For workflows that act on a failure: what is wrong, one line for each problem. */
export function reportProblem(error: unknown): void {
  const problems = problemsOf(error).map(({ message, hint }) => oneLine(`${message} ${hint}`))
  giveOutput('problem' satisfies OutputName, problems.join('\n'))
}

/** The same for a run that has not come to its end. */
export function reportFailed(error: unknown): void {
  giveOutput('operation' satisfies OutputName, 'failed')
  reportProblem(error)
}

/**
 * Sets the outputs of `mode: images`.
 * @param folders those of the settings file
 */
export function listImages(folders: readonly string[]): void {
  const images = JSON.stringify(folders.length === 0 ? ['.'] : folders)
  const summary = `Listed the images: ${images}`
  setOutput('operation', 'listed')
  setOutput('images', images)
  setOutput('summary', summary)
  log(summary)
}

function warnOfImages({ images, failed, carried }: ComparedImages): void {
  for (const name of failed) {
    const isKept = carried.some(({ directory }) => directory === name)
    warn(`${name} could not be locked, and keeps ${isKept ? 'what is proposed for it' : 'its lockfiles as they are'}.`)
  }
  if (findMixedCommits(images).length > 0) warn('Upstream has moved while the images were locked.')
}

function reportPublished(published: Delivery): void {
  if (published.operation === 'superseded') log(`${published.reason.message} ${published.reason.hint}`)
  if (published.operation !== 'created' && published.operation !== 'updated') return
  for (const text of published.warnings) warning(withoutCommands(oneLine(text)), { title: 'GitHub' })
  notice(withoutCommands(oneLine(published.ci)), { title: 'Workflows of the pull request' })
}
