import * as z from 'zod/mini'
import { statusOf } from './errors.js'
import { ask, attempt, DONE } from './requests.js'
import type { Repository } from './repository.js'

// Refs that are neither branches nor tags: no clone fetches them, and nothing on GitHub shows them.

const REFS = z.array(z.object({ ref: z.string() }))

/** The refs whose names begin so, without `refs/`. */
export async function listRefs(repository: Repository, prefix: string): Promise<string[]> {
  return attempt(`list the refs \`${prefix}\``, async () => {
    const refs = await ask(repository, 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ref: prefix }, REFS)
    return refs.map(({ ref }) => ref.replace(/^refs\//, ''))
  })
}

/** Makes a ref; it may be there already. */
export async function ensureRef(repository: Repository, name: string, commit: string): Promise<void> {
  await attempt(`make the ref \`${name}\``, async () => {
    try {
      await ask(repository, 'POST /repos/{owner}/{repo}/git/refs', { ref: `refs/${name}`, sha: commit }, DONE)
    } catch (error) {
      if (statusOf(error) !== 422 || !(await listRefs(repository, name)).includes(name)) throw error
    }
  })
}

/** Deletes a ref; it may be gone already. */
export async function dropRef(repository: Repository, name: string): Promise<void> {
  await attempt(`delete the ref \`${name}\``, async () => {
    try {
      await ask(repository, 'DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: name }, DONE)
    } catch (error) {
      if (statusOf(error) !== 422) throw error
    }
  })
}
