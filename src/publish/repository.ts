import { posix } from 'node:path'
import { SyncError } from '../errors.js'
import { attempt, statusOf, type GitHub } from '../github.js'
import type { RepositoryName } from '../runner.js'

/** A repository on GitHub that the token may write to. */
export interface Target extends RepositoryName {
  readonly github: GitHub
  /** What GraphQL calls the repository, where that is known already. */
  readonly repositoryId: string | undefined
}

/** Blob SHAs by path, of those paths that exist. */
export type Blobs = ReadonlyMap<string, string>

/** A branch's last commit and the folder that it holds. */
export interface Head {
  readonly commit: string
  readonly tree: string
}

/** Asks GitHub for the default branch, for events whose payload does not name it. */
export async function readDefaultBranch(target: Target): Promise<string> {
  return (await readRepository(target)).default_branch
}

/** What GraphQL calls the repository. */
export async function readRepositoryId(target: Target): Promise<string> {
  return target.repositoryId ?? (await readRepository(target)).node_id
}

async function readRepository({ github, owner, repo }: Target) {
  return attempt(`describe the repository ${owner}/${repo}`, async () => {
    return (await github.rest.repos.get({ owner, repo })).data
  })
}

/** @throws SyncError of kind `github` if there is no such branch */
export async function readHead(target: Target, branch: string): Promise<Head> {
  const { github, owner, repo } = target
  return ofBranch(target, branch, () =>
    attempt(`find the branch \`${branch}\` of ${owner}/${repo}`, async () => {
      const { data } = await github.rest.repos.getCommit({ owner, repo, ref: `heads/${branch}`, per_page: 1 })
      return { commit: data.sha, tree: data.commit.tree.sha }
    })
  )
}

/** Names the branch as what is missing when GitHub found nothing. */
async function ofBranch<T>({ owner, repo }: Target, branch: string, read: () => Promise<T>): Promise<T> {
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

/** A folder of the repository as it was read: the SHA of its root, and the blobs found in it. */
export interface Snapshot {
  readonly tree: string
  readonly blobs: Blobs
}

/** The blobs that a branch has at the given paths. */
export async function readBranchBlobs(target: Target, branch: string, paths: readonly string[]): Promise<Snapshot> {
  // GitHub takes a branch for a tree, but a name with a slash does not fit into a path.
  const treeish = branch.includes('/') ? (await readHead(target, branch)).tree : branch
  return ofBranch(target, branch, () => readBlobs(target, treeish, paths))
}

/**
 * The blobs at the given paths, with one request for each folder on the way to them. (One recursive request would do for
 * small repositories, but GitHub cuts large ones short.)
 * @param treeish the SHA of a tree or a commit, or the name of a branch
 */
export async function readBlobs(target: Target, treeish: string, paths: readonly string[]): Promise<Snapshot> {
  const blobs = new Map<string, string>()
  const wanted = new Set(paths)
  const visit = async (sha: string, folder: string): Promise<string> => {
    const { tree, entries } = await readTree(target, sha)
    for (const entry of entries) {
      const path = posix.join(folder, entry.path)
      if (entry.type === 'blob' && wanted.has(path)) blobs.set(path, entry.sha)
      if (entry.type === 'tree' && paths.some(other => other.startsWith(`${path}/`))) await visit(entry.sha, path)
    }
    return tree
  }
  return { tree: await visit(treeish, ''), blobs }
}

interface TreeEntry {
  readonly path: string
  readonly type: string
  readonly sha: string
}

async function readTree(
  { github, owner, repo }: Target,
  treeish: string
): Promise<{ tree: string; entries: TreeEntry[] }> {
  return attempt(`list the files of \`${treeish}\` in ${owner}/${repo}`, async () => {
    const { data } = await github.rest.git.getTree({ owner, repo, tree_sha: treeish })
    return { tree: data.sha, entries: data.tree }
  })
}

/** The content of a blob. */
export async function readBlob({ github, owner, repo }: Target, sha: string): Promise<Uint8Array> {
  return attempt(`give the content of ${sha} in ${owner}/${repo}`, async () => {
    const { data } = await github.rest.git.getBlob({ owner, repo, file_sha: sha })
    return Buffer.from(data.content, 'base64')
  })
}
