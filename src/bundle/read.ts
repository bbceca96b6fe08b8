import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { inputsHash } from '../environment/inputs-hash.js'
import { parseEnvironment, type Environment } from '../environment/parse.js'
import { parseVirtualPackages } from '../environment/virtual-packages.js'
import { errorCode, messageOf, SyncError } from '../errors.js'
import { forPlatform, type Inputs, type Platform } from '../inputs.js'
import { makeCompanions } from '../lock/companion.js'
import { checkOrigins } from '../lock/origins.js'
import { checkLocks } from '../lock/verify.js'
import { parseExplicitLock } from '../lockfile/explicit.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import { parseUnifiedLock, type UnifiedLock } from '../lockfile/unified.js'
import type { FetchedFile } from '../upstream/fetch.js'
import { channelsAllowed, checkPolicy, type Files } from '../upstream/policy.js'
import type { DesiredFile, RepositoryFile } from '../workspace.js'
import { lockPaths, type Bundle, type ExplicitLock } from './bundle.js'
import { parseManifest, type Manifest, type ManifestFile } from './manifest.js'
import { FILE_FOLDER, hashOf, INPUT_FOLDER, MANIFEST } from './write.js'

/** What this job's own inputs say, so that a bundle does not decide it. */
export type Expectation = Pick<Inputs, 'channelAlias' | 'allowedChannels' | 'policyOn'>

/** `bundle.json` names every package that an environment file asks for, and what changed; a lockfile is some megabytes. */
const MANIFEST_LIMIT = 32 << 20
const FILE_LIMIT = 64 << 20

/**
 * Finds the bundles: each of the folders is one, or holds some.
 * @param folders absolute paths
 * @returns the absolute paths of bundles
 */
export async function findBundles(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async folder => {
      const names = await namesIn(folder)
      if (names.includes(MANIFEST)) return [folder]
      const inner = names.toSorted().map(async name => {
        const path = join(folder, name)
        return (await namesIn(path)).includes(MANIFEST) ? [path] : []
      })
      return (await Promise.all(inner)).flat()
    })
  )
  return [...new Set(found.flat())]
}

/** What is in a folder; nothing if it is none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw error
  }
}

/**
 * Reads a bundle that may come from anybody: nothing in it is taken for true that can be checked without solving.
 * @throws SyncError of kind `bundle` with the first thing that is not as it must be
 */
export async function readBundle(folder: string, expectation: Expectation): Promise<Bundle> {
  try {
    const contents = await readFolder(folder)
    const manifest = parseManifest(Buffer.from(take(contents, MANIFEST, MANIFEST_LIMIT)).toString('utf8'))
    const inputs = manifest.inputs.map(entry => ({
      path: entry.path,
      content: verified(contents, INPUT_FOLDER, entry)
    }))
    const files = manifest.files.map(entry => ({ path: entry.path, content: desired(contents, entry) }))
    checkNothingElse(contents, manifest)
    checkPaths(manifest)
    return checked(manifest, inputs, files, expectation)
  } catch (error) {
    throw new SyncError('bundle', `The bundle ${folder} was not accepted: ${withoutStop(messageOf(error))}.`, {
      hint: 'Nothing was published. Lock again, and look for who or what has changed the bundle in between.',
      cause: error
    })
  }
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '')
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

