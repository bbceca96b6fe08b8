import * as z from 'zod/mini'
import { optional } from '../common/schema.js'
import type { BranchHead } from './branches.js'
import { statusOf } from './errors.js'
import { ask, attempt } from './requests.js'
import type { DesiredFile } from '../common/files.js'
import type { FileMode } from './trees.js'
import type { Repository } from './repository.js'
import { SHA } from './texts.js'

const MADE = z.object({ sha: SHA })

const COMMIT = z.object({
  sha: SHA,
  message: z.string(),
  tree: MADE,
  parents: z.array(MADE),
  author: optional(z.object({ name: optional(z.string()) }))
})

/** A commit, as far as it says whose it is. */
export interface Commit {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: string
}

/** A file as it should be, with the mode that it has in git. */
export interface CommittedFile extends DesiredFile {
  readonly mode: FileMode
}

function treeEntry({ path, mode, content }: CommittedFile) {
  const entry = { path, mode, type: 'blob' } as const
  return content === undefined ? { ...entry, sha: null } : { ...entry, content: Buffer.from(content).toString('utf8') }
}

/**
 * Makes a commit with the given files on top of `head`; no branch moves. No author and no committer are given, because
 * GitHub signs the commits that an app makes so.
 * @param messageOf the message of a commit with this tree
 * @see https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
 */
export async function createCommit(
  repository: Repository,
  head: BranchHead,
  files: readonly CommittedFile[],
  messageOf: (tree: string) => string
): Promise<Commit> {
  return attempt('take the new commit', async () => {
    const entries = { base_tree: head.tree, tree: files.map(treeEntry) }
    const { sha: tree } = await ask(repository, 'POST /repos/{owner}/{repo}/git/trees', entries, MADE)
    const commit = { message: messageOf(tree), tree, parents: [head.commit] }
    return toCommit(await ask(repository, 'POST /repos/{owner}/{repo}/git/commits', commit, COMMIT))
  })
}

/** Reads a commit of the repository. */
export async function readCommit(repository: Repository, sha: string): Promise<Commit> {
  return attempt(`give the commit ${sha}`, async () => toCommit(await askCommit(repository, sha)))
}

async function askCommit(repository: Repository, sha: string): Promise<z.infer<typeof COMMIT>> {
  return ask(repository, 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}', { commit_sha: sha }, COMMIT)
}

/** Whether the repository has a commit. */
export async function hasCommit(repository: Repository, sha: string): Promise<boolean> {
  return attempt(`say whether it has the commit ${sha}`, async () => {
    try {
      await askCommit(repository, sha)
      return true
    } catch (error) {
      if (statusOf(error) === 404) return false
      throw error
    }
  })
}

/** A commit as the API tells it. */
export function toCommit({ sha, message, tree, parents, author }: z.infer<typeof COMMIT>): Commit {
  return { sha, message, tree: tree.sha, parents: parents.map(parent => parent.sha), author: author?.name ?? '' }
}
