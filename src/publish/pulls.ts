import { statusOf } from '../github.js'
import { attempt, type Target } from './repository.js'

/** A pull request of the action's own. */
export interface Pull {
  readonly number: number
  readonly url: string
  /** The last commit of its branch. */
  readonly headCommit: string
  readonly body: string
}

export interface PullText {
  readonly title: string
  readonly body: string
}

/** The open pull request that comes from a branch of this repository, if there is one. */
export async function findPull({ github, owner, repo }: Target, branch: string): Promise<Pull | undefined> {
  return attempt('list the pull requests', async () => {
    const { data } = await github.rest.pulls.list({ owner, repo, head: `${owner}:${branch}`, state: 'open' })
    const pull = data[0]
    return pull === undefined ? undefined : toPull(pull)
  })
}

interface PullAnswer {
  readonly number: number
  readonly html_url: string
  readonly body: string | null
  readonly head: { readonly sha: string }
}

function toPull({ number, html_url, body, head }: PullAnswer): Pull {
  return { number, url: html_url, headCommit: head.sha, body: body ?? '' }
}

/** Opens a pull request, or finds the one that an earlier, unanswered request has opened. */
export async function openPull(target: Target, branch: string, base: string, text: PullText): Promise<Pull> {
  const { github, owner, repo } = target
  return attempt('open the pull request', async () => {
    try {
      const { data } = await github.rest.pulls.create({ owner, repo, head: branch, base, ...text })
      return toPull(data)
    } catch (error) {
      const existing = statusOf(error) === 422 ? await findPull(target, branch) : undefined
      if (existing === undefined) throw error
      return existing
    }
  })
}

/** Replaces the body; the title stays what a person may have made of it. */
export async function updatePullBody({ github, owner, repo }: Target, pull: Pull, body: string): Promise<void> {
  await attempt(`update pull request #${pull.number}`, async () => {
    await github.rest.pulls.update({ owner, repo, pull_number: pull.number, body })
  })
}

/** Closes a pull request and says why. */
export async function closePull({ github, owner, repo }: Target, pull: Pull, reason: string): Promise<void> {
  await attempt(`close pull request #${pull.number}`, async () => {
    await github.rest.issues.createComment({ owner, repo, issue_number: pull.number, body: reason })
    await github.rest.pulls.update({ owner, repo, pull_number: pull.number, state: 'closed' })
  })
}

/** Adds labels; GitHub creates those that the repository does not have. */
export async function addLabels({ github, owner, repo }: Target, pull: Pull, labels: readonly string[]): Promise<void> {
  if (labels.length === 0) return
  await attempt(`label pull request #${pull.number}`, async () => {
    await github.rest.issues.addLabels({ owner, repo, issue_number: pull.number, labels: [...labels] })
  })
}
