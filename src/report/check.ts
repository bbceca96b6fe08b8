import type { Place } from '../common/errors.js'
import { blocks, code, codes } from '../common/markdown.js'
import { enumerate, plural } from '../common/sentences.js'
import { renderReport } from './report.js'
import type { Report } from './values.js'

/** Something about lockfiles that is not as it must be. */
export interface Finding {
  /** One sentence of Markdown, which reads as plain text, too. */
  readonly message: string
  readonly place?: Place | undefined
  /** What to do, where it is not simply to lock again. */
  readonly hint?: string | undefined
}

/** What a check has to tell. */
export interface CheckReport {
  /** Nothing, if all is as it must be. */
  readonly findings: readonly Finding[]
  /** The lockfiles, and the environment files that they have to fit. */
  readonly lockfiles: readonly string[]
  readonly environmentFiles: readonly string[]
  /** How many packages the lockfile has, over all platforms. */
  readonly packages: number
  /** What locking again would change; undefined if nothing was locked to find out. */
  readonly again: Report | undefined
}

/** The result of a check as Markdown of at most `limit` bytes. */
export function renderCheck(check: CheckReport, limit: number): string {
  const { findings, again } = check
  if (findings.length === 0) return `${blocks([renderGood(check), renderScope(check)])}\n`
  const head = blocks([
    `**The lockfiles are not as they must be: ${plural(findings.length, 'problem')}.** Lock again: run the workflow that locks, or \`npx conda-lock-sync\` in a checkout.`,
    findings.map(renderFinding).join('\n'),
    renderScope(check)
  ])
  if (again === undefined) return `${head}\n`
  const title = '\n\n### What locking again would change\n\n'
  return `${head}${title}${renderReport(again, limit - Buffer.byteLength(head) - Buffer.byteLength(title))}`
}

function renderGood({ lockfiles, packages }: CheckReport): string {
  return `**The lockfiles are as they must be.** ${enumerate(lockfiles.map(code))} were made from these environment files with these settings, and hold the same ${plural(packages, 'package')}.`
}

function renderFinding({ message, place }: Finding): string {
  if (place === undefined) return `- ${message}`
  return `- ${code(place.line === undefined ? place.file : `${place.file}:${place.line}`)}: ${message}`
}

/** What was compared with what, and what was not. */
function renderScope({ environmentFiles, again }: CheckReport): string {
  const solve = again === undefined ? 'Nothing was solved, so no channel was asked either' : 'The channels were asked'
  return `Checked against ${codes(environmentFiles)} as they are here. Upstream was not asked. ${solve}.`
}
