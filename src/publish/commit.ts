import { createHash } from 'node:crypto'
import { attempt } from '../github.js'
import type { DesiredFile } from '../workspace.js'
import type { Head, Target } from './repository.js'

/** A commit, as far as it says whose it is. */
export interface Commit {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: string
}

function treeEntry({ path, content }: DesiredFile) {
  const entry = { path, mode: '100644', type: 'blob' } as const
  return content === undefined ? { ...entry, sha: null } : { ...entry, content: Buffer.from(content).toString('utf8') }
}

/**
 * Makes a commit with the given files on top of `head`; no branch moves. No author and no committer are given, because
 * GitHub signs the commits that an app makes so.
 * @see https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
 */
export async function createCommit(
  { github, owner, repo }: Target,
  head: Head,
  files: readonly DesiredFile[],
  message: string
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
      message: `${message}\n\n${TRAILER}: ${seal(tree.data.sha, head.commit)}`,
      tree: tree.data.sha,
      parents: [head.commit]
    })
    return toCommit(data)
  })
}

/** Reads a commit of the repository. */
export async function readCommit({ github, owner, repo }: Target, sha: string): Promise<Commit> {
  return attempt(`give the commit ${sha}`, async () => {
    return toCommit((await github.rest.git.getCommit({ owner, repo, commit_sha: sha })).data)
  })
}

interface CommitAnswer {
  readonly sha: string
  readonly message: string
  readonly tree: { readonly sha: string }
  readonly parents: readonly { readonly sha: string }[]
  readonly author: { readonly name?: string | null }
}

function toCommit({ sha, message, tree, parents, author }: CommitAnswer): Commit {
  return { sha, message, tree: tree.sha, parents: parents.map(parent => parent.sha), author: author.name ?? '' }
}

const TRAILER = 'Conda-Lock-Sync'

/**
 * What makes a commit recognisable as the action's own even where nothing else remembers it: a hash over its content and
 * its parent. Whoever commits on top, amends the content, merges or rebases has another tree or another parent.
 */
function seal(tree: string, parent: string): string {
  return createHash('sha256').update(`${tree} ${parent}`).digest('hex').slice(0, 40)
}

/** Whether the action has made this very commit. */
export function isOwn({ message, tree, parents }: Commit): boolean {
  const [parent, ...others] = parents
  if (parent === undefined || others.length > 0) return false
  return message.split('\n').includes(`${TRAILER}: ${seal(tree, parent)}`)
}
