import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { exists } from '../common/exists.js'
import { isPlatform, type Platform } from '../lockfile/platforms.js'

/** What a folder with environment files has. */
export interface SurveyedImage {
  /** Relative to the repository; `.` is the repository itself. */
  readonly folder: string
  /** Its environment files, relative to it, in the order of the merge; those that copy upstream's left out. */
  readonly environmentFiles: readonly string[]
  /** What looks like an environment file, too, and is not locked. */
  readonly others: readonly string[]
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
  const found = (await Promise.all(folders.map(folder => surveyFolder(root, folder)))).flat()
  const shared = found.filter(({ folder }) => found.length > 1 && SHARED.test(posix.basename(folder)))
  return { images: found.filter(image => !shared.includes(image)), shared }
}

async function findFolders(root: string, folder: string, depth: number): Promise<string[]> {
  if (depth > DEEPEST) return []
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const inner = entries
    .filter(entry => entry.isDirectory() && !SKIPPED.test(entry.name))
    .map(entry => findFolders(root, posix.join(folder, entry.name), depth + 1))
  return [folder, ...(await Promise.all(inner)).flat()].toSorted()
}

/** Nothing, if the folder has no environment file of its own. */
async function surveyFolder(root: string, folder: string): Promise<SurveyedImage[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const names = entries.flatMap(entry => (entry.isFile() ? [entry.name] : [])).toSorted()
  const read = (name: string) => readFile(join(root, folder, name), 'utf8')
  const candidates = await selectAsync(
    names.filter(name => ENVIRONMENT.test(name) && !COPY.test(name)),
    async name => /^dependencies:/m.test(await read(name))
  )
  if (candidates.length === 0) return []
  const unified = await selectAsync(
    names.filter(name => /\.ya?ml$/.test(name)),
    async name => isUnifiedLock(await read(name))
  )
  const explicit = await selectAsync(
    names.filter(name => /\.(?:lock|txt)$/.test(name)),
    async name => /^@EXPLICIT\s*$/m.test(await read(name))
  )
  const dockerfile = names.find(name => /^Dockerfile$/i.test(name))
  const template = explicit.map(asTemplate)[0]
  const lockfile = unified[0]
  const head = lockfile === undefined ? '' : await read(lockfile)
  const environmentFiles = chooseFiles(candidates, await existing(join(root, folder), listAtHead(head, 'sources')))
  return [
    {
      folder,
      environmentFiles,
      others: candidates.filter(name => !environmentFiles.includes(name)),
      lockfile,
      explicitLockfile: template,
      platforms: [
        ...new Set([
          ...listAtHead(head, 'platforms').filter(isPlatform),
          ...explicit.filter(name => asTemplate(name) === template).flatMap(platformsIn)
        ])
      ].toSorted(),
      baseImage: dockerfile === undefined ? undefined : baseImageOf(await read(dockerfile)),
      hasCopies: names.some(name => COPY.test(name))
    }
  ]
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

/** The last `FROM` is the image that is built. */
function baseImageOf(dockerfile: string): string | undefined {
  return [...dockerfile.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)/gim)].at(-1)?.[1]
}
