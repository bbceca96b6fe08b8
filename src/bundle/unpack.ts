import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { DesiredFile, RepositoryFile } from '../common/files.js'
import { parseManifest, type Manifest, type ManifestFile } from './manifest.js'
import { FILE_FOLDER, hashOf, INPUT_FOLDER, MANIFEST } from './write.js'

/** The files of a bundle, which are those that its `bundle.json` names, and no others. */
export interface UnpackedBundle {
  readonly manifest: Manifest
  readonly inputs: readonly RepositoryFile[]
  readonly files: readonly DesiredFile[]
}

/** `bundle.json` names every package that an environment file asks for, and what changed; a lockfile is some megabytes. */
const MANIFEST_LIMIT = 32 << 20
const FILE_LIMIT = 64 << 20

/**
 * Reads a bundle's folder.
 * @throws Error with one sentence that says what is not as `bundle.json` says
 */
export async function unpackBundle(folder: string): Promise<UnpackedBundle> {
  const found = await readFolder(folder)
  const manifest = parseManifest(Buffer.from(take(found, MANIFEST, MANIFEST_LIMIT)).toString('utf8'))
  const inputs = manifest.inputs.map(entry => ({ path: entry.path, content: verified(found, INPUT_FOLDER, entry) }))
  const files = manifest.files.map(entry => ({
    path: entry.path,
    content: entry.sha256 === undefined ? undefined : verified(found, FILE_FOLDER, entry)
  }))
  checkNothingElse(found, manifest)
  return { manifest, inputs, files }
}

/** Everything in the folder, by path with forward slashes; there is nothing but folders and plain files. */
async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  if (!(await lstat(folder)).isDirectory()) throw new Error('it is not a folder')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const contents = new Map<string, Uint8Array>()
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    if (entry.isDirectory()) continue
    if (!entry.isFile()) throw new Error(`\`${name}\` is a link or something else that is no plain file`)
    const { size } = await lstat(path)
    if (size > FILE_LIMIT) throw new Error(`\`${name}\` has ${size} bytes, more than ${FILE_LIMIT}`)
    contents.set(name, await readFile(path))
  }
  return contents
}

function take(contents: ReadonlyMap<string, Uint8Array>, name: string, limit: number): Uint8Array {
  const content = contents.get(name)
  if (content === undefined) throw new Error(`it has no file \`${name}\``)
  if (content.byteLength > limit) throw new Error(`\`${name}\` has ${content.byteLength} bytes, more than ${limit}`)
  return content
}

function verified(contents: ReadonlyMap<string, Uint8Array>, folder: string, entry: ManifestFile): Uint8Array {
  const name = `${folder}/${entry.path}`
  const content = take(contents, name, FILE_LIMIT)
  if (content.byteLength !== entry.size) {
    throw new Error(`\`${name}\` has ${content.byteLength} bytes, and bundle.json says ${entry.size}`)
  }
  if (hashOf(content) !== entry.sha256) throw new Error(`\`${name}\` has another hash than bundle.json says`)
  return content
}

function checkNothingElse(contents: ReadonlyMap<string, Uint8Array>, { inputs, files }: Manifest): void {
  const known = new Set([
    MANIFEST,
    ...inputs.map(({ path }) => `${INPUT_FOLDER}/${path}`),
    ...files.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [`${FILE_FOLDER}/${path}`]))
  ])
  const odd = [...contents.keys()].find(name => !known.has(name))
  if (odd !== undefined) throw new Error(`it holds \`${odd}\`, which bundle.json does not name`)
}
