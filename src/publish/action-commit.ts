import { createHash } from 'node:crypto'
import type { DesiredFile } from '../common/files.js'
import type { BranchHead } from '../github/branches.js'
import { createCommit, type Commit } from '../github/commits.js'
import type { Repository } from '../github/repository.js'

const TRAILER = 'Conda-Lock-Sync'

/**
 * What makes a commit recognisable as the action's own even where nothing else remembers it: a hash over its content and
 * its parent. Whoever commits on top, amends the content, merges or rebases has another tree or another parent.
 */
function commitSeal(tree: string, parent: string): string {
  return createHash('sha256').update(`${tree} ${parent}`).digest('hex').slice(0, 40)
}

/** Makes a commit that {@link isActionCommit} recognises. */
export async function commitFiles(
  repository: Repository,
  head: BranchHead,
  files: readonly DesiredFile[],
  message: string
): Promise<Commit> {
  return createCommit(repository, head, files, tree => `${message}\n\n${TRAILER}: ${commitSeal(tree, head.commit)}`)
}

/** Whether the action has made this very commit. */
export function isActionCommit({ message, tree, parents }: Commit): boolean {
  const [parent, ...others] = parents
  if (parent === undefined || others.length > 0) return false
  return message.split('\n').includes(`${TRAILER}: ${commitSeal(tree, parent)}`)
}
