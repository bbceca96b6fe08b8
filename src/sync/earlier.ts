import { parseUnifiedLock, type UnifiedLock } from '../lockfile/unified.js'
import { openGit, readObject } from './git.js'

/**
 * The lockfiles of the commit that is checked out, and of the one before, as far as the checkout has them: of a pull request
 * on GitHub, the one before is the base branch.
 * @param path relative to the root of the repository
 */
export async function readEarlierLocks(workspace: string, path: string): Promise<UnifiedLock[]> {
  const git = await openGit(workspace)
  if (git === undefined) return []
  const texts = await Promise.all(['HEAD', 'HEAD^1'].map(commit => readObject(git, `${commit}:${path}`)))
  return [...new Set(texts)].flatMap(text => (text === undefined ? [] : readable(text)))
}

/** One that nobody can read says nothing. */
function readable(text: string): UnifiedLock[] {
  try {
    return [parseUnifiedLock(text)]
  } catch {
    return []
  }
}
