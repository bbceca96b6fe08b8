import { field } from '../common/guards.js'
import { statusOf } from './errors.js'
import { listRefs } from './refs.js'
import { attempt, makeOnce, UNREPEATED } from './requests.js'
import type { Repository } from './repository.js'

/** GitHub refuses pull request bodies over 65,536 characters. */
export const BODY_LIMIT = 65_536

/** A pull request from the head branch. */
export interface Pull {
  readonly number: number
  readonly url: string
  readonly state: 'open' | 'closed' | 'merged'
  readonly base: string
  /** The last commit of its branch. */
  readonly headCommit: string
  readonly body: string
  /** What GraphQL calls it. */
  readonly nodeId: string
  /** What GraphQL calls the repository that it is in. */
  readonly repositoryId: string
}

export interface PullText {
  readonly title: string
  readonly body: string
  readonly draft: boolean
}

/** The latest pull requests, in any state, that come from a branch of this repository; newest first. */
export async function listPulls({ github, owner, repo }: Repository, branch: string): Promise<Pull[]> {
  return attempt('list the pull requests', async () => {
    const { data } = await github.rest.pulls.list({ owner, repo, head: `${owner}:${branch}`, state: 'all' })
    return data.map(toPull)
  })
}

interface PullAnswer {
  readonly number: number
  readonly html_url: string
  readonly node_id: string
  readonly body: string | null
  readonly state: string
  readonly merged_at: string | null
  readonly head: { readonly sha: string }
  readonly base: { readonly ref: string; readonly repo: { readonly node_id: string } }
}

function toPull({ number, html_url, node_id, body, state, merged_at, head, base }: PullAnswer): Pull {
  return {
    number,
    url: html_url,
    state: state === 'open' ? 'open' : merged_at === null ? 'closed' : 'merged',
    base: base.ref,
    headCommit: head.sha,
    body: body ?? '',
    nodeId: node_id,
    repositoryId: base.repo.node_id
  }
}

/**
 * Whether GitHub can merge an open pull request; undefined while it has not found out yet.
 * @see https://docs.github.com/rest/pulls/pulls#get-a-pull-request
 */
export async function readMergeable({ github, owner, repo }: Repository, number: number): Promise<boolean | undefined> {
  return attempt(`say whether pull request #${number} can be merged`, async () => {
    return (await github.rest.pulls.get({ owner, repo, pull_number: number })).data.mergeable ?? undefined
  })
}

const IN_QUEUE = 'query ($id: ID!) { node(id: $id) { ... on PullRequest { isInMergeQueue } } }'

/**
 * Whether an open pull request waits in a merge queue, which a push to its branch would throw it out of. Only GraphQL tells, and
 * it is asked only where the queue has made its branches, which means that the server knows the field.
 * @see https://docs.github.com/graphql/reference/objects#pullrequest
 * @see https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
 */
export async function isInMergeQueue(repository: Repository, pull: Pull): Promise<boolean> {
  if ((await listRefs(repository, `heads/gh-readonly-queue/${pull.base}/`)).length === 0) return false
  const { github } = repository
  return attempt(`say whether pull request #${pull.number} is in a merge queue`, async () => {
    return field(field(await github.graphql(IN_QUEUE, { id: pull.nodeId }), 'node'), 'isInMergeQueue') === true
  })
}

/** A pull request, and whether it was this run that has opened it. */
export interface OpenedPull {
  readonly pull: Pull
  readonly isNew: boolean
}

/** Opens a pull request, or finds the one that another run has opened meanwhile. */
export async function openPull(
  repository: Repository,
  branch: string,
  base: string,
  text: PullText
): Promise<OpenedPull> {
  const { github, owner, repo } = repository
  const find = async () =>
    (await listPulls(repository, branch)).find(pull => pull.state === 'open' && pull.base === base)
  return attempt('open the pull request', async () => {
    try {
      const make = async () => {
        const { data } = await github.rest.pulls.create({ owner, repo, head: branch, base, ...text, ...UNREPEATED })
        return toPull(data)
      }
      const ours = async () => {
        const pull = await find()
        return pull?.body.trim() === text.body.trim() ? pull : undefined
      }
      return { pull: await makeOnce(make, ours), isNew: true }
    } catch (error) {
      const existing = statusOf(error) === 422 ? await find() : undefined
      if (existing === undefined) throw error
      return { pull: existing, isNew: false }
    }
  })
}

/** Replaces the body; title, labels and reviewers stay what a person may have made of them. */
export async function updateBody({ github, owner, repo }: Repository, number: number, body: string): Promise<Pull> {
  return attempt(`update pull request #${number}`, async () => {
    return toPull((await github.rest.pulls.update({ owner, repo, pull_number: number, body })).data)
  })
}

/** Closes a pull request that has a last word to remember. */
export async function closePull({ github, owner, repo }: Repository, number: number, body: string): Promise<void> {
  await attempt(`close pull request #${number}`, async () => {
    await github.rest.pulls.update({ owner, repo, pull_number: number, state: 'closed', body })
  })
}

/**
 * Whether it was a person who said no to a closed pull request (and may have deleted its branch afterwards): not one whose branch
 * was deleted, and not a bot that closes what is old.
 */
export async function wasClosedByPerson({ github, owner, repo }: Repository, number: number): Promise<boolean> {
  const events = await attempt(`tell the events of pull request #${number}`, () =>
    github.paginate(github.rest.issues.listEvents, { owner, repo, issue_number: number, per_page: 100 })
  )
  const last = (name: string) => events.findLast(({ event }) => event === name)
  const [closed, deleted] = [last('closed'), last('head_ref_deleted')]
  // An account that is gone is no actor, whatever the types say.
  if (field(closed?.actor, 'type') === 'Bot') return false
  // To the second; no person is quick enough to close and delete within one.
  return closed === undefined || deleted === undefined || Date.parse(deleted.created_at) > Date.parse(closed.created_at)
}

/** One comment for each `topic`: the first time it is written, later it is replaced. `text` is Markdown. */
export async function upsertComment(
  { github, owner, repo }: Repository,
  number: number,
  topic: string,
  text: string
): Promise<void> {
  const mark = `<!-- conda-lock-sync: ${topic} -->`
  const body = `${mark}\n${text}`
  const issue = { owner, repo, issue_number: number }
  const find = async () => {
    const comments = await github.paginate(github.rest.issues.listComments, { ...issue, per_page: 100 })
    return comments.find(comment => comment.body?.startsWith(mark) === true)?.id
  }
  await attempt(`take a comment on pull request #${number}`, async () => {
    const existing = await find()
    if (existing !== undefined) {
      await github.rest.issues.updateComment({ owner, repo, comment_id: existing, body })
      return
    }
    await makeOnce(
      async () => (await github.rest.issues.createComment({ ...issue, body, ...UNREPEATED })).data.id,
      find
    )
  })
}
