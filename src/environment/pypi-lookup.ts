import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { SyncError } from '../common/errors.js'
import { readWorkspaceFile } from '../runner/workspace.js'

/** A table of PyPI and conda names in the repository. */
export interface LookupTable {
  /** Relative to the root of the repository. */
  readonly path: string
  /** Absolute path. */
  readonly file: string
  readonly sha256: string
}

/**
 * Reads the table that the input `pypi-lookup-file` names.
 * @throws SyncError of kind `input` if there is no such file
 */
export async function readLookupTable(workspace: string, path: string): Promise<LookupTable> {
  const content = await readWorkspaceFile(workspace, path)
  if (content === undefined) {
    throw new SyncError('input', `Input \`pypi-lookup-file\`: there is no file \`${path}\` in the repository.`, {
      hint: 'Add it, or leave the input out to use the table that conda-lock fetches.'
    })
  }
  return { path, file: join(workspace, path), sha256: createHash('sha256').update(content).digest('hex') }
}
