import { mkdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { startDeadline, within } from './deadline.js'
import { messageOf, SyncError } from './errors.js'
import { exists } from './exists.js'
import { tellImages } from './images.js'
import { INPUTS, type InputDescription, type InputName } from './inputs-table.js'
import { parseInputs } from './inputs.js'
import type { Mode } from './inputs/mode.js'
import { sync } from './main.js'
import { outputsOf } from './outputs.js'
import { oneLine } from './sentences.js'
import type { Runner } from './runner.js'
import { inScratch } from './scratch.js'

/** What only makes sense where there is a pull request. */
const PUBLISHING: readonly InputName[] = [
  'token',
  'bundles',
  'images',
  'publish-partial',
  'base',
  'branch',
  'title',
  'commit-message',
  'labels',
  'assignees',
  'reviewers',
  'team-reviewers',
  'draft',
  'auto-merge',
  'overwrite',
  'dispatch-workflows',
  'report-failures'
]

/** Modes that change nothing on GitHub. */
const LOCAL: readonly Mode['kind'][] = ['files', 'check', 'lock']

const OPTIONS: readonly [InputName, InputDescription][] = Object.entries<InputDescription>(INPUTS)
  .flatMap(([name, description]) => {
    const known = inputName(name)
    return known === undefined || PUBLISHING.includes(known) ? [] : [[known, description] as const]
  })
  .map(([name, description]) => [name, name === 'mode' ? ofMode(description) : description])

function inputName(text: string): InputName | undefined {
  return isInputName(text) ? text : undefined
}

function isInputName(text: string): text is InputName {
  return Object.hasOwn(INPUTS, text)
}

function ofMode(description: InputDescription): InputDescription {
  return { ...description, description: `One of ${LOCAL.join(', ')}: see docs/modes.md.`, default: 'files' }
}

/** What a command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly options: ReadonlyMap<InputName, string>; readonly dryRun: boolean }

/**
 * Reads a command line: `--NAME VALUE` or `--NAME=VALUE` for the action's inputs; a list may be given bit by bit.
 * @throws SyncError of kind `input` with what is wrong
 */
export function parseCommand(words: readonly string[]): Command {
  const options = new Map<InputName, string>()
  let dryRun = false
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--help' || word === '-h') return { kind: 'help' }
    if (word === '--dry-run') {
      dryRun = true
      continue
    }
    const [, text = '', given] = /^--([^=]+)(?:=([^]*))?$/.exec(word) ?? []
    const name = OPTIONS.find(([option]) => option === text)?.[0]
    if (name === undefined) throw wrong(`There is no option \`${word}\`.`)
    const value = given ?? words[++index]
    if (value === undefined) throw wrong(`The option \`${word}\` needs a value.`)
    const before = options.get(name)
    options.set(name, before === undefined ? value : `${before}\n${value}`)
  }
  return { kind: 'run', options, dryRun }
}

function wrong(message: string): SyncError {
  return new SyncError('input', message, { hint: 'See `conda-lock-sync --help`.' })
}

/** The help, made from the table that `action.yml` is made from. */
export function helpText(): string {
  const option = ([name, { description, default: fallback }]: [InputName, InputDescription]) => {
    const given = fallback === undefined ? '' : ` [${fallback.replaceAll('\n', ', ')}]`
    return `  --${name} VALUE\n${wrap(`${description}${given}`)}`
  }
  return [
    'conda-lock-sync [--dry-run] [--OPTION VALUE …]',
    '',
    'Locks upstream’s environment files together with your own, as the GitHub Action does, and prints the report.',
    'Options are named like the inputs of the action; of a list, give every entry by an option of its own.',
    '',
    '  --dry-run\n      Locks and reports, but changes no file.',
    ...OPTIONS.map(option),
    ''
  ].join('\n')
}

const WIDTH = 100

function wrap(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length >= WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map(line => `      ${line}`).join('\n')
}

/** Runs the command as a person starts it in a terminal, and gives the exit code. The report alone is on standard output. */
export async function runCli(words: readonly string[]): Promise<number> {
  try {
    const command = parseCommand(words)
    if (command.kind === 'help') {
      process.stdout.write(helpText())
      return 0
    }
    return await inScratch(scratch => runCommand(command, scratch))
  } catch (error) {
    const errors = error instanceof SyncError ? [error, ...error.others] : [error]
    for (const each of errors) process.stderr.write(`${describe(each)}\n`)
    return 1
  }
}

async function runCommand(command: Command & { kind: 'run' }, temp: string): Promise<number> {
  const { options, dryRun } = command
  const mode = options.get('mode') ?? 'files'
  if (!LOCAL.some(kind => kind === mode))
    throw wrong(`\`--mode ${mode}\` is not one of ${LOCAL.join(', ')}; others are for workflows.`)
  const directory = resolve(options.get('working-directory') ?? '.')
  if (!(await isFolder(directory)))
    throw wrong(`There is no folder ${directory}; \`--working-directory\` has to be one.`)
  const workspace = await findRoot(directory)
  const local = relative(workspace, directory).split(sep).join('/')
  const given = new Map([...options, ['mode', mode], ['working-directory', local === '' ? '.' : local]])
  const runner = await makeRunner(workspace, temp)
  const inputs = parseInputs(name => given.get(name) ?? '', runner)
  const deadline = startDeadline(inputs.timeoutMinutes)
  const outcome = await within(deadline, sync(inputs, runner, deadline, dryRun))
  if (outcome.kind === 'compared') process.stdout.write(tellImages(outcome, Infinity))
  process.stderr.write(dryRun ? 'Nothing was changed (--dry-run).\n' : `${outputsOf(outcome).summary}\n`)
  if (outcome.done.operation !== 'checked' || outcome.done.problem === undefined) return 0
  process.stderr.write(`error: ${oneLine(outcome.done.problem)}\n`)
  return 1
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

async function makeRunner(workspace: string, temp: string): Promise<Runner> {
  const toolCache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
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
    isFromFork: false
  }
}

/** Where hints say that an input is. */
const IN_WORKFLOW = ' in the `with:` block of the workflow'

function describe(error: unknown): string {
  if (!(error instanceof SyncError)) {
    return `error: ${oneLine(messageOf(error))} This is a defect; please report it.`
  }
  const { place } = error
  const line = place?.line === undefined ? '' : `:${place.line}`
  const where = place === undefined ? '' : `${place.file}${line}: `
  return `error: ${oneLine(`${where}${error.message}`)}\n  ${oneLine(error.hint.replace(IN_WORKFLOW, ''))}`
}
