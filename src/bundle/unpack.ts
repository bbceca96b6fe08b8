import { lstat, opendir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { DesiredFile, RepositoryFile } from '../common/files.js'
import { LOCKFILE_LIMITS, MANIFEST_LIMITS } from '../common/limits.js'
import { parseManifest, type Manifest, type ManifestFile } from './manifest.js'
import { FILE_FOLDER, hashOf, INPUT_FOLDER, MANIFEST } from './write.js'

/** The files of a bundle, which are those that its `bundle.json` names, and no others. */
export interface UnpackedBundle {
  readonly manifest: Manifest
  readonly inputs: readonly RepositoryFile[]
  readonly files: readonly DesiredFile[]
}

/** The largest are lockfiles. */
const FILE_LIMIT = LOCKFILE_LIMITS.size
const BUNDLE_LIMIT = 8 * FILE_LIMIT
/** Files and folders. */
const COUNT_LIMIT = 1000

/**
 * Reads a bundle's folder: what `bundle.json` names, after a look at all that is there.
 * @throws Error with one sentence that says what is not as `bundle.json` says
 */
export async function unpackBundle(folder: string): Promise<UnpackedBundle> {
  const sizes = await listFolder(folder)
  const json = await take({ folder, sizes }, MANIFEST, MANIFEST_LIMITS.size)
  const manifest = parseManifest(Buffer.from(json).toString('utf8'))
  checkNothingElse(sizes, manifest)
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  if (total > BUNDLE_LIMIT) throw new Error(`it has ${total} bytes, more than ${BUNDLE_LIMIT}`)
  const inputs: RepositoryFile[] = []
  for (const entry of manifest.inputs) {
    inputs.push({ path: entry.path, content: await verified({ folder, sizes }, INPUT_FOLDER, entry) })
  }
  const files: DesiredFile[] = []
  for (const entry of manifest.files) {
    const content = entry.sha256 === undefined ? undefined : await verified({ folder, sizes }, FILE_FOLDER, entry)
    files.push({ path: entry.path, content })
  }
  return { manifest, inputs, files }
}

/** A folder, and the bytes of each plain file in it, by path with forward slashes. */
interface Folder {
  readonly folder: string
  readonly sizes: ReadonlyMap<string, number>
}

/** What is in the folder, of which nothing is read; there is nothing but folders and plain files. */
async function listFolder(folder: string): Promise<Folder['sizes']> {
  if (!(await lstat(folder)).isDirectory()) throw new Error('it is not a folder')
  const sizes = new Map<string, number>()
  let count = 0
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (++count > COUNT_LIMIT) throw new Error(`it has more than ${COUNT_LIMIT} files and folders`)
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    if (!entry.isFile()) throw new Error(`\`${name}\` is a link or something else that is no plain file`)
    sizes.set(name, (await lstat(path)).size)
  }
  return sizes
}

async function take({ folder, sizes }: Folder, name: string, limit: number): Promise<Uint8Array> {
  const size = sizes.get(name)
  if (size === undefined) throw new Error(`it has no file \`${name}\``)
  if (size > limit) throw new Error(`\`${name}\` has ${size} bytes, more than ${limit}`)
  return readFile(join(folder, name))
}

async function verified(all: Folder, folder: string, entry: ManifestFile): Promise<Uint8Array> {
  const name = `${folder}/${entry.path}`
  const content = await take(all, name, FILE_LIMIT)
  if (content.byteLength !== entry.size) {
    throw new Error(`\`${name}\` has ${content.byteLength} bytes, and bundle.json says ${entry.size}`)
  }
  if (hashOf(content) !== entry.sha256) throw new Error(`\`${name}\` has another hash than bundle.json says`)
  return content
}

function checkNothingElse(sizes: Folder['sizes'], { inputs, files }: Manifest): void {
  const known = new Set([
    MANIFEST,
    ...inputs.map(({ path }) => `${INPUT_FOLDER}/${path}`),
    ...files.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [`${FILE_FOLDER}/${path}`]))
  ])
  const odd = [...sizes.keys()].find(name => !known.has(name))
  if (odd !== undefined) throw new Error(`it holds \`${odd}\`, which bundle.json does not name`)
}
