import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, SyncError } from '../common/errors.js'

/**
 * Runs what writes to a path. Node does not say of every failed write which file it was about.
 * @throws SyncError of kind `disk` that names the file and its folder
 */
export async function writingTo<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw new SyncError('disk', `${path} could not be written: ${messageOf(error)}`, {
      hint: `Look at the space on the disk of ${dirname(path)}, at whose folder it is, and whether it may be written to.`,
      cause: error
    })
  }
}

/** Writes a file, and makes the folders on the way; see {@link writingTo}. */
export async function writeTo(path: string, content: Uint8Array | string): Promise<void> {
  await writingTo(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  })
}
