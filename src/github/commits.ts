import type { BranchHead } from './branches.js'
import { statusOf } from './errors.js'
import { attempt } from './requests.js'
import type { DesiredFile } from '../common/files.js'
import type { FileMode } from './trees.js'
import type { Repository } from './repository.js'

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
  { github, owner, repo }: Repository,
  head: BranchHead,
  files: readonly CommittedFile[],
  messageOf: (tree: string) => string
): Promise<Commit> {
  return attempt('take the new commit', async () => {
    const tree = await github.rest.git.createTree({
      owner,
      repo,
      base_tree: head.tree,
      tree: files.map(treeEntry)
    })
    const { data } = await github.rest.git.createCommit({
      owner,
      repo,
      message: messageOf(tree.data.sha),
      tree: tree.data.sha,
      parents: [head.commit]
    })
    return toCommit(data)
  })
}

/** Reads a commit of the repository. */
export async function readCommit({ github, owner, repo }: Repository, sha: string): Promise<Commit> {
  return attempt(`give the commit ${sha}`, async () => {
    return toCommit((await github.rest.git.getCommit({ owner, repo, commit_sha: sha })).data)
  })
}

/** Whether the repository has a commit. */
export async function hasCommit({ github, owner, repo }: Repository, sha: string): Promise<boolean> {
  return attempt(`say whether it has the commit ${sha}`, async () => {
    try {
      await github.rest.git.getCommit({ owner, repo, commit_sha: sha })
      return true
    } catch (error) {
      if (statusOf(error) === 404) return false
      throw error
    }
  })
}

interface CommitAnswer {
  readonly sha: string
  readonly message: string
  readonly tree: { readonly sha: string }
  readonly parents: readonly { readonly sha: string }[]
  readonly author: { readonly name?: string | null }
}

/** A commit as the API tells it. */
export function toCommit({ sha, message, tree, parents, author }: CommitAnswer): Commit {
  return { sha, message, tree: tree.sha, parents: parents.map(parent => parent.sha), author: author.name ?? '' }
}
