import { attempt } from './requests.js'
import type { GitHub } from './client.js'
import type { RepositoryName } from '../runner/runner.js'

/** A repository on GitHub that the token may write to. */
export interface Repository extends RepositoryName {
  readonly github: GitHub
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

async function readRepository({ github, owner, repo }: Repository) {
  return attempt(`describe the repository ${owner}/${repo}`, async () => {
    return (await github.rest.repos.get({ owner, repo })).data
  })
}
