import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, messageOf, SyncError } from '../common/errors.js'
import { loadVersionMatch } from '../lockfile/constraint.js'
import type { Bundle } from './bundle.js'
import { checkBundle, type Expectation } from './check.js'
import { unpackBundle } from './unpack.js'
import { MANIFEST } from './write.js'

/**
 * Finds the bundles: each of the folders is one, or holds some.
 * @param folders absolute paths
 * @returns the absolute paths of bundles
 */
export async function findBundles(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async folder => {
      const names = await namesIn(folder)
      if (names.includes(MANIFEST)) return [folder]
      const inner = names.toSorted().map(async name => {
        const path = join(folder, name)
        return (await namesIn(path)).includes(MANIFEST) ? [path] : []
      })
      return (await Promise.all(inner)).flat()
    })
  )
  return [...new Set(found.flat())]
}

/** What is in a folder; nothing if it is none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw error
  }
}

/**
 * Reads a bundle that may come from anybody: nothing in it is taken for true that can be checked without solving.
 * @throws SyncError of kind `bundle` with the first thing that is not as it must be
 */
export async function readBundle(folder: string, expectation: Expectation): Promise<Bundle> {
  try {
    return checkBundle(await unpackBundle(folder), expectation, await loadVersionMatch())
  } catch (error) {
    throw new SyncError('bundle', `The bundle ${folder} was not accepted: ${withoutStop(messageOf(error))}.`, {
      hint: 'Nothing was published. Lock again, and look for who or what has changed the bundle in between.',
      cause: error
    })
  }
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '')
}
