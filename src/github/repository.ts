import * as z from 'zod/mini'
import { ask, attempt, type Target } from './requests.js'
import { BRANCH_NAME } from './texts.js'

/** A repository on GitHub that the token may write to. */
export interface Repository extends Target {
  /** What GraphQL calls the repository, where that is known already. */
  readonly repositoryId: string | undefined
}

/** Asks GitHub for the default branch, for events whose payload does not name it. */
export async function readDefaultBranch(repository: Repository): Promise<string> {
  return (await readRepository(repository)).default_branch
}

/** What GraphQL calls the repository. */
export async function readRepositoryId(repository: Repository): Promise<string> {
  return repository.repositoryId ?? (await readRepository(repository)).node_id
}

const REPOSITORY = z.object({ default_branch: BRANCH_NAME, node_id: z.string() })

async function readRepository(repository: Repository): Promise<z.infer<typeof REPOSITORY>> {
  const { owner, repo } = repository
  return attempt(`describe the repository ${owner}/${repo}`, () =>
    ask(repository, 'GET /repos/{owner}/{repo}', {}, REPOSITORY)
  )
}
