import { SyncError } from '../common/errors.js'
import { pageAddress } from '../common/project.js'
import type { Mode } from '../inputs/mode.js'
import { INPUTS, isInputName, type InputDescription, type InputName } from '../inputs/table.js'

/** Inputs that need a pull request. */
const PUBLISHING_INPUTS: readonly InputName[] = [
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
export const LOCAL_MODES: readonly Mode['kind'][] = ['files', 'check', 'lock']

const OPTIONS: readonly [InputName, InputDescription][] = Object.entries<InputDescription>(INPUTS)
  .flatMap(([name, description]) => {
    const known = inputName(name)
    return known === undefined || PUBLISHING_INPUTS.includes(known) ? [] : [[known, description] as const]
  })
  .map(([name, description]) => [name, name === 'mode' ? describeMode(description) : description])

function inputName(text: string): InputName | undefined {
  return isInputName(text) ? text : undefined
}

function describeMode(description: InputDescription): InputDescription {
  return {
    ...description,
    description: `One of ${LOCAL_MODES.join(', ')}: see ${pageAddress('modes.md')}.`,
    default: 'files'
  }
}

/** What a command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'init' }
  | {
      readonly kind: 'run'
      readonly options: ReadonlyMap<InputName, string>
      /** Folders of images; none means all, or the one that the command is started in. */
      readonly images: readonly string[]
      readonly dryRun: boolean
    }

/**
 * Reads a command line: images by their folders, and `--NAME VALUE` or `--NAME=VALUE` for the action's inputs; a list may be
 * given entry by entry.
 * @throws SyncError of kind `input` with what is wrong
 */
export function parseCommand(words: readonly string[]): Command {
  if (words.length === 1 && words[0] === 'init') return { kind: 'init' }
  const options = new Map<InputName, string>()
  const images: string[] = []
  let dryRun = false
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--help' || word === '-h') return { kind: 'help' }
    if (word === '--dry-run') {
      dryRun = true
      continue
    }
    if (!word.startsWith('-')) {
      images.push(word)
      continue
    }
    const [, text = '', given] = /^--([^=]+)(?:=([^]*))?$/.exec(word) ?? []
    const name = OPTIONS.find(([option]) => option === text)?.[0]
    if (name === undefined) throw wrongCommand(`There is no option \`${word}\`.`)
    const value = given ?? words[++index]
    if (value === undefined) throw wrongCommand(`The option \`${word}\` needs a value.`)
    const before = options.get(name)
    options.set(name, before === undefined ? value : `${before}\n${value}`)
  }
  return { kind: 'run', options, images, dryRun }
}

/** An error about the command line. */
export function wrongCommand(message: string): SyncError {
  return new SyncError('input', message, { hint: 'See `conda-lock-sync --help`.' })
}

/** The text of `--help`, made from the same table as `action.yml`. */
export function helpText(): string {
  const option = ([name, { description, default: fallback }]: [InputName, InputDescription]) => {
    const given = fallback === undefined ? '' : ` [${fallback.replaceAll('\n', ', ')}]`
    return `  --${name} VALUE\n${wrap(`${description}${given}`)}`
  }
  return [
    'conda-lock-sync [IMAGE …] [--dry-run] [--OPTION VALUE …]',
    'conda-lock-sync init',
    '',
    'Locks upstream’s environment files together with your own, as the GitHub Action does, and prints the report.',
    'Images are folders that the settings file names; without any, all of them, or the one that you are in.',
    'Options are named like the inputs of the action; of a list, give every entry by an option of its own.',
    '`init` writes the settings file and a workflow after looking at the repository, and adds the lockfiles to .gitattributes; what is there stays.',
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
