import { parseUnifiedLock, type UnifiedLock } from '../lockfile/unified.js'
import { log, warn } from '../runner/log.js'
import { hasObject, isListed, openGit, readObject, readParent, type Git } from './git.js'

/**
 * The lockfiles of the commit that is checked out, and of the one before, as far as the checkout has them: of a pull request
 * on GitHub, the one before is the base branch.
 * @param path relative to the root of the repository
 */
export async function readEarlierLocks(workspace: string, path: string): Promise<UnifiedLock[]> {
  const git = await openGit(workspace)
  if (git === undefined) return []
  const texts = await Promise.all([readObject(git, `HEAD:${path}`), readBefore(git, path)])
  return [...new Set(texts)].flatMap(text => (text === undefined ? [] : readable(text)))
}

/** The file of the commit before. That a checkout lacks it is usual with `fetch-depth: 1`, and unexpected with a filter. */
async function readBefore(git: Git, path: string): Promise<string | undefined> {
  const parent = await readParent(git)
  if (parent === undefined) return undefined
  const text = await readObject(git, `${parent}:${path}`)
  if (text !== undefined) return text
  const what = `\`${path}\` is not compared with that of the commit before`
  if (!(await hasObject(git, parent)))
    log(`${what}, which this checkout does not have; \`fetch-depth: 2\` would bring it.`)
  else if (await isListed(git, parent, path)) {
    warn(`${what}, which this partial clone does not have. Leave \`filter\` out of the step with actions/checkout.`)
  }
  return undefined
}

/** One that nobody can read says nothing. */
function readable(text: string): UnifiedLock[] {
  try {
    return [parseUnifiedLock(text)]
  } catch {
    return []
  }
}
