import { createHash } from 'node:crypto'
import { access, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, SyncError } from '../common/errors.js'
import { type Comparison, packageOf } from '../lockfile/compare.js'
import type { DesiredFile } from '../common/files.js'
import { writeTo } from '../runner/disk.js'
import type { Bundle } from './bundle.js'
import { SCHEMA, type Manifest, type ManifestFile } from './manifest.js'

/** What a bundle's folder holds. */
export const MANIFEST = 'bundle.json'
export const INPUT_FOLDER = 'inputs'
export const FILE_FOLDER = 'files'

/**
 * Writes a bundle: `bundle.json`, the new files under `files/`, and the environment files that they were made from under
 * `inputs/`. A bundle of before is replaced.
 * @param folder absolute path
 * @throws SyncError of kind `input` if there is something else in the folder, of kind `disk` if it can't be written
 */
export async function writeBundle(folder: string, bundle: Bundle, comparison: Comparison): Promise<void> {
  await clear(folder)
  await writeAll(join(folder, INPUT_FOLDER), bundle.inputFiles)
  await writeAll(join(folder, FILE_FOLDER), bundle.files)
  // Last, so that what has it is whole.
  await writeTo(join(folder, MANIFEST), `${JSON.stringify(toJson(bundle, comparison), undefined, 1)}\n`)
}

async function clear(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    // Where there is a file in the way, writing says so.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw error
  })
  if (names.length === 0) return
  await access(join(folder, MANIFEST)).catch((error: unknown) => {
    throw new SyncError('input', `Input \`bundle\`: the folder ${folder} is there already, and it is no bundle.`, {
      hint: 'Choose a folder that nothing else uses.',
      cause: error
    })
  })
  await rm(folder, { recursive: true })
}

async function writeAll(folder: string, files: readonly DesiredFile[]): Promise<void> {
  for (const { path, content } of files) {
    if (content !== undefined) await writeTo(join(folder, path), content)
  }
}

function toJson(bundle: Bundle, { changes, droppedPlatforms }: Comparison): object {
  const { layout, solveSettings, upstream } = bundle
  const { workingDirectory, environmentFiles, lockfile, explicitLockfile, pipRequirements, sameVersion } = layout
  const manifest: Manifest = {
    settings: { workingDirectory, environmentFiles, lockfile, explicitLockfile, pipRequirements, sameVersion },
    solve: solveSettings,
    inputs: bundle.inputFiles.map(entryOf),
    files: bundle.files.map(entryOf),
    upstream: upstream && {
      repository: upstream.repository,
      url: upstream.url,
      commit: upstream.commit,
      files: upstream.files.map(({ path, local }) => ({ path, local }))
    },
    upstreamVersions: bundle.upstreamVersions,
    named: Object.fromEntries(bundle.named),
    overlaps: bundle.overlaps,
    unused: bundle.unused,
    condaNames: bundle.condaNames,
    steered: bundle.steered,
    sizes: Object.fromEntries(bundle.sizes),
    repositories: Object.fromEntries(bundle.repositories),
    tools: bundle.tools,
    tables: bundle.tables,
    seconds: bundle.seconds
  }
  return {
    schema: SCHEMA,
    ...manifest,
    upstreamVersions: bundle.upstreamVersions.map(lock =>
      lock.kind === 'read' ? { ...lock, versions: plainVersions(lock.versions) } : lock
    ),
    comparison: {
      changes: changes.map(change => {
        const { platform, manager, name } = packageOf(change)
        const from = change.kind === 'added' ? undefined : change.previous.version
        const to = change.kind === 'removed' ? undefined : change.next.version
        return { kind: change.kind, platform, manager, name, from, to }
      }),
      droppedPlatforms
    }
  }
}

function plainVersions(versions: ReadonlyMap<string, ReadonlyMap<string, string>>): object {
  return Object.fromEntries([...versions].map(([platform, names]) => [platform, Object.fromEntries(names)]))
}

function entryOf({ path, content }: DesiredFile): ManifestFile {
  return { path, size: content?.byteLength ?? 0, sha256: content && hashOf(content) }
}

/** SHA-256 in hex. */
export function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
