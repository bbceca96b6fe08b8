import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { SyncError } from './errors.js'
import type { Inputs } from './inputs.js'
import type { Runner } from './runner.js'
import { readWorkspaceFile } from './workspace.js'

/** A table of PyPI and conda names in the repository. */
export interface LookupTable {
  /** Relative to the root of the repository. */
  readonly path: string
  /** Absolute path. */
  readonly file: string
  readonly sha256: string
}

/**
 * Finds the table that `pypi-lookup-file` names.
 * @throws SyncError of kind `input` if there is no such file
 */
export async function readLookup(inputs: Inputs, runner: Runner): Promise<LookupTable | undefined> {
  const path = inputs.pypiLookupFile
  if (path === undefined) return undefined
  const content = await readWorkspaceFile(runner.workspace, path)
  if (content === undefined) {
    throw new SyncError('input', `Input \`pypi-lookup-file\`: there is no file \`${path}\` in the repository.`, {
      hint: 'Add it, or leave the input out to use the table that conda-lock fetches.'
    })
  }
  return { path, file: join(runner.workspace, path), sha256: createHash('sha256').update(content).digest('hex') }
}