function desired(contents: ReadonlyMap<string, Uint8Array>, entry: ManifestFile): Uint8Array | undefined {
  return entry.sha256 === undefined ? undefined : verified(contents, FILE_FOLDER, entry)
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

/** A bundle may write the copies of upstream's files and its lockfiles, and nothing besides. */
function checkPaths({ settings, solve, inputs, files, upstream }: Manifest): void {
  const own = inputs.map(({ path }) => path)
  const environments = solve.virtualPackages === undefined ? own : own.slice(0, -1)
  if (environments.join('\n') !== settings.environmentFiles.join('\n')) {
    throw new Error(
      '`inputs` are not the files that `settings.environmentFiles` names, and then that of `solve.virtualPackages`'
    )
  }
  const wanted = [...upstream.files.map(({ local }) => local), ...lockPaths(settings, solve.platforms)]
  const paths = files.map(({ path }) => path)
  const odd = paths.find(path => !wanted.includes(path))
  if (odd !== undefined) throw new Error(`\`${odd}\` is neither a copy of an upstream file nor a lockfile`)
  const all = [...own, ...paths]
  const twice = all.find((path, index) => all.indexOf(path) !== index)
  if (twice !== undefined) throw new Error(`\`${twice}\` is named twice`)
}

function checked(
  manifest: Manifest,
  inputs: Bundle['inputs'],
  files: Bundle['files'],
  expectation: Expectation
): Bundle {
  const { settings, solve, upstream, named, ...rest } = manifest
  const unified = parseUnifiedLock(textOf(files, settings.lockfile))
  const explicit = solve.platforms.map((platform): ExplicitLock => {
    const path = forPlatform(settings.explicitLockfile, platform)
    return { platform, path, packages: parseExplicitLock(textOf(files, path), platform) }
  })
  checkLocks({ unified, explicit: new Map(explicit.map(lock => [lock.platform, lock.packages])) }, solve.platforms)
  checkCompanions(files, unified, manifest)
  const copies = upstream.files.map(file => ({ ...file, content: contentOf(files, file.local) }))
  const [own, virtual] = [inputs.slice(0, settings.environmentFiles.length), inputs[settings.environmentFiles.length]]
  checkVirtualPackages(virtual, solve)
  const environments = { upstream: parseAll(copies.map(fromCopy), manifest), own: parseAll(own, manifest) }
  checkSources(unified, environments, manifest, expectation)
  return {
    ...rest,
    settings,
    solve,
    inputs,
    files,
    upstream: { ...upstream, files: copies },
    unified,
    explicit,
    named: new Map(Object.entries(named))
  }
}

function fromCopy({ local, content }: FetchedFile): RepositoryFile {
  return { path: local, content }
}

function parseAll(files: readonly RepositoryFile[], { solve }: Manifest): Environment[] {
  return files.map(({ path, content }) => parseEnvironment({ file: path, fix: '' }, content, solve.platforms))
}

function checkVirtualPackages(
  file: RepositoryFile | undefined,
  { virtualPackages, platforms }: Manifest['solve']
): void {
  const packages = file && parseVirtualPackages(file, platforms).packages
  if (JSON.stringify(packages) !== JSON.stringify(virtualPackages)) {
    throw new Error('`solve.virtualPackages` are not those of the file')
  }
}

/** What only pip can install is in the lockfile already. */
function checkCompanions(files: readonly DesiredFile[], unified: UnifiedLock, { settings, solve }: Manifest): void {
  for (const { path, text } of makeCompanions(unified, { ...settings, platforms: solve.platforms })) {
    const content = files.find(file => file.path === path)?.content
    if ((content && Buffer.from(content).toString('utf8')) !== text) {
      throw new Error(`\`${path}\` does not have the pip packages of \`${settings.lockfile}\``)
    }
  }
}

/** Checks what a lock was made from: by its hash, by the policy on upstream's files, and by where its packages come from. */
function checkSources(
  unified: UnifiedLock,
  files: Files,
  { settings, solve }: Manifest,
  { channelAlias, ...policy }: Expectation
): void {
  if (unified.custom[INPUTS_HASH] !== inputsHash([...files.upstream, ...files.own], solve)) {
    throw new Error(`\`${settings.lockfile}\` was made from other environment files or settings than the bundle's`)
  }
  if (solve.channelAlias !== channelAlias) {
    throw new Error(`it was locked with the \`channel-alias\` ${solve.channelAlias}, and this job has ${channelAlias}`)
  }
  checkPolicy(files, { specs: [], bad: [] }, policy, solve.platforms)
  const trusted = policy.policyOn === 'all' ? [] : files.own
  const channels = [
    ...trusted.flatMap(environment => channelsOf(environment, solve.platforms)),
    ...channelsAllowed(files, policy)
  ]
  // The channels that a lockfile itself lists prove nothing.
  const origins = { channels: channels.filter(channel => channel !== 'nodefaults'), channelAlias, previous: undefined }
  checkOrigins({ ...unified, channels: [] }, origins)
}

/** The channels that an environment file names: at its head, and in specs like `CHANNEL::NAME` and `NAME[channel=CHANNEL]`. */
function channelsOf(environment: Environment, platforms: readonly Platform[]): string[] {
  const specs = platforms.flatMap(platform => environment.dependencies(platform))
  const inSpecs = specs.flatMap(spec => {
    if (typeof spec !== 'string') return []
    const channel = /^\s*(\S+?)::/.exec(spec)?.[1] ?? /\bchannel\s*=\s*['"]?([^\s'",\]]+)/.exec(spec)?.[1]
    return channel === undefined ? [] : [channel.replace(/\/(?:noarch|(?:linux|osx|win)-\w+)$/, '')]
  })
  return [...environment.channels, ...inSpecs]
}

function contentOf(files: readonly DesiredFile[], path: string): Uint8Array {
  const content = files.find(file => file.path === path)?.content
  if (content === undefined) throw new Error(`it has no content for \`${path}\``)
  return content
}

function textOf(files: readonly DesiredFile[], path: string): string {
  return Buffer.from(contentOf(files, path)).toString('utf8')
}
