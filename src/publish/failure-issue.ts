import type { Problem } from '../common/errors.js'
import { attempt, makeOnce, UNREPEATED } from '../github/requests.js'
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
  const { github, owner, repo } = repository
  const body = bodyOf(subject, failure)
  await attempt('take an issue', async () => {
    const found = await findIssue(repository, subject)
    if (found !== undefined) {
      await github.rest.issues.update({ owner, repo, issue_number: found.number, body })
      return
    }
    const issue = { owner, repo, title: `${subject.lockfile} is not kept up to date`, body, labels: [LABEL] }
    await makeOnce(
      async () => (await github.rest.issues.create({ ...issue, ...UNREPEATED })).data,
      () => findIssue(repository, subject)
    )
  })
}

/** Closes the issue of a lock, if there is one. */
export async function closeFailureIssue(
  repository: Repository,
  subject: FailingLock,
  runUrl: string | undefined
): Promise<void> {
  const { github, owner, repo } = repository
  await attempt('close the issue', async () => {
    const found = await findIssue(repository, subject)
    if (found === undefined) return
    const by = runUrl === undefined ? 'a later run' : `[a later run](${runUrl})`
    const body = `**Solved:** ${by} was successful.\n\n${found.body ?? ''}`
    await github.rest.issues.update({ owner, repo, issue_number: found.number, state: 'closed', body })
  })
}

async function findIssue({ github, owner, repo }: Repository, subject: FailingLock) {
  const open = { owner, repo, labels: LABEL, state: 'open', per_page: 100 } as const
  const issues = await github.paginate(github.rest.issues.listForRepo, open)
  return issues.find(issue => issue.pull_request === undefined && issue.body?.includes(markOf(subject)) === true)
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
