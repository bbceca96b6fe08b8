import { readVirtualPackages } from './environment/virtual-packages.js'
import type { Inputs } from './inputs.js'
import { readLookup } from './lookup.js'
import type { Plan } from './plan.js'
import type { Runner } from './runner.js'
import { readEnvironmentFiles, type RepositoryFile } from './workspace.js'

/** What the repository itself brings to a lock. */
export interface Own extends Pick<Plan, 'lookup' | 'virtualPackages'> {
  /** Its environment files. */
  readonly environments: readonly RepositoryFile[]
}

/** @throws SyncError when a file is missing, or is not what the input that names it wants */
export async function readOwn(inputs: Inputs, runner: Runner): Promise<Own> {
  const { virtualPackages } = inputs.steering
  return {
    environments: await readEnvironmentFiles(runner.workspace, inputs.environmentFiles),
    virtualPackages:
      virtualPackages === undefined
        ? undefined
        : await readVirtualPackages(runner.workspace, virtualPackages, inputs.platforms),
    lookup: await readLookup(inputs, runner)
  }
}

/** The files that have to be the same on the branch that is changed, or else it was something else that was locked. */
export function inputFiles({ environments, virtualPackages }: Own): RepositoryFile[] {
  return [...environments, ...(virtualPackages === undefined ? [] : [virtualPackages.file])]
}
