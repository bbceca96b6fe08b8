import * as z from 'zod/mini'
import { optional } from '../common/schema.js'
import { ask, attempt } from './requests.js'
import { toCommit, type Commit } from './commits.js'
import type { Repository } from './repository.js'
import { SHA } from './texts.js'

/** A commit, and who has made it. */
export interface AuthoredCommit extends Commit {
  readonly isBot: boolean
}

/** A file that is another one than at the last common commit. */
export interface ChangedFile {
  readonly path: string
  /** Undefined if it is gone. */
  readonly sha: string | undefined
}

/** What a branch has that its base has not. */
export interface Ahead {
  readonly commits: readonly AuthoredCommit[]
  readonly files: readonly ChangedFile[]
  /** Whether that is all: GitHub names 300 files and 250 commits at most, and takes some files for renamed ones. */
  readonly isComplete: boolean
}

const MOST_FILES = 300

const OBJECT = z.object({ sha: SHA })

const COMPARISON = z.object({
  total_commits: z.number(),
  commits: z.array(
    z.object({
      sha: SHA,
      parents: z.array(OBJECT),
      commit: z.object({
        message: z.string(),
        tree: OBJECT,
        author: optional(z.object({ name: optional(z.string()) }))
      }),
      author: optional(z.object({ type: optional(z.string()) }))
    })
  ),
  files: optional(z.array(z.object({ filename: z.string(), sha: optional(SHA), status: z.string() })))
})

/**
 * Compares a commit with the base branch, as of their last common commit.
 * @see https://docs.github.com/rest/commits/commits#compare-two-commits
 */
export async function readAhead(repository: Repository, base: string, tip: string): Promise<Ahead> {
  return attempt(`compare ${base} with ${tip}`, async () => {
    const between = { basehead: `${base}...${tip}` }
    const data = await ask(repository, 'GET /repos/{owner}/{repo}/compare/{basehead}', between, COMPARISON)
    const files = data.files ?? []
    return {
      commits: data.commits.map(({ sha, parents, commit, author }) => ({
        ...toCommit({ sha, parents, ...commit }),
        isBot: author?.type === 'Bot'
      })),
      files: files.map(({ filename, sha, status }) => ({
        path: filename,
        sha: status === 'removed' ? undefined : sha
      })),
      isComplete:
        data.total_commits === data.commits.length &&
        files.length < MOST_FILES &&
        files.every(({ status }) => status !== 'renamed' && status !== 'copied')
    }
  })
}
