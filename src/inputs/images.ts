import { SyncError } from '../common/errors.js'
import type { Runner } from '../runner/runner.js'
import { parseInputs, type Inputs } from './inputs.js'
import { workingDirectory } from './paths.js'
import { InputError } from './reader.js'
import type { ImageSettings, Setting, Settings } from './settings.js'
import { inputNames, INPUTS, type InputDescription, type InputName } from './table.js'

/** The raw text of an input as the workflow or the command line has it; empty if it does not set it. */
export type Given = (name: InputName) => string

const NOTHING: ImageSettings = new Map()

/**
 * The inputs of each image of a run: what the workflow sets, then what the settings file says for the image, then what it says
 * for all. With `working-directory` a run is for that folder alone.
 * @throws SyncError of kind `input`, at the line of the settings file if the value stands there
 */
export function readImages(given: Given, settings: Settings | undefined, runner: Runner): Inputs[] {
  const directory = given('working-directory').trim()
  const images = settings?.images ?? new Map<string, ImageSettings>()
  if (isForAll(given)) return [readImage(given, settings, NOTHING, directory, runner)]
  if (directory === '' && images.size > 0) {
    return [...images].map(([folder, own]) => asOneOfAll(readImage(given, settings, own, folder, runner)))
  }
  const folder = workingDirectory(directory)
  const own = images.get(folder)
  if (own === undefined && images.size > 0) throw notAnImage(folder, images)
  return [readImage(given, settings, own ?? NOTHING, folder, runner)]
}

/** What all images propose together is on a branch that carries the name of none. */
function asOneOfAll(inputs: Inputs): Inputs {
  const { mode } = inputs
  return mode.kind === 'pull-request' ? { ...inputs, mode: { ...mode, folder: undefined } } : inputs
}

/** Whether a run works on what other jobs have locked, or only lists the images. */
function isForAll(given: Given): boolean {
  const mode = given('mode').trim()
  return mode === 'publish' || mode === 'images' || (mode === 'commit' && given('bundles').trim() !== '')
}

function notAnImage(folder: string, images: Settings['images']): SyncError {
  return new SyncError(
    'input',
    `\`${folder}\` is not one of the images of the settings file: ${[...images.keys()].join(', ')}.`,
    {
      hint: 'Correct `working-directory`, or add the folder to `images:`.'
    }
  )
}

function readImage(
  given: Given,
  settings: Settings | undefined,
  own: ImageSettings,
  directory: string,
  runner: Runner
): Inputs {
  const read = (name: InputName): string | Setting => {
    if (name === 'working-directory') return directory
    if (given(name).trim() !== '') return given(name)
    return own.get(name) ?? ofAll(name, settings, given) ?? ''
  }
  try {
    return parseInputs(name => textOf(read(name)), runner)
  } catch (error) {
    if (!(error instanceof InputError) || settings === undefined) throw error
    const value = read(error.input)
    throw typeof value === 'string' ? error : error.at({ file: settings.file, line: value.line })
  }
}

function textOf(value: string | Setting): string {
  return typeof value === 'string' ? value : value.text
}

function ofAll(name: InputName, settings: Settings | undefined, given: Given): string | Setting | undefined {
  if (name === 'images') return [...(settings?.images.keys() ?? [])].join('\n')
  // The file names the branch that pull requests come from; what `commit` changes only the workflow says.
  if (name === 'branch' && given('mode').trim() === 'commit') return undefined
  // Where nothing is locked no folder is the one that paths are relative to.
  const { scope }: InputDescription = INPUTS[name]
  return isForAll(given) && scope !== 'repository' ? undefined : settings?.common.get(name)
}

/** One line on what the settings file says and what the workflow sets; both as names of inputs. */
export function describeSources(given: Given, { file, common, images }: Settings): string {
  const own = [...images].flatMap(([folder, values]) =>
    values.size === 0 ? [] : [`for ${folder} ${[...values.keys()].join(', ')}`]
  )
  const said = [[...common.keys()].join(', '), ...own].filter(part => part !== '').join('; ')
  const set = inputNames().filter(name => name !== 'token' && given(name).trim() !== '')
  return `Settings: ${file} says ${said === '' ? 'nothing' : said}. This run itself sets ${set.length === 0 ? 'nothing' : set.join(', ')}.`
}
