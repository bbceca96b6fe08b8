import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from '../../src/common/exists.js'
import { ROOT } from './action.js'

/** After `python -m`: installs what a file of hashes lists, and nothing besides. */
export const PIP_INSTALL: readonly string[] = [
  ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--no-deps']
]

/**
 * Installs something into a folder that stays for later test runs, unless an earlier one has.
 * @param install into a folder that is moved into place afterwards
 * @returns the folder
 */
export async function installOnce(name: string, install: (unfinished: string) => Promise<void>): Promise<string> {
  const folder = join(ROOT, 'node_modules', '.cache', name)
  if (await exists(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  await install(unfinished)
  await rename(unfinished, folder).catch(async (error: unknown) => {
    // Another test file was quicker, and may be using it already.
    await rm(unfinished, { recursive: true })
    if (!(await exists(folder))) throw error
  })
  return folder
}
