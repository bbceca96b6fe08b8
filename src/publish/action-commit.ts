import { createHash } from 'node:crypto'
import type { BranchHead } from '../github/branches.js'
import { createCommit, type Commit, type CommittedFile } from '../github/commits.js'
import type { Repository } from '../github/repository.js'

const TRAILER = 'Conda-Lock-Sync'

/**
 * A hash over a commit's tree and parent. It marks the action's own commits even where the pull request's memory is lost:
 * whoever commits on top, amends the content, merges or rebases gets another tree or another parent.
 */
function commitSeal(tree: string, parent: string): string {
  return createHash('sha256').update(`${tree} ${parent}`).digest('hex').slice(0, 40)
}

/** Makes a commit that {@link isActionCommit} recognises. */
export async function commitFiles(
  repository: Repository,
  head: BranchHead,
  files: readonly CommittedFile[],
  message: string
): Promise<Commit> {
  return createCommit(repository, head, files, tree => `${message}\n\n${TRAILER}: ${commitSeal(tree, head.commit)}`)
}

/** Whether a message is one of the action's, whoever has rebased its commit meanwhile. */
export function isActionMessage(message: string): boolean {
  return message.split('\n').some(line => line.startsWith(`${TRAILER}: `))
}

/** Whether the action has made this very commit. */
export function isActionCommit({ message, tree, parents }: Commit): boolean {
  const [parent, ...others] = parents
  if (parent === undefined || others.length > 0) return false
  return message.split('\n').includes(`${TRAILER}: ${commitSeal(tree, parent)}`)
}
