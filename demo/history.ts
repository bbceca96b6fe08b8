import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, messageOf } from '../src/common/errors.js'
import { COPIES, StageError } from './stage.js'

/** The files of one upstream commit, by path. */
export type Snapshot = Readonly<Record<string, string>>

/** One commit of upstream's. */
export interface Commit {
  readonly name: string
  readonly files: Snapshot
}

/**
 * Reads `FOLDER/COMMIT/…/environment.yml`, oldest first.
 * @throws StageError if the folder is none
 */
export async function readHistory(folder: string): Promise<Commit[]> {
  try {
    const names = (await readdir(folder)).sort()
    return await Promise.all(names.map(async name => ({ name, files: await readSnapshot(join(folder, name)) })))
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error
    throw new StageError(`${folder} does not hold upstream's history: ${messageOf(error)}`, { cause: error })
  }
}

async function readSnapshot(folder: string): Promise<Snapshot> {
  const paths = Object.keys(COPIES)
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path, await readFile(join(folder, path), 'utf8')] as const))
  )
}
