import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { SyncError } from '../common/errors.js'
import { exists } from '../common/exists.js'
import { blobSha, type FileContents, type RepositoryFile } from '../common/files.js'
import type { OwnFiles } from '../environment/own-files.js'
import { openGit, pathsInLfs, pathsLeftOut, readObject, storedSha, type Git } from './git.js'

/**
 * The repository's own files as git stores them: the line ends of a checkout, or an encoding of its own, are no change of the
 * file. Where there is no git to ask, and where a file was never committed, they stay as they were read.
 */
export async function asStored(own: OwnFiles, workspace: string): Promise<OwnFiles> {
  const git = await openGit(workspace)
  if (git === undefined) return own
  const { environments, virtualPackages } = own
  return {
    ...own,
    environments: await Promise.all(environments.map(file => stored(git, workspace, file))),
    virtualPackages: virtualPackages && {
      ...virtualPackages,
      file: await stored(git, workspace, virtualPackages.file)
    }
  }
}

async function stored(git: Git, workspace: string, file: RepositoryFile): Promise<RepositoryFile> {
  const sha = await storedSha(git, await pathInCheckout(workspace, file.path))
  if (sha === undefined || sha === blobSha(file.content)) return file
  const content = Buffer.from((await readObject(git, sha)) ?? '')
  return blobSha(content) === sha ? { path: file.path, content } : file
}

/** Where a path leads to, relative to the root of the checkout. */
export async function pathInCheckout(workspace: string, path: string): Promise<string> {
  return relative(await realpath(workspace), await realpath(join(workspace, path)))
}

/**
 * Refuses files that only seem to be missing: the checkout leaves them out.
 * @param paths of files that are read from the checkout
 * @throws SyncError of kind `environment` that names the file
 */
export async function refuseSparse(workspace: string, paths: readonly string[]): Promise<void> {
  const found = await Promise.all(paths.map(path => exists(join(workspace, path))))
  const missing = paths.filter((_, index) => found[index] === false)
  const git = missing.length === 0 ? undefined : await openGit(workspace)
  const [path] = git === undefined ? [] : await pathsLeftOut(git, missing)
  if (path === undefined) return
  throw new SyncError('environment', `\`${path}\` is in the repository, but not in this sparse checkout.`, {
    hint: `Add it, or its folder, to \`sparse-checkout\` of the step with actions/checkout.`,
    place: { file: path }
  })
}

/**
 * Refuses files that Git LFS keeps: what GitHub and git store of them are pointers, which nobody can review or install from.
 * @throws SyncError of kind `environment` that names the file
 */
export async function refuseLfs(workspace: string, paths: readonly string[]): Promise<void> {
  const git = await openGit(workspace)
  const [path] = git === undefined ? [] : await pathsInLfs(git, paths)
  if (path !== undefined) throw inLfs(path)
}

/** @see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md#the-pointer */
const POINTER = 'version https://git-lfs.github.com/spec/v1\n'

/** The same by what is in the files, for those that are on GitHub and for a checkout without git. */
export function refusePointers(contents: FileContents): void {
  for (const [path, content] of contents) {
    if (Buffer.from(content.subarray(0, POINTER.length)).toString('utf8') === POINTER) throw inLfs(path)
  }
}

function inLfs(path: string): SyncError {
  return new SyncError('environment', `\`${path}\` is in Git LFS, so what git has of it is only a pointer.`, {
    hint: `Take it out of LFS: add the line \`${path} -filter -diff -merge text\` at the end of .gitattributes, and commit the file itself.`,
    place: { file: path }
  })
}
