import { posix } from 'node:path'
import { ofBranch, readHead } from './branches.js'
import type { Repository } from './repository.js'
import { attempt } from './requests.js'

/** Blob SHAs by path, of those paths that exist. */
export type Blobs = ReadonlyMap<string, string>

/** A folder of the repository as it was read: the SHA of its root, and the blobs found in it. */
export interface TreeSnapshot {
  readonly tree: string
  readonly blobs: Blobs
}

/** The blobs that a branch has at the given paths. */
export async function readBranchBlobs(
  repository: Repository,
  branch: string,
  paths: readonly string[]
): Promise<TreeSnapshot> {
  // GitHub takes a branch for a tree, but a name with a slash does not fit into a path.
  const treeish = branch.includes('/') ? (await readHead(repository, branch)).tree : branch
  return ofBranch(repository, branch, () => readBlobs(repository, treeish, paths))
}

/**
 * The blobs at the given paths, with one request for each folder on the way to them. (One recursive request would do for
 * small repositories, but GitHub cuts large ones short.)
 * @param treeish the SHA of a tree or a commit, or the name of a branch
 */
export async function readBlobs(
  repository: Repository,
  treeish: string,
  paths: readonly string[]
): Promise<TreeSnapshot> {
  const blobs = new Map<string, string>()
  const wanted = new Set(paths)
  const visit = async (sha: string, folder: string): Promise<string> => {
    const { tree, entries } = await readTree(repository, sha)
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
  { github, owner, repo }: Repository,
  treeish: string
): Promise<{ tree: string; entries: TreeEntry[] }> {
  return attempt(`list the files of \`${treeish}\` in ${owner}/${repo}`, async () => {
    const { data } = await github.rest.git.getTree({ owner, repo, tree_sha: treeish })
    return { tree: data.sha, entries: data.tree }
  })
}

/** The content of a blob. */
export async function readBlob({ github, owner, repo }: Repository, sha: string): Promise<Uint8Array> {
  return attempt(`give the content of ${sha} in ${owner}/${repo}`, async () => {
    const { data } = await github.rest.git.getBlob({ owner, repo, file_sha: sha })
    return Buffer.from(data.content, 'base64')
  })
}
