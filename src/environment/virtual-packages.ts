import type { RepositoryFile } from '../common/files.js'
import { SyncError } from '../common/errors.js'
import { isMapping, type Mapping } from '../common/guards.js'
import { parseYaml, YamlError } from '../common/yaml.js'
import type { Platform } from '../lockfile/platforms.js'
import { readWorkspaceFile } from '../runner/workspace.js'

/** What the machines have, by platform: versions, or versions and build strings, by name (`__glibc`). */
export type VirtualPackages = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface VirtualPackagesFile {
  readonly file: RepositoryFile
  readonly packages: VirtualPackages
}

/**
 * Reads a conda-lock file of virtual packages, as conda-lock 4.0.3 does (its virtual_package.py).
 * @throws SyncError of kind `input` when it is missing, has another shape, or lacks one of the platforms
 */
export async function readVirtualPackages(
  workspace: string,
  path: string,
  platforms: readonly Platform[]
): Promise<VirtualPackagesFile> {
  const content = await readWorkspaceFile(workspace, path)
  if (content === undefined) throw refused(path, 'is not in the repository')
  return parseVirtualPackages({ path, content }, platforms)
}

/**
 * @throws as {@link readVirtualPackages}
 */
export function parseVirtualPackages(file: RepositoryFile, platforms: readonly Platform[]): VirtualPackagesFile {
  const { path, content } = file
  const packages = parsePackages(path, Buffer.from(content).toString('utf8'))
  const lacking = platforms.find(platform => packages[platform] === undefined)
  if (lacking !== undefined) throw refused(path, `says nothing about ${lacking}`)
  return { file, packages }
}

function parsePackages(path: string, text: string): VirtualPackages {
  const root = valueOf(path, text)
  const subdirs = isMapping(root) ? root.subdirs : undefined
  if (!isMapping(subdirs)) throw refused(path, 'has no mapping `subdirs:`')
  return mapSorted(subdirs, (platform, subdir) => {
    const packages = isMapping(subdir) ? subdir.packages : undefined
    if (!isMapping(packages)) throw refused(path, `has no mapping \`packages:\` under ${platform}`)
    return mapSorted(packages, (name, version) => {
      if (!name.startsWith('__')) throw refused(path, `names ${name}, which is no virtual package`)
      if (typeof version !== 'string') throw refused(path, `has a version of ${name} that is not in quotes`)
      return version
    })
  })
}

function valueOf(path: string, text: string): unknown {
  try {
    return parseYaml(text).value
  } catch (error) {
    throw error instanceof YamlError ? refused(path, error.message, error.line, error) : error
  }
}

/** By key, so that the order in the file counts for nothing. */
function mapSorted<T>(mapping: Mapping, map: (key: string, value: unknown) => T): Record<string, T> {
  const keys = Object.keys(mapping).sort()
  return Object.fromEntries(keys.map(key => [key, map(key, mapping[key])]))
}

function refused(path: string, problem: string, line?: number, cause?: unknown): SyncError {
  return new SyncError('input', `Input \`virtual-packages\`: \`${path}\` ${problem}.`, {
    hint: 'It has to look like `subdirs: {linux-64: {packages: {__glibc: "2.28"}}}`, with every platform that is locked.',
    place: { file: path, line },
    cause
  })
}
