import type { RepositoryFile } from '../common/files.js'
import type { Inputs } from '../inputs/inputs.js'
import { readEnvironmentFiles } from '../runner/workspace.js'
import { readLookupTable, type LookupTable } from './pypi-lookup.js'
import { readVirtualPackages, type VirtualPackagesFile } from './virtual-packages.js'

/** What the repository itself brings to a lock, as it was read. */
export interface OwnFiles {
  /** Its environment files in the order of the merge. */
  readonly environments: readonly RepositoryFile[]
  readonly virtualPackages: VirtualPackagesFile | undefined
  readonly lookup: LookupTable | undefined
}

type OwnInputs = Pick<Inputs, 'environmentFiles' | 'steering' | 'pypiLookupFile'>

/** The paths of the repository's own files. */
export function ownPaths({ environmentFiles, steering, pypiLookupFile }: OwnInputs): string[] {
  return [...environmentFiles, steering.virtualPackages, pypiLookupFile].filter(path => path !== undefined)
}

/**
 * Reads the repository's own files.
 * @throws SyncError when a file is missing, or is not what the input that names it wants
 */
export async function readOwnFiles(
  { environmentFiles, steering, platforms, pypiLookupFile }: OwnInputs & Pick<Inputs, 'platforms'>,
  workspace: string
): Promise<OwnFiles> {
  const { virtualPackages } = steering
  return {
    environments: await readEnvironmentFiles(workspace, environmentFiles),
    virtualPackages:
      virtualPackages === undefined ? undefined : await readVirtualPackages(workspace, virtualPackages, platforms),
    lookup: pypiLookupFile === undefined ? undefined : await readLookupTable(workspace, pypiLookupFile)
  }
}

/** The files that have to be the same on the branch that is changed, or else it was something else that was locked. */
export function inputFiles({ environments, virtualPackages }: OwnFiles): RepositoryFile[] {
  return [...environments, ...(virtualPackages === undefined ? [] : [virtualPackages.file])]
}
