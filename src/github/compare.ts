import { attempt } from './requests.js'
import { toCommit, type Commit } from './commits.js'
import type { Repository } from './repository.js'

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

/**
 * Compares a commit with the base branch, as of their last common commit.
 * @see https://docs.github.com/rest/commits/commits#compare-two-commits
 */
export async function readAhead({ github, owner, repo }: Repository, base: string, tip: string): Promise<Ahead> {
  return attempt(`compare ${base} with ${tip}`, async () => {
    const { data } = await github.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead: `${base}...${tip}` })
    const files = data.files ?? []
    return {
      commits: data.commits.map(({ sha, parents, commit, author }) => ({
        ...toCommit({ sha, parents, message: commit.message, tree: commit.tree, author: commit.author ?? {} }),
        isBot: author?.type === 'Bot'
      })),
      files: files.map(({ filename, sha, status }) => ({
        path: filename,
        sha: status === 'removed' ? undefined : (sha ?? undefined)
      })),
      isComplete:
        data.total_commits === data.commits.length &&
        files.length < MOST_FILES &&
        files.every(({ status }) => status !== 'renamed' && status !== 'copied')
    }
  })
}
