import * as z from 'zod/mini'
import type { Problem } from '../common/errors.js'
import { optional } from '../common/schema.js'
import { ask, askEach, askOnce, attempt, DONE, makeOnce } from '../github/requests.js'
import { block } from '../common/markdown.js'
import type { Repository } from '../github/repository.js'

/** What fails: the lockfile of a base branch. */
export interface FailingLock {
  readonly lockfile: string
  /** Undefined is the default branch. */
  readonly base: string | undefined
}

/** A failed run. */
export interface Failure {
  /** At least one. */
  readonly problems: readonly Problem[]
  readonly runUrl: string | undefined
}

/** The issue is found again by this label; GitHub creates it where it is missing. */
const LABEL = 'conda-lock-sync'

/** Opens one issue for a lock, or updates it with the last failure. */
export async function openFailureIssue(repository: Repository, subject: FailingLock, failure: Failure): Promise<void> {
  const body = bodyOf(subject, failure)
  await attempt('take an issue', async () => {
    const [found] = await findIssues(repository, subject)
    if (found !== undefined) {
      await change(repository, found, { body })
      return
    }
    const issue = { title: `${subject.lockfile} is not kept up to date`, body, labels: [LABEL] }
    await makeOnce(
      () => askOnce(repository, 'POST /repos/{owner}/{repo}/issues', issue, ISSUE),
      async () => (await findIssues(repository, subject))[0]
    )
  })
}

/** Closes the issue of a lock, if there is one; two runs that failed at once may have opened two. */
export async function closeFailureIssue(
  repository: Repository,
  subject: FailingLock,
  runUrl: string | undefined
): Promise<void> {
  await attempt('close the issue', async () => {
    const by = runUrl === undefined ? 'a later run' : `[a later run](${runUrl})`
    for (const found of await findIssues(repository, subject)) {
      const body = `**Solved:** ${by} was successful.\n\n${found.body ?? ''}`
      await change(repository, found, { state: 'closed', body })
    }
  })
}

const ISSUE = z.object({ number: z.number(), body: optional(z.string()), pull_request: z.optional(z.unknown()) })
type Issue = z.infer<typeof ISSUE>

async function change(
  repository: Repository,
  { number }: Issue,
  changes: Readonly<Record<string, string>>
): Promise<void> {
  const issue = { issue_number: number, ...changes }
  await ask(repository, 'PATCH /repos/{owner}/{repo}/issues/{issue_number}', issue, DONE)
}

async function findIssues(repository: Repository, subject: FailingLock): Promise<Issue[]> {
  const mark = markOf(subject)
  const found: Issue[] = []
  for await (const issue of askEach(repository, OPEN_ISSUES)) {
    if (issue.pull_request === undefined && issue.body?.includes(mark) === true) found.push(issue)
  }
  return found
}

const OPEN_ISSUES = {
  route: 'GET /repos/{owner}/{repo}/issues',
  parameters: { labels: LABEL, state: 'open' },
  item: ISSUE,
  what: `open issues with the label \`${LABEL}\``,
  hint: "Take that label off what is not the action's."
}

function markOf(subject: FailingLock): string {
  return `<!-- conda-lock-sync: failure of ${JSON.stringify(subject).replaceAll('>', '\\u003e')} -->`
}

function bodyOf(subject: FailingLock, { problems, runUrl }: Failure): string {
  const run = runUrl === undefined ? '' : ` ([log](${runUrl}))`
  return [
    `The last run${run} failed, so the lockfiles stay as they are:`,
    ...problems.flatMap(({ message, hint }) => [block('text', message), 'What to do:', block('text', hint)]),
    'Every failed run updates this issue, and the next successful one closes it.',
    markOf(subject)
  ].join('\n\n')
}
