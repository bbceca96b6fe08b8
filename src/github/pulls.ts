import * as z from 'zod/mini'
import { optional } from '../common/schema.js'
import { statusOf } from './errors.js'
import { listRefs } from './refs.js'
import { ask, askEach, askGraph, askOnce, attempt, DONE, makeOnce, repeat, type List } from './requests.js'
import type { Repository } from './repository.js'
import { BRANCH_NAME, SHA } from './texts.js'

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
  /** Whether GitHub merges it by itself as soon as it may. */
  readonly isAutoMerged: boolean
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

/** GitHub's own number, which is enough but for old ones. */
const LATEST = 30

/**
 * The latest pull requests, in any state, that come from a branch of this repository, newest first; and, however old, those that
 * are open, since old ones can be opened again.
 */
export async function listPulls(repository: Repository, branch: string): Promise<Pull[]> {
  const list = async (state: 'all' | 'open') => {
    const which = { head: `${repository.owner}:${branch}`, state, per_page: LATEST }
    return (await ask(repository, 'GET /repos/{owner}/{repo}/pulls', which, z.array(PULL))).map(toPull)
  }
  return attempt('list the pull requests', async () => {
    const latest = await list('all')
    const open = latest.length < LATEST ? [] : await list('open')
    return [...latest, ...open.filter(({ number }) => !latest.some(pull => pull.number === number))]
  })
}

const PULL = z.object({
  number: z.number(),
  html_url: z.string(),
  node_id: z.string(),
  body: optional(z.string()),
  state: z.string(),
  merged_at: optional(z.string()),
  auto_merge: optional(z.object({})),
  head: z.object({ sha: SHA }),
  base: z.object({ ref: BRANCH_NAME, repo: z.object({ node_id: z.string() }) })
})

function toPull(pull: z.infer<typeof PULL>): Pull {
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.state === 'open' ? 'open' : pull.merged_at === undefined ? 'closed' : 'merged',
    base: pull.base.ref,
    headCommit: pull.head.sha,
    body: pull.body ?? '',
    isAutoMerged: pull.auto_merge !== undefined,
    nodeId: pull.node_id,
    repositoryId: pull.base.repo.node_id
  }
}

const PULL_ROUTE = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'

/** Reads a pull request anew. To be called within {@link attempt}. */
export async function askPull(repository: Repository, number: number): Promise<Pull> {
  return toPull(await ask(repository, PULL_ROUTE, { pull_number: number }, PULL))
}

/**
 * Whether GitHub can merge an open pull request; undefined while it has not found out yet.
 * @see https://docs.github.com/rest/pulls/pulls#get-a-pull-request
 */
export async function readMergeable(repository: Repository, number: number): Promise<boolean | undefined> {
  return attempt(`say whether pull request #${number} can be merged`, async () => {
    return (await ask(repository, PULL_ROUTE, { pull_number: number }, MERGEABLE)).mergeable
  })
}

const MERGEABLE = z.object({ number: z.number(), mergeable: optional(z.boolean()) })

const IN_QUEUE = 'query ($id: ID!) { node(id: $id) { ... on PullRequest { isInMergeQueue } } }'

const QUEUED = z.object({ node: z.nullable(z.object({ isInMergeQueue: z.boolean() })) })

/**
 * Whether an open pull request waits in a merge queue, which a push to its branch would throw it out of. Only GraphQL tells, and
 * it is asked only where the queue has made its branches, which means that the server knows the field.
 * @see https://docs.github.com/graphql/reference/objects#pullrequest
 * @see https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
 */
export async function isInMergeQueue(repository: Repository, pull: Pull): Promise<boolean> {
  if ((await listRefs(repository, `heads/gh-readonly-queue/${pull.base}/`)).length === 0) return false
  return attempt(`say whether pull request #${pull.number} is in a merge queue`, async () => {
    const { node } = await repeat(() => askGraph(repository, IN_QUEUE, { id: pull.nodeId }, QUEUED))
    return node?.isInMergeQueue === true
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
  const find = async () =>
    (await listPulls(repository, branch)).find(pull => pull.state === 'open' && pull.base === base)
  return attempt('open the pull request', async () => {
    try {
      const make = async () => {
        const wanted = { head: branch, base, ...text }
        return toPull(await askOnce(repository, 'POST /repos/{owner}/{repo}/pulls', wanted, PULL))
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
export async function updateBody(repository: Repository, number: number, body: string): Promise<Pull> {
  return attempt(`update pull request #${number}`, () => change(repository, { pull_number: number, body }))
}

async function change(repository: Repository, changes: Readonly<Record<string, unknown>>): Promise<Pull> {
  return toPull(await ask(repository, 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}', changes, PULL))
}

/** Closes a pull request that has a last word to remember. */
export async function closePull(repository: Repository, number: number, body: string): Promise<void> {
  await attempt(`close pull request #${number}`, () =>
    change(repository, { pull_number: number, state: 'closed', body })
  )
}

const EVENT = z.object({
  event: z.string(),
  created_at: z.string(),
  // An account that is gone is no actor.
  actor: optional(z.object({ type: optional(z.string()) }))
})

/**
 * Whether it was a person who said no to a closed pull request (and may have deleted its branch afterwards): not one whose branch
 * was deleted, and not a bot that closes what is old.
 */
export async function wasClosedByPerson(repository: Repository, number: number): Promise<boolean> {
  const last = new Map<string, z.infer<typeof EVENT>>()
  await attempt(`tell the events of pull request #${number}`, async () => {
    const events = { ...ofPull('events', number), item: EVENT }
    for await (const event of askEach(repository, events)) last.set(event.event, event)
  })
  const [closed, deleted] = [last.get('closed'), last.get('head_ref_deleted')]
  if (closed?.actor?.type === 'Bot') return false
  // To the second; no person is quick enough to close and delete within one.
  return closed === undefined || deleted === undefined || Date.parse(deleted.created_at) > Date.parse(closed.created_at)
}

/** A list that an issue or a pull request has, oldest first. */
function ofPull(what: 'comments' | 'events', number: number): Omit<List<unknown>, 'item'> {
  return {
    route: `GET /repos/{owner}/{repo}/issues/{issue_number}/${what}`,
    parameters: { issue_number: number },
    what: `${what} on pull request #${number}`,
    hint: 'Choose another `branch`, so that the action opens a pull request of its own.'
  }
}

const COMMENT = z.object({ id: z.number(), body: optional(z.string()) })

/** One comment for each `topic`: the first time it is written, later it is replaced. `text` is Markdown. */
export async function upsertComment(
  repository: Repository,
  number: number,
  topic: string,
  text: string
): Promise<void> {
  const mark = `<!-- conda-lock-sync: ${topic} -->`
  const body = `${mark}\n${text}`
  const find = async () => {
    const comments = { ...ofPull('comments', number), item: COMMENT }
    for await (const comment of askEach(repository, comments))
      if (comment.body?.startsWith(mark) === true) return comment.id
    return undefined
  }
  await attempt(`take a comment on pull request #${number}`, async () => {
    const existing = await find()
    if (existing !== undefined) {
      const comment = { comment_id: existing, body }
      await ask(repository, 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', comment, DONE)
      return
    }
    const comment = { issue_number: number, body }
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
    await makeOnce(async () => (await askOnce(repository, route, comment, COMMENT)).id, find)
  })
}
