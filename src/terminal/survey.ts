import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { exists } from '../common/exists.js'
import { isMapping, isTexts } from '../common/guards.js'
import { parseYaml } from '../common/yaml.js'
import { isEnvironmentName } from '../inputs/paths.js'
import { isPlatform, type Platform } from '../lockfile/platforms.js'

/** What a folder with environment files has. */
export interface SurveyedImage {
  /** Relative to the repository; `.` is the repository itself. */
  readonly folder: string
  /** Its environment files, relative to it, in the order of the merge; those that copy upstream's left out. */
  readonly environmentFiles: readonly string[]
  /** What looks like an environment file, too, and is not locked. */
  readonly others: readonly string[]
  /** What the old lockfile was made from besides, and cannot be locked here: a Python project, the recipe of a package. */
  readonly projects: readonly string[]
  /** Names of old lockfiles; that of explicit ones with `{platform}` where there is a platform in it. */
  readonly lockfile: string | undefined
  readonly explicitLockfile: string | undefined
  readonly platforms: readonly Platform[]
  /** The image that its Dockerfile builds on. */
  readonly baseImage: string | undefined
  /** Whether it has copies of Pangeo's environment files. */
  readonly hasCopies: boolean
}

/** What `init` can find out about a repository. */
export interface Survey {
  readonly images: readonly SurveyedImage[]
  /** Folders whose environment files the images share. */
  readonly shared: readonly SurveyedImage[]
}

const DEEPEST = 4
const SKIPPED = /^(?:\.git|node_modules|__pycache__|\.venv|venv)$/
const ENVIRONMENT = /^(?:.*[-_.])?env(?:ironment)?(?:[-_.].*)?\.ya?ml$/i
const COPY = /^(?:NB|BN)environment\.yml$/
const SHARED = /^(?:common|shared|base)$/

/** Looks at the files of a repository. */
export async function survey(root: string): Promise<Survey> {
  const folders = await findFolders(root, '.', 0)
  const surveyed = (await Promise.all(folders.map(folder => surveyFolder(root, folder)))).flat()
  const found = surveyed.filter(image => !isPartOfOthers(image, surveyed))
  const shared = found.filter(({ folder }) => found.length > 1 && SHARED.test(posix.basename(folder)))
  return { images: found.filter(image => !shared.includes(image)), shared }
}

/** Whether a folder has no lock of its own, and all that it has is in the lock of another one. */
function isPartOfOthers(
  { folder, environmentFiles, lockfile, explicitLockfile }: SurveyedImage,
  all: readonly SurveyedImage[]
): boolean {
  if (lockfile !== undefined || explicitLockfile !== undefined) return false
  const locked = all
    .filter(other => other.folder !== folder && other.lockfile !== undefined)
    .flatMap(other => other.environmentFiles.map(name => posix.join(other.folder, name)))
  return environmentFiles.every(name => locked.includes(posix.join(folder, name)))
}

async function findFolders(root: string, folder: string, depth: number): Promise<string[]> {
  if (depth > DEEPEST) return []
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const inner = entries
    .filter(entry => entry.isDirectory() && !SKIPPED.test(entry.name))
    .map(entry => findFolders(root, posix.join(folder, entry.name), depth + 1))
  return [folder, ...(await Promise.all(inner)).flat()].toSorted()
}

/** Nothing, if the folder has neither an environment file nor a lockfile that was made from one. */
async function surveyFolder(root: string, folder: string): Promise<SurveyedImage[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const names = entries.flatMap(entry => (entry.isFile() ? [entry.name] : [])).toSorted()
  const read = (name: string) => readFile(join(root, folder, name), 'utf8')
  const candidates = await selectAsync(
    names.filter(name => ENVIRONMENT.test(name) && !COPY.test(name)),
    async name => /^dependencies:/m.test(await read(name))
  )
  const { lockfile, explicitLockfile, madeFrom, platforms } = await surveyLocks(names, read)
  const sources = await existing(join(root, folder), madeFrom)
  const environmentFiles = chooseFiles(candidates, sources.filter(isEnvironmentName))
  if (environmentFiles.length === 0) return []
  const asked = platforms.length > 0 ? [] : (await Promise.all(environmentFiles.map(read))).flatMap(platformsOf)
  const dockerfile = names.find(name => /^Dockerfile$/i.test(name))
  return [
    {
      folder,
      environmentFiles,
      others: candidates.filter(name => !environmentFiles.includes(name)),
      projects: sources.filter(source => !isEnvironmentName(source)),
      lockfile,
      explicitLockfile,
      platforms: [...new Set([...platforms, ...asked])].toSorted(),
      baseImage: dockerfile === undefined ? undefined : baseImageOf(await read(dockerfile)),
      hasCopies: names.some(name => COPY.test(name))
    }
  ]
}

