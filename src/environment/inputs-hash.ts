import { createHash } from 'node:crypto'
import type { Platform } from '../lockfile/platforms.js'
import type { Environment } from './parse.js'
import type { VirtualPackages } from './virtual-packages.js'

/** What a solve depends on besides the environment files. */
export interface SolveSettings {
  readonly platforms: readonly Platform[]
  readonly channelAlias: string
  /** SHA-256 of the repository's own table of PyPI and conda names. */
  readonly lookup: string | undefined
  /** The conda that solves: `rattler`, or the name of another executable. */
  readonly solver: string
  /** As written: of an age, the time that it means today would make every day another environment. */
  readonly excludeNewer?: string | undefined
  readonly exempt?: readonly string[] | undefined
  readonly virtualPackages?: VirtualPackages | undefined
  readonly cuda?: string | undefined
}

/**
 * A SHA-256 (hex) over everything that a person decided about the locked environment: the specs of all files after
 * selectors and in order, the channels, and the settings. Comments and layout do not count, nor does `update`, which says
 * how to get to an environment and not what it has to be.
 */
export function inputsHash(environments: readonly Environment[], settings: SolveSettings): string {
  const decided = {
    // By name, so that a lock does not count as another one because somebody has reordered code.
    ...Object.fromEntries(Object.entries(settings).sort()),
    environments: environments.map(environment => ({
      channels: environment.channels,
      category: environment.category,
      pipRepositories: environment.pipRepositories,
      allowPypiRequests: environment.allowPypiRequests,
      dependencies: settings.platforms.map(platform => environment.dependencies(platform))
    }))
  }
  return createHash('sha256').update(JSON.stringify(decided)).digest('hex')
}
