import * as z from 'zod/mini'
import { messageOf, SyncError } from '../common/errors.js'
import { githubError, isRequestError, statusOf } from './errors.js'
import { ask, askGraph, askOnce, attempt, DONE, makeOnce, type Target } from './requests.js'
import { readRepositoryId, type Repository } from './repository.js'
import { SHA } from './texts.js'

/** A branch's last commit and the folder that it holds. */
export interface BranchHead {
  readonly commit: string
  readonly tree: string
}

/** A ref in GitHub's answers. */
const REF = z.object({ object: z.object({ sha: SHA }) })

const RESOLVED = z.object({ sha: SHA, commit: z.object({ tree: z.object({ sha: SHA }) }) })

/** Finds the commit that a branch, a tag or a SHA names. */
export async function resolveRef(to: Target, ref: string): Promise<BranchHead> {
  // One file a page: nobody needs the commit's diff.
  const { sha, commit } = await ask(to, 'GET /repos/{owner}/{repo}/commits/{ref}', { ref, per_page: 1 }, RESOLVED)
  return { commit: sha, tree: commit.tree.sha }
}

/** @throws SyncError of kind `github` if there is no such branch */
export async function readHead(repository: Repository, branch: string): Promise<BranchHead> {
  const { owner, repo } = repository
  return ofBranch(repository, branch, () =>
    attempt(`find the branch \`${branch}\` of ${owner}/${repo}`, () => resolveRef(repository, `heads/${branch}`))
  )
}

/** Names the branch as what is missing when GitHub found nothing. */
export async function ofBranch<T>({ owner, repo }: Repository, branch: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const status = error instanceof SyncError ? statusOf(error.cause) : undefined
    if (status !== 404 && status !== 422) throw error
    throw new SyncError(
      'github',
      `There is no branch \`${branch}\` in ${owner}/${repo}, or the token may not see it.`,
      {
        hint: 'It may have been renamed or deleted: correct `base`, or run the workflow on the branch that has its place.',
        cause: error
      }
    )
  }
}

/** How an attempt to move a branch ended: as wanted, or with the branch elsewhere because somebody else has moved it. */
export type RefUpdate = { readonly kind: 'done' } | { readonly kind: 'elsewhere'; readonly tip: string | undefined }

/** The last commit of a branch; a branch that there is not is an error of status 404. */
export async function askTip(repository: Repository, branch: string): Promise<string> {
  const ref = { ref: `heads/${branch}` }
  const { object } = await ask(repository, 'GET /repos/{owner}/{repo}/git/ref/{ref}', ref, REF)
  return object.sha
}

/** The last commit of a branch, or undefined if there is no such branch. */
export async function readTip(repository: Repository, branch: string): Promise<string | undefined> {
  return attempt(`say where the branch \`${branch}\` is`, async () => {
    try {
      return await askTip(repository, branch)
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  })
}

/** Makes a branch, unless there is one of that name already. */
export async function createBranch(repository: Repository, branch: string, commit: string): Promise<RefUpdate> {
  const find = async (): Promise<RefUpdate | undefined> => {
    const tip = await readTip(repository, branch)
    return tip === undefined ? undefined : whereIs(tip, commit)
  }
  return attempt(`create the branch \`${branch}\``, async () => {
    try {
      const make = async (): Promise<RefUpdate> => {
        const ref = { ref: `refs/heads/${branch}`, sha: commit }
        await askOnce(repository, 'POST /repos/{owner}/{repo}/git/refs', ref, REF)
        return { kind: 'done' }
      }
      return await makeOnce(make, find)
    } catch (error) {
      const other = statusOf(error) === 422 ? await find() : undefined
      if (other === undefined) throw error
      return other
    }
  })
}

function whereIs(tip: string | undefined, wanted: string | undefined): RefUpdate {
  return tip === wanted ? { kind: 'done' } : { kind: 'elsewhere', tip }
}

const UPDATE_REFS = 'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }'
const UPDATED = z.object({ updateRefs: z.object({}) })
const NOTHING = '0'.repeat(40)

interface Swap {
  readonly branch: string
  readonly before: string
  /** Undefined deletes the branch. */
  readonly after: string | undefined
  /** Whether the branch may lose commits. */
  readonly force: boolean
}

/**
 * Moves or deletes a branch, if it still is where it is expected to be. On an Enterprise Server that lacks the mutation, REST
 * does it, which has no expected old value.
 * @param after undefined deletes the branch
 * @param force whether the branch may lose commits
 * @see https://docs.github.com/graphql/reference/mutations#updaterefs
 */
export async function swapBranch(
  repository: Repository,
  branch: string,
  before: string,
  after: string | undefined,
  force = true
): Promise<RefUpdate> {
  const update = { name: `refs/heads/${branch}`, beforeOid: before, afterOid: after ?? NOTHING, force }
  const input = { repositoryId: await readRepositoryId(repository), refUpdates: [update] }
  const make = async (): Promise<RefUpdate> => {
    await askGraph(repository, UPDATE_REFS, { input }, UPDATED)
    return { kind: 'done' }
  }
  try {
    return await makeOnce(make, () => findMoved(repository, { branch, before, after, force }))
  } catch (error) {
    if (isUnknownMutation(error)) return swapByRest(repository, { branch, before, after, force })
    return resultOf(error, repository, { branch, before, after, force })
  }
}

/** Where the branch is, if it is no longer where it was. */
async function findMoved(repository: Repository, { branch, before, after }: Swap): Promise<RefUpdate | undefined> {
  const tip = await readTip(repository, branch)
  return tip === before ? undefined : whereIs(tip, after)
}

/** Enterprise Server had `updateRefs` as a preview up to about 3.12. */
function isUnknownMutation(error: unknown): boolean {
  return isRequestError(error) && /'updateRefs' doesn't exist|UpdateRefsInput isn't a defined/i.test(messageOf(error))
}

/**
 * Looks where the branch is before it is moved and afterwards. Between the first look and the move, a moment, somebody else may
 * move it unnoticed; where it may not lose commits, GitHub refuses that.
 */
async function swapByRest(repository: Repository, swap: Swap): Promise<RefUpdate> {
  const { branch, after, force } = swap
  const moved = await findMoved(repository, swap)
  if (moved !== undefined) return moved
  const route = `${after === undefined ? 'DELETE' : 'PATCH'} /repos/{owner}/{repo}/git/refs/{ref}`
  const to = after === undefined ? {} : { sha: after, force }
  const make = async (): Promise<RefUpdate> => {
    await askOnce(repository, route, { ref: `heads/${branch}`, ...to }, DONE)
    return whereIs(await readTip(repository, branch), after)
  }
  try {
    return await makeOnce(make, () => findMoved(repository, swap))
  } catch (error) {
    return resultOf(error, repository, swap)
  }
}

/** Whatever GitHub says, the branch tells whether the move was refused, came too late, or was done and not heard of. */
async function resultOf(error: unknown, repository: Repository, swap: Swap): Promise<RefUpdate> {
  if (!isRequestError(error)) throw error
  const { branch, after } = swap
  const moved = await findMoved(repository, swap)
  if (moved !== undefined) return moved
  throw githubError(error, `${after === undefined ? 'delete' : 'move'} the branch \`${branch}\``)
}
