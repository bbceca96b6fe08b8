import { posix } from 'node:path'
import { githubError, isRequestError, statusOf, type GitHub } from '../github.js'
import type { RepositoryName } from '../runner.js'
import type { RepositoryFile } from '../workspace.js'

/** A repository on GitHub that the token may write to. */
export interface Target extends RepositoryName {
  readonly github: GitHub
}

/** Blob SHAs by path, of those paths that exist. */
export type Blobs = ReadonlyMap<string, string>

/** A branch's last commit and the folder that it holds. */
export interface Head {
  readonly commit: string
  readonly tree: string
}

/** Asks GitHub for the default branch, for events whose payload does not name it. */
export async function readDefaultBranch({ github, owner, repo }: Target): Promise<string> {
  return attempt(`describe the repository ${owner}/${repo}`, async () => {
    return (await github.rest.repos.get({ owner, repo })).data.default_branch
  })
}

/** @throws SyncError of kind `github` if there is no such branch */
export async function readHead({ github, owner, repo }: Target, branch: string): Promise<Head> {
  return attempt(`find the branch \`${branch}\` of ${owner}/${repo}`, async () => {
    const { data } = await github.rest.repos.getCommit({ owner, repo, ref: `heads/${branch}`, per_page: 1 })
    return { commit: data.sha, tree: data.commit.tree.sha }
  })
}

/** What names a branch's files: GitHub takes a branch for a tree, but a name with a slash does not fit into a path. */
export async function readTreeish(target: Target, branch: string): Promise<string> {
  return branch.includes('/') ? (await readHead(target, branch)).tree : branch
}

/** A folder of the repository as it was read: the SHA of its root, and the blobs found in it. */
export interface Snapshot {
  readonly tree: string
  readonly blobs: Blobs
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

/**
 * Makes a commit with the given files on top of `head`; no branch moves. No author and no committer are given, because
 * GitHub signs the commits that an app makes so.
 * @see https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
 */
export async function createCommit(
  { github, owner, repo }: Target,
  head: Head,
  files: readonly RepositoryFile[],
  message: string
): Promise<string> {
  return attempt('take the new commit', async () => {
    const tree = await github.rest.git.createTree({
      owner,
      repo,
      base_tree: head.tree,
      tree: files.map(({ path, content }) => ({
        path,
        mode: '100644',
        type: 'blob',
        content: Buffer.from(content).toString('utf8')
      }))
    })
    const commit = await github.rest.git.createCommit({
      owner,
      repo,
      message,
      tree: tree.data.sha,
      parents: [head.commit]
    })
    return commit.data.sha
  })
}

/** Lets the branch point to the commit, whether or not it exists. */
export async function moveBranch(target: Target, branch: string, commit: string, exists: boolean): Promise<void> {
  if (exists || !(await createBranch(target, branch, commit))) await forceBranch(target, branch, commit)
}

/** @returns false if there is such a branch already */
async function createBranch({ github, owner, repo }: Target, branch: string, commit: string): Promise<boolean> {
  return attempt(`create the branch \`${branch}\``, async () => {
    try {
      await github.rest.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha: commit })
      return true
    } catch (error) {
      if (statusOf(error) === 422 && /already exists/i.test(String(error))) return false
      throw error
    }
  })
}

async function forceBranch({ github, owner, repo }: Target, branch: string, commit: string): Promise<void> {
  await attempt(`move the branch \`${branch}\``, async () => {
    await github.rest.git.updateRef({ owner, repo, ref: `heads/${branch}`, sha: commit, force: true })
  })
}

export async function deleteBranch({ github, owner, repo }: Target, branch: string): Promise<void> {
  await attempt(`delete the branch \`${branch}\``, async () => {
    try {
      await github.rest.git.deleteRef({ owner, repo, ref: `heads/${branch}` })
    } catch (error) {
      // A repository may delete the branch itself when its pull request is closed.
      if (!/does not exist/i.test(String(error))) throw error
    }
  })
}

/** Runs a request, and says of a failure what GitHub was asked to do. */
export async function attempt<T>(doing: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw isRequestError(error) ? githubError(error, doing) : error
  }
}
