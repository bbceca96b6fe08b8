import { messageOf, SyncError } from '../common/errors.js'
import { githubError, isRequestError, statusOf } from './errors.js'
import { attempt, makeOnce, UNREPEATED } from './requests.js'
import { readRepositoryId, type Repository } from './repository.js'

/** A branch's last commit and the folder that it holds. */
export interface BranchHead {
  readonly commit: string
  readonly tree: string
}

/** @throws SyncError of kind `github` if there is no such branch */
export async function readHead(repository: Repository, branch: string): Promise<BranchHead> {
  const { github, owner, repo } = repository
  return ofBranch(repository, branch, () =>
    attempt(`find the branch \`${branch}\` of ${owner}/${repo}`, async () => {
      const { data } = await github.rest.repos.getCommit({ owner, repo, ref: `heads/${branch}`, per_page: 1 })
      return { commit: data.sha, tree: data.commit.tree.sha }
    })
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

/** The last commit of a branch, or undefined if there is no such branch. */
export async function readTip({ github, owner, repo }: Repository, branch: string): Promise<string | undefined> {
  return attempt(`say where the branch \`${branch}\` is`, async () => {
    try {
      return (await github.rest.git.getRef({ owner, repo, ref: `heads/${branch}` })).data.object.sha
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  })
}

/** Makes a branch, unless there is one of that name already. */
export async function createBranch(repository: Repository, branch: string, commit: string): Promise<RefUpdate> {
  const { github, owner, repo } = repository
  const find = async (): Promise<RefUpdate | undefined> => {
    const tip = await readTip(repository, branch)
    return tip === undefined ? undefined : whereIs(tip, commit)
  }
  return attempt(`create the branch \`${branch}\``, async () => {
    try {
      const make = async (): Promise<RefUpdate> => {
        await github.rest.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha: commit, ...UNREPEATED })
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
  const repositoryId = await readRepositoryId(repository)
  try {
    await repository.github.graphql(UPDATE_REFS, { input: { repositoryId, refUpdates: [update] } })
    return { kind: 'done' }
  } catch (error) {
    if (isUnknownMutation(error)) return swapByRest(repository, { branch, before, after, force })
    return resultOf(error, repository, { branch, before, after, force })
  }
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
  const { github, owner, repo } = repository
  const { branch, before, after, force } = swap
  const tip = await readTip(repository, branch)
  if (tip !== before) return whereIs(tip, after)
  const reference = { owner, repo, ref: `heads/${branch}`, ...UNREPEATED }
  try {
    if (after === undefined) await github.rest.git.deleteRef(reference)
    else await github.rest.git.updateRef({ ...reference, sha: after, force })
  } catch (error) {
    return resultOf(error, repository, swap)
  }
  return whereIs(await readTip(repository, branch), after)
}

/** Whatever GitHub says, the branch tells whether the move was refused, came too late, or was done and not heard of. */
async function resultOf(error: unknown, repository: Repository, { branch, before, after }: Swap): Promise<RefUpdate> {
  if (!isRequestError(error)) throw error
  const tip = await readTip(repository, branch)
  if (tip === before) throw githubError(error, `${after === undefined ? 'delete' : 'move'} the branch \`${branch}\``)
  return whereIs(tip, after)
}
