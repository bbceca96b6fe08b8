import { attempt, githubError, isRequestError, makeOnce, statusOf, UNREPEATED } from '../github.js'
import { readRepositoryId, type Target } from './repository.js'

/** How an attempt to move a branch ended: as wanted, or with the branch elsewhere because somebody else has moved it. */
export type Move = { readonly kind: 'done' } | { readonly kind: 'elsewhere'; readonly tip: string | undefined }

/** The last commit of a branch, or undefined if there is no such branch. */
export async function readTip({ github, owner, repo }: Target, branch: string): Promise<string | undefined> {
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
export async function createBranch(target: Target, branch: string, commit: string): Promise<Move> {
  const { github, owner, repo } = target
  const find = async (): Promise<Move | undefined> => {
    const tip = await readTip(target, branch)
    return tip === undefined ? undefined : whereIs(tip, commit)
  }
  return attempt(`create the branch \`${branch}\``, async () => {
    try {
      const make = async (): Promise<Move> => {
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

function whereIs(tip: string | undefined, wanted: string | undefined): Move {
  return tip === wanted ? { kind: 'done' } : { kind: 'elsewhere', tip }
}

const UPDATE_REFS = 'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }'
const NOTHING = '0'.repeat(40)

/**
 * Moves or deletes a branch, if it still is where it is expected to be. REST can't do that: it has no expected old value.
 * @param after undefined deletes the branch
 * @param force whether the branch may lose commits
 * @see https://docs.github.com/graphql/reference/mutations#updaterefs
 */
export async function swapBranch(
  target: Target,
  branch: string,
  before: string,
  after: string | undefined,
  force = true
): Promise<Move> {
  const update = { name: `refs/heads/${branch}`, beforeOid: before, afterOid: after ?? NOTHING, force }
  const repositoryId = await readRepositoryId(target)
  try {
    await target.github.graphql(UPDATE_REFS, { input: { repositoryId, refUpdates: [update] } })
    return { kind: 'done' }
  } catch (error) {
    if (!isRequestError(error)) throw error
    // Whatever GitHub says, the branch tells whether it was refused, came too late, or was done and not heard of.
    const tip = await readTip(target, branch)
    if (tip === before) throw githubError(error, `${after === undefined ? 'delete' : 'move'} the branch \`${branch}\``)
    return whereIs(tip, after)
  }
}
