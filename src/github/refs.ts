import { statusOf } from './errors.js'
import { attempt } from './requests.js'
import type { Repository } from './repository.js'

// Refs that are neither branches nor tags: no clone fetches them, and nothing on GitHub shows them.

/** The refs whose names begin so, without `refs/`. */
export async function listRefs({ github, owner, repo }: Repository, prefix: string): Promise<string[]> {
  return attempt(`list the refs \`${prefix}\``, async () => {
    const { data } = await github.rest.git.listMatchingRefs({ owner, repo, ref: prefix })
    return data.map(({ ref }) => ref.replace(/^refs\//, ''))
  })
}

/** Makes a ref; it may be there already. */
export async function ensureRef({ github, owner, repo }: Repository, name: string, commit: string): Promise<void> {
  await attempt(`make the ref \`${name}\``, async () => {
    try {
      await github.rest.git.createRef({ owner, repo, ref: `refs/${name}`, sha: commit })
    } catch (error) {
      if (
        statusOf(error) !== 422 ||
        !(await listRefs({ github, owner, repo, repositoryId: undefined }, name)).includes(name)
      )
        throw error
    }
  })
}

/** Deletes a ref; it may be gone already. */
export async function dropRef({ github, owner, repo }: Repository, name: string): Promise<void> {
  await attempt(`delete the ref \`${name}\``, async () => {
    try {
      await github.rest.git.deleteRef({ owner, repo, ref: name })
    } catch (error) {
      if (statusOf(error) !== 422) throw error
    }
  })
}