/** The lockfiles of a folder, and what the unified one says of itself. */
async function surveyLocks(names: readonly string[], read: (name: string) => Promise<string>) {
  const [lockfile] = await selectAsync(
    names.filter(name => /\.ya?ml$/.test(name)),
    async name => isUnifiedLock(await read(name))
  )
  const explicit = await selectAsync(
    names.filter(name => /\.(?:lock|txt)$/.test(name)),
    async name => /^@EXPLICIT\s*$/m.test(await read(name))
  )
  const [explicitLockfile] = explicit.map(asTemplate)
  const head = lockfile === undefined ? '' : await read(lockfile)
  const platforms = [
    ...listAtHead(head, 'platforms').filter(isPlatform),
    ...explicit.filter(name => asTemplate(name) === explicitLockfile).flatMap(platformsIn)
  ]
  return { lockfile, explicitLockfile, madeFrom: listAtHead(head, 'sources'), platforms }
}

async function selectAsync(names: readonly string[], test: (name: string) => Promise<boolean>): Promise<string[]> {
  const results = await Promise.all(names.map(test))
  return names.filter((_, index) => results[index])
}

function isUnifiedLock(text: string): boolean {
  return /^metadata:\s*$/m.test(text) && /^package:/m.test(text)
}

/** What the old lockfile was made from, or else the file of the usual name, or else all there are. */
function chooseFiles(candidates: readonly string[], sources: readonly string[]): readonly string[] {
  const own = sources.filter(source => !COPY.test(posix.basename(source)))
  if (own.length > 0) return own
  const usual = candidates.filter(name => /^environment\.ya?ml$/.test(name))
  return usual.length > 0 ? usual : candidates
}

async function existing(folder: string, paths: readonly string[]): Promise<string[]> {
  return selectAsync(paths, path => exists(join(folder, path)))
}

/** A list under `metadata:` at the head of a lockfile, without reading its packages. */
function listAtHead(text: string, key: 'platforms' | 'sources'): string[] {
  const lines = text.split('\n', HEAD)
  const start = lines.indexOf(`  ${key}:`)
  if (start < 0) return []
  const rest = lines.slice(start + 1)
  const end = rest.findIndex(line => !line.startsWith('  - '))
  return rest.slice(0, Math.max(0, end)).map(line => line.slice('  - '.length).trim())
}

/** Lines; the packages come after the metadata. */
const HEAD = 200

/** Platforms in a file's name, such as conda-linux-64.lock. */
function platformsIn(name: string): Platform[] {
  return [...name.matchAll(PLATFORM)].map(([platform]) => platform).filter(isPlatform)
}

const PLATFORM = /(?:linux|osx|win)-(?:64|aarch64|arm64|ppc64le)/g

function asTemplate(name: string): string {
  return name.replace(PLATFORM, '{platform}')
}

/** Under `platforms:` of an environment file, which conda-lock goes by if it is not told others. */
function platformsOf(text: string): Platform[] {
  try {
    const { value } = parseYaml(text)
    const platforms = isMapping(value) ? value.platforms : undefined
    return isTexts(platforms) ? platforms.filter(isPlatform) : []
  } catch {
    return [] // that it cannot be read is told by the run that locks
  }
}

/** The last `FROM` is the image that is built; it may name a stage before it, or an argument with a default. */
function baseImageOf(dockerfile: string): string | undefined {
  const defaults = new Map(
    [...dockerfile.matchAll(/^[ \t]*ARG[ \t]+(\w+)=(\S+)/gim)].map(([, name = '', value = '']) => [
      name,
      unquoted(value)
    ])
  )
  const stages = new Map<string, string>()
  let last: string | undefined
  for (const [, image = '', stage] of dockerfile.matchAll(FROM)) {
    const filled = image.replace(
      /\$\{?(\w+)(?::-([^}]*))?\}?/g,
      (whole, name: string, otherwise?: string) => defaults.get(name) ?? otherwise ?? whole
    )
    last = stages.get(filled.toLowerCase()) ?? filled
    if (stage !== undefined) stages.set(stage.toLowerCase(), last)
  }
  return last
}

const FROM = /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2')
}
