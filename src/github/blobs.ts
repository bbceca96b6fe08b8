import * as z from 'zod/mini'
import { SyncError } from '../common/errors.js'
import { optional } from '../common/schema.js'
import { askTip, ofBranch } from './branches.js'
import { lookUp, openTree, type FileMode } from './trees.js'
import type { Repository } from './repository.js'
import { SHA } from './texts.js'
import { ask, attempt } from './requests.js'

/** Blob SHAs by path, of those paths that exist. */
export type Blobs = ReadonlyMap<string, string>

/** Where a path of ours leads to in the repository, and the mode that the file has there. */
export interface StoredAt {
  readonly path: string
  readonly mode: FileMode
}

/** A folder of the repository as it was read: the SHA of its root, and the blobs found in it. */
export interface TreeSnapshot {
  readonly tree: string
  readonly blobs: Blobs
  /** Paths that are links, lead through some, or may be executed. */
  readonly places: ReadonlyMap<string, StoredAt>
}

/** What a branch has at the given paths, and the commit that it was at. */
export interface BranchSnapshot extends TreeSnapshot {
  readonly commit: string
}

/** The blobs that a branch has at the given paths. */
export async function readBranchBlobs(
  repository: Repository,
  branch: string,
  paths: readonly string[]
): Promise<BranchSnapshot> {
  // By its full name: a tag may have the name of a branch, and GitHub takes either for a tree.
  const { owner, repo } = repository
  const commit = await ofBranch(repository, branch, () =>
    attempt(`list the files of \`${branch}\` in ${owner}/${repo}`, () => askTip(repository, branch))
  )
  return { commit, ...(await readBlobs(repository, commit, paths)) }
}

/**
 * The blobs at the given paths, with one request for each folder on the way to them. (One recursive request would do for
 * small repositories, but GitHub cuts large ones short.) Links are followed inside the repository, with one request for each.
 * @param treeish the SHA of a tree or a commit
 * @throws SyncError of kind `environment` that names a link out of the repository, or a submodule
 */
export async function readBlobs(
  repository: Repository,
  treeish: string,
  paths: readonly string[]
): Promise<TreeSnapshot> {
  const { sha: tree, tree: entries } = await readFolder(repository, treeish)
  const reader = openTree(entries, {
    readFolder: async sha => (await readFolder(repository, sha)).tree,
    readLink: async sha => Buffer.from(await readBlob(repository, sha)).toString('utf8')
  })
  const blobs = new Map<string, string>()
  const places = new Map<string, StoredAt>()
  for (const path of new Set(paths)) {
    const { place, mode, sha } = await lookUp(reader, path)
    if (sha !== undefined) blobs.set(path, sha)
    if (place !== path || mode !== '100644') places.set(path, { path: place, mode })
  }
  return { tree, blobs, places }
}

const TREE = z.object({
  sha: SHA,
  tree: z.array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: SHA })),
  truncated: optional(z.boolean())
})

async function readFolder(repository: Repository, treeish: string): Promise<z.infer<typeof TREE>> {
  const { owner, repo } = repository
  const folder = await attempt(`list the files of \`${treeish}\` in ${owner}/${repo}`, () =>
    ask(repository, 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}', { tree_sha: treeish }, TREE)
  )
  if (folder.truncated !== true) return folder
  throw new SyncError('github', `GitHub lists only a part of the folder \`${treeish}\` in ${owner}/${repo}.`, {
    hint: 'It has too many files: move those that the action does not need into a folder of their own.'
  })
}

const BLOB = z.object({ content: z.string() })

/** The content of a blob. */
export async function readBlob(repository: Repository, sha: string): Promise<Uint8Array> {
  const { owner, repo } = repository
  return attempt(`give the content of ${sha} in ${owner}/${repo}`, async () => {
    const { content } = await ask(repository, 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { file_sha: sha }, BLOB)
    return Buffer.from(content, 'base64')
  })
}
