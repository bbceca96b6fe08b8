import { chmod, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { errorCode, SyncError } from '../common/errors.js'
import { isContent, type DesiredFile, type RepositoryFile } from '../common/files.js'
import { exists } from '../common/exists.js'
import { writingTo } from './disk.js'

/**
 * Reads a file of the repository. A link may lead to another one, but not out of the repository: what the runner's machine
 * holds besides is none of a pull request's business, whose files these may be.
 * @returns undefined if there is no such file
 * @throws SyncError of kind `environment` if it is a folder, or is outside
 */
export async function readWorkspaceFile(workspace: string, path: string): Promise<Uint8Array | undefined> {
  try {
    const [root, place] = await Promise.all([realpath(workspace), realpath(join(workspace, path))])
    if (isOutside(root, place)) throw outside(path)
    return await readFile(place)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    if (errorCode(error) !== 'EISDIR') throw error
    throw new SyncError('environment', `\`${path}\` is a folder in this repository, not a file.`, {
      hint: 'Correct the input that names it.',
      cause: error
    })
  }
}

function isOutside(root: string, place: string): boolean {
  return relative(root, place).split(sep)[0] === '..'
}

function outside(path: string): SyncError {
  return new SyncError('environment', `\`${path}\` is a link to a place outside of the repository.`, {
    hint: 'Replace the link by what it leads to.',
    place: { file: path }
  })
}

/**
 * Reads the repository's own environment files.
 * @throws SyncError of kind `environment` when one is missing, or when nothing was checked out
 */
export async function readEnvironmentFiles(workspace: string, paths: readonly string[]): Promise<RepositoryFile[]> {
  return Promise.all(
    paths.map(async path => {
      const content = await readWorkspaceFile(workspace, path)
      if (content === undefined) throw await missing(workspace, path)
      return { path, content }
    })
  )
}

async function missing(workspace: string, path: string): Promise<SyncError> {
  return (await exists(join(workspace, '.git')))
    ? new SyncError('environment', `There is no file \`${path}\` in the repository.`, {
        hint: 'Add it, or correct `environment-files` or `working-directory`.',
        place: { file: path }
      })
    : new SyncError('environment', `There is no file \`${path}\`, and no repository in ${workspace}.`, {
        hint: 'In a workflow, add a step with actions/checkout before this one; in a terminal, name the folder of the image as `--working-directory`.'
      })
}

/**
 * Puts finished files into place: all are written beside their places first, then moved, so that none is ever half there.
 * A file without content is removed. Links to other files of the repository stay, and so do modes.
 */
export async function placeFiles(workspace: string, files: readonly DesiredFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => refuseOutside(workspace, path)))
  const all = await Promise.all(
    files.map(async ({ path, content }) => ({ to: await placeOf(workspace, path), content }))
  )
  // Images may share a file, by its name or by a link.
  const placed = [...new Map(all.map(file => [file.to, file])).values()]
  const moves = placed.flatMap(({ to, content }) =>
    content === undefined ? [] : [{ from: `${to}.${process.pid}.new`, to, content }]
  )
  const begun: string[] = []
  try {
    for (const { from, to, content } of moves) {
      await writingTo(to, async () => {
        await mkdir(dirname(from), { recursive: true })
        begun.push(from)
        await writeFile(from, content)
        const mode = await modeOf(to)
        if (mode !== undefined) await chmod(from, mode)
      })
    }
    for (const { from, to } of moves) await writingTo(to, () => rename(from, to))
  } finally {
    await Promise.all(begun.map(from => rm(from, { force: true })))
  }
  for (const { to, content } of placed) if (content === undefined) await writingTo(to, () => rm(to, { force: true }))
}

/** Where a file is to be written: a link in its place is followed within the repository, and otherwise replaced. */
async function placeOf(workspace: string, path: string): Promise<string> {
  const itself = join(workspace, path)
  const [root, place] = await Promise.all([realpath(workspace), ifThere(realpath(itself))])
  return place === undefined || isOutside(root, place) ? itself : place
}

async function modeOf(path: string): Promise<number | undefined> {
  return (await ifThere(stat(path)))?.mode
}

async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  })
}

/** A folder on the way may be a link. */
async function refuseOutside(workspace: string, path: string): Promise<void> {
  const root = await realpath(workspace)
  const folders = dirname(path)
    .split('/')
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'))
  for (const folder of folders) {
    const place = await realpath(join(workspace, folder)).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return root
      throw error
    })
    if (isOutside(root, place)) throw outside(folder)
  }
}

/** Puts those files into place that are not there as they should be. */
export async function placeChanged(workspace: string, files: readonly DesiredFile[]): Promise<void> {
  const present = await Promise.all(files.map(file => readWorkspaceFile(workspace, file.path)))
  await placeFiles(
    workspace,
    files.filter((file, index) => !isContent(file, present[index]))
  )
}
