import { realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { remembering } from '../common/remembering.js'
import { childEnvironment, runProcess } from '../toolchain/process.js'

/** Runs git in a checkout and gives what it prints, or undefined if it fails. Paths come after `--`, so none is an option. */
export type Git = (...args: readonly string[]) => Promise<string | undefined>

/**
 * Git for the repository whose root the folder is; undefined where there is no git, or no such repository. What git is told by
 * variables does not count (`GIT_DIR` and the like), and its settings do: they say how files are stored. Nothing becomes a
 * repository during a run, and each look is a process.
 */
export const openGit = remembering(findGit)

async function findGit(workspace: string): Promise<Git | undefined> {
  const root = await realpath(workspace)
  // Nothing is fetched, and nobody is asked for a password: what is not here is not here.
  const offline = { GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' }
  const environment = childEnvironment(process.env, { GIT_CEILING_DIRECTORIES: dirname(root), ...offline })
  const git: Git = async (...args) => {
    // In a container the checkout belongs to another user than the one that runs.
    const result = await runProcess('git', ['-c', 'safe.directory=*', '-C', root, ...args], { environment })
    return result?.exitCode === 0 ? result.stdout : undefined
  }
  const isThere = (await git('rev-parse', '--is-inside-work-tree'))?.trim() === 'true'
  return isThere ? git : undefined
}

/** A commit, and the branch that is checked out, if it is one. */
export interface CheckedOut {
  readonly commit: string
  readonly branch: string | undefined
}

/** What is checked out; undefined in a repository without commits. */
export async function readCheckedOut(git: Git): Promise<CheckedOut | undefined> {
  const commit = (await git('rev-parse', '--verify', 'HEAD'))?.trim()
  const branch = (await git('symbolic-ref', '--quiet', 'HEAD'))?.trim().replace(/^refs\/heads\//, '')
  return commit === undefined ? undefined : { commit, branch }
}

/** The SHA that git would store a file of the checkout under, with line ends and filters as `.gitattributes` has them. */
export async function storedSha(git: Git, path: string): Promise<string | undefined> {
  return (await git('hash-object', '--', path))?.trim()
}

/** A file as the commit has it that is checked out. */
export interface CommittedEntry {
  readonly mode: string
  readonly sha: string
}

/** What the commit that is checked out has at a path. */
export async function committedEntry(git: Git, path: string): Promise<CommittedEntry | undefined> {
  const listed = await git('--literal-pathspecs', 'ls-tree', '--full-tree', 'HEAD', '--', path)
  const match = /^(\d+) \w+ ([0-9a-f]+)\t/.exec(listed ?? '')
  return match?.[1] === undefined || match[2] === undefined ? undefined : { mode: match[1], sha: match[2] }
}

/** The content of an object; undefined if it is not text, or if the repository does not have it. */
export async function readObject(git: Git, sha: string): Promise<string | undefined> {
  return git('cat-file', 'blob', sha)
}

/** The first parent of the commit that is checked out, whether the repository has it or not; undefined if there is none. */
export async function readParent(git: Git): Promise<string | undefined> {
  return /^tree .*\nparent ([0-9a-f]+)\n/.exec((await git('cat-file', 'commit', 'HEAD')) ?? '')?.[1]
}

/** Whether the repository has an object. */
export async function hasObject(git: Git, sha: string): Promise<boolean> {
  return (await git('cat-file', '-e', sha)) !== undefined
}

/** Whether a commit has a file, as far as the repository knows. */
export async function isListed(git: Git, commit: string, path: string): Promise<boolean> {
  return (await git('--literal-pathspecs', 'ls-tree', '--full-tree', commit, '--', path)) !== ''
}

/** Those of the paths that the commit has, and a sparse checkout leaves out. */
export async function pathsLeftOut(git: Git, paths: readonly string[]): Promise<string[]> {
  const listed = await git('--literal-pathspecs', 'ls-files', '-t', '-z', '--', ...paths)
  return (listed ?? '').split('\0').flatMap(line => (line.startsWith('S ') ? [line.slice(2)] : []))
}

/** Those of the paths that `.gitattributes` gives to Git LFS. */
export async function pathsInLfs(git: Git, paths: readonly string[]): Promise<string[]> {
  const fields = ((await git('check-attr', '-z', 'filter', '--', ...paths)) ?? '').split('\0')
  return paths.filter((_, index) => fields[index * 3 + 2] === 'lfs')
}
