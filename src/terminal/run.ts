import { mkdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { hintOfUnexpected, messageOf, SyncError } from '../common/errors.js'
import { exists } from '../common/exists.js'
import { oneLine } from '../common/sentences.js'
import { describeSources, readImages, type Given } from '../inputs/images.js'
import type { Inputs } from '../inputs/inputs.js'
import { log } from '../runner/log.js'
import { refuseWindows, type Runner } from '../runner/runner.js'
import { inScratch } from '../runner/scratch.js'
import { errorsOf } from '../sync/outcome.js'
import { outputsOf, reportOf } from '../sync/outputs.js'
import { readSettings } from '../sync/settings.js'
import { syncImages } from '../sync/several.js'
import { init } from './init.js'
import { helpText, LOCAL_MODES, parseCommand, wrongCommand, type Command } from './command-line.js'

/** Absolute paths of the folders that come with this program. */
export interface Folders {
  readonly solver: string
  readonly examples: string
}

/** Runs the command as a person starts it in a terminal, and gives the exit code. The report alone is on standard output. */
export async function runInTerminal(words: readonly string[], folders: Folders): Promise<number> {
  try {
    refuseWindows(process.platform)
    const command = parseCommand(words)
    if (command.kind === 'help') {
      process.stdout.write(helpText())
      return 0
    }
    if (command.kind === 'init') {
      process.stdout.write(await init(await findRoot(process.cwd()), folders.examples))
      return 0
    }
    return await inScratch(temp => runCommand(command, temp, folders.solver))
  } catch (error) {
    return tell(error instanceof SyncError ? [error, ...error.others] : [error])
  }
}

async function runCommand(command: Command & { kind: 'run' }, temp: string, solverFolder: string): Promise<number> {
  const { options, dryRun } = command
  const mode = options.get('mode') ?? 'files'
  if (!LOCAL_MODES.some(kind => kind === mode))
    throw wrongCommand(`\`--mode ${mode}\` is not one of ${LOCAL_MODES.join(', ')}; others are for workflows.`)
  const directory = resolve(options.get('working-directory') ?? '.')
  if (!(await isFolder(directory)))
    throw wrongCommand(`There is no folder ${directory}; \`--working-directory\` has to be one.`)
  const workspace = await findRoot(directory)
  const runner = await makeRunner(workspace, temp)
  const inputs = await readCommandInputs(command, mode, relative(workspace, directory).split(sep).join('/'), runner)
  const outcome = await syncImages(inputs, { runner, solverFolder, dryRun })
  process.stdout.write(reportOf(outcome, Infinity) ?? '')
  process.stderr.write(dryRun ? 'Nothing was changed (--dry-run).\n' : `${outputsOf(outcome).summary}\n`)
  return tell(errorsOf(outcome))
}

/** Prints errors, and gives the exit code. */
function tell(errors: readonly unknown[]): number {
  if (errors.length === 0) return 0
  for (const each of errors) process.stderr.write(`${describe(each)}\n`)
  return 1
}

/**
 * The inputs of the images that the command is for: those that it names, the one whose folder it is in, or all.
 * @param local the folder that it is in, or that it names, relative to the repository
 */
async function readCommandInputs(
  { options, images: named }: Command & { kind: 'run' },
  mode: string,
  local: string,
  runner: Runner
): Promise<Inputs[]> {
  const givenIn = (folder: string): Given => {
    const given = new Map([...options, ['mode', mode], ['working-directory', folder]])
    return name => given.get(name) ?? ''
  }
  const settings = await readSettings(givenIn(''), runner)
  if (settings !== undefined) log(describeSources(name => options.get(name) ?? '', settings))
  const hasImages = settings !== undefined && settings.images.size > 0
  const isSaid = options.has('working-directory') || !hasImages || settings.images.has(local)
  // Where the images are listed, a word that is none of them is told with that list.
  if (!hasImages) for (const folder of named) await refuseNoFolder(folder, runner.workspace)
  const folders = named.length > 0 ? named : [isSaid ? local || '.' : '']
  return folders.flatMap(folder => readImages(givenIn(folder), settings, runner))
}

/** A word that is meant otherwise would be an image without an environment file. */
async function refuseNoFolder(word: string, workspace: string): Promise<void> {
  if (await isFolder(join(workspace, word))) return
  const meant = LOCAL_MODES.some(mode => mode === word) ? `; for a mode say \`--mode ${word}\`` : ''
  throw wrongCommand(
    `There is no folder \`${word}\` in the repository, and a word without \`--\` names that of an image${meant}.`
  )
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined)
  return stats?.isDirectory() === true
}

/** The repository that the folder is in; without one, the folder itself. */
async function findRoot(directory: string): Promise<string> {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (await exists(join(folder, '.git'))) return folder
    if (folder === dirname(folder)) return directory
  }
}

/** A user without HOME and without an entry in the list of users has none. */
function homeCache(): string | undefined {
  try {
    return join(homedir(), '.cache')
  } catch {
    return undefined
  }
}

async function makeRunner(workspace: string, temp: string): Promise<Runner> {
  const toolCache = process.env.XDG_CACHE_HOME ?? homeCache() ?? temp
  await mkdir(toolCache, { recursive: true }).catch((error: unknown) => {
    throw new SyncError('input', `The folder for what outlives a run cannot be made: ${messageOf(error)}.`, {
      hint: 'Set XDG_CACHE_HOME to a folder that can be written to.',
      cause: error
    })
  })
  return {
    workspace,
    temp,
    toolCache,
    repository: undefined,
    ref: '',
    defaultBranch: undefined,
    apiUrl: 'https://api.github.com',
    serverUrl: 'https://github.com',
    runUrl: undefined,
    isFromFork: false,
    event: '',
    pullRequestBase: undefined
  }
}

/** Words of hints that do not fit a terminal, and what fits. */
const OF_WORKFLOWS: readonly (readonly [string, string])[] = [
  [' in the `with:` block of the workflow', ''],
  ['the runner', 'this machine'],
  ['Run the workflow again', 'Try again'],
  ['run the workflow again', 'try again']
]

function inTerminal(hint: string): string {
  return OF_WORKFLOWS.reduce((text, [words, fitting]) => text.replaceAll(words, fitting), hint)
}

function describe(error: unknown): string {
  if (!(error instanceof SyncError)) {
    return `error: ${oneLine(messageOf(error))}\n  ${hintOfUnexpected(error)}`
  }
  const { place } = error
  const line = place?.line === undefined ? '' : `:${place.line}`
  const where = place === undefined ? '' : `${place.file}${line}: `
  return `error: ${oneLine(`${where}${error.message}`)}\n  ${oneLine(inTerminal(error.hint))}`
}
