import { combine, SyncError } from '../common/errors.js'
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseYaml,
  YamlError,
  type LineCounter,
  type Node,
  type WrittenYaml
} from '../common/yaml.js'
import { firstTwice, repositoryPath } from './paths.js'
import { INPUTS, isInputName, type InputDescription, type InputName } from './table.js'
import { pageAddress } from '../common/project.js'

/** The key of the settings file that has the images. */
export const IMAGES = 'images'

/** A value of the settings file, as the workflow would write it. */
export interface Setting {
  readonly text: string
  /** Counted from 1. */
  readonly line: number
}

export type ImageSettings = ReadonlyMap<InputName, Setting>

/** What a repository locks, as its settings file says. */
export interface Settings {
  /** Path of the file. */
  readonly file: string
  /** What holds for all images, or for the repository. */
  readonly common: ImageSettings
  /** What differs for each image, by its folder; none if the repository is the only one. */
  readonly images: ReadonlyMap<string, ImageSettings>
}

/**
 * Parses a settings file: the inputs' names as keys, and `images:` with folders and what differs there.
 * @throws SyncError of kind `input` with the line of everything that is wrong
 */
export function parseSettings(file: string, text: string): Settings {
  const { document, lineCounter } = parseTexts(file, text)
  const errors: SyncError[] = []
  const refuse = (node: Node | undefined, problem: string, hint = HINT) => {
    errors.push(new SyncError('input', `${problem}.`, { hint, place: { file, line: lineOf(node, lineCounter) } }))
  }
  const reader: SettingsReader = {
    refuse,
    line: node => lineOf(node, lineCounter),
    target: node => (isAlias(node) ? node.resolve(document) : node)
  }
  const root = entriesOf(document.contents ?? undefined, reader, `\`${file}\``)
  const images = root.filter(({ key }) => key === IMAGES).flatMap(({ value }) => readImages(value, reader))
  const twice = firstTwice(images.map(([folder]) => folder))
  if (twice !== undefined) refuse(undefined, `The image \`${twice}\` is there twice`)
  const common = readValues(
    root.filter(({ key }) => key !== IMAGES),
    'repository',
    reader
  )
  if (errors.length > 0) throw combine(errors)
  return { file, common, images: new Map(images) }
}

/** Every scalar as it is written: 12.10 is no number here. */
function parseTexts(file: string, text: string): WrittenYaml {
  try {
    return parseYaml(text, { schema: 'failsafe', uniqueKeys: true, stringKeys: true })
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const { message, line } = error
    throw new SyncError('input', `\`${file}\` ${message}.`, { hint: HINT, place: { file, line }, cause: error })
  }
}

const HINT = `${pageAddress('settings.md')} says what the file may hold.`

interface SettingsReader {
  readonly refuse: (node: Node | undefined, problem: string, hint?: string) => void
  readonly line: (node: Node | undefined) => number
  /** What an alias stands for; any other node itself. */
  readonly target: (node: Node | undefined) => Node | undefined
}

interface Entry {
  readonly key: string
  readonly keyNode: Node
  readonly value: Node | undefined
}

function lineOf(node: Node | undefined, lineCounter: LineCounter): number {
  return node?.range ? lineCounter.linePos(node.range[0]).line : 1
}

/** The entries of a mapping; none of something empty. */
function entriesOf(node: Node | undefined, reader: SettingsReader, what: string): Entry[] {
  if (node === undefined || (isScalar(node) && node.value === '')) return []
  if (!isMap<Node, Node | null>(node)) {
    reader.refuse(node, `${what} is not a mapping of names to values`)
    return []
  }
  return node.items.flatMap(({ key, value }) => {
    if (isScalar(key) && typeof key.value === 'string')
      return [{ key: key.value, keyNode: key, value: reader.target(value ?? undefined) }]
    reader.refuse(key, `${what} has a key that is not a name`)
    return []
  })
}

function readImages(node: Node | undefined, reader: SettingsReader): (readonly [string, ImageSettings])[] {
  return entriesOf(node, reader, `\`${IMAGES}\``).flatMap(({ key, keyNode, value }) => {
    try {
      const folder = key === '.' ? key : repositoryPath(IMAGES, '.', key)
      return [[folder, readValues(entriesOf(value, reader, `\`${key}\``), 'image', reader)] as const]
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      reader.refuse(keyNode, error.message.replace(/\.$/, ''))
      return []
    }
  })
}

function readValues(entries: readonly Entry[], scope: 'repository' | 'image', reader: SettingsReader): ImageSettings {
  return new Map(
    entries.flatMap(entry => {
      const name = nameOf(entry, scope, reader)
      const text = name === undefined ? undefined : textOf(name, entry, reader)
      return name === undefined || text === undefined
        ? []
        : [[name, { text, line: reader.line(entry.keyNode) }] as const]
    })
  )
}

function nameOf({ key, keyNode }: Entry, scope: 'repository' | 'image', reader: SettingsReader): InputName | undefined {
  if (!isInputName(key)) {
    reader.refuse(keyNode, `There is no setting \`${key}\``, `${similarTo(key)}${HINT}`)
    return undefined
  }
  const { scope: needed }: InputDescription = INPUTS[key]
  if (needed === 'run') {
    reader.refuse(
      keyNode,
      `\`${key}\` is said for each run, so it can't stand here`,
      'Say it in the `with:` block of the workflow.'
    )
    return undefined
  }
  if (needed === 'repository' && scope === 'image') {
    reader.refuse(keyNode, `\`${key}\` is the same for all images`, `Move it to where \`${IMAGES}:\` is.`)
    return undefined
  }
  return key
}

/** Names of inputs that a misspelt one may stand for. */
function similarTo(key: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '')
  const found = Object.keys(INPUTS).find(
    name => plain(name) === plain(key) || `${plain(name)}s` === plain(key) || plain(name) === `${plain(key)}s`
  )
  return found === undefined ? '' : `Did you mean \`${found}\`? `
}

/** The value as the workflow would write it; undefined if it is none of this input, which is told. */
function textOf(name: InputName, { value }: Entry, reader: SettingsReader): string | undefined {
  const { form }: InputDescription = INPUTS[name]
  if (value === undefined) return ''
  if (isScalar<string>(value)) return value.value
  if (form === 'copies' && isMap(value)) return pairsOf(name, value, reader)
  if ((form === 'lines' || form === 'copies') && isSeq<Node>(value)) {
    if (value.items.length === 0) return form === 'copies' ? 'none' : ''
    const lines = value.items.map(item => lineOfItem(name, reader.target(item), reader))
    return lines.some(line => line === undefined) ? undefined : lines.join('\n')
  }
  reader.refuse(
    value,
    `\`${name}\` is ${isSeq(value) ? 'a list' : 'a mapping'}, and has to be ${FORMS[form ?? 'text']}`
  )
  return undefined
}

const FORMS: Readonly<Record<NonNullable<InputDescription['form']> | 'text', string>> = {
  text: 'one text',
  flag: '`true` or `false`',
  lines: 'a list of texts',
  copies: 'a mapping of upstream’s paths to local files, or `none`'
}

function lineOfItem(name: InputName, item: Node | undefined, reader: SettingsReader): string | undefined {
  const { form }: InputDescription = INPUTS[name]
  if (isScalar(item) && typeof item.value === 'string' && !item.value.includes('\n')) return item.value
  // YAML reads the item `path: local-file` as a mapping.
  if (form === 'copies' && isMap(item)) return pairsOf(name, item, reader)
  reader.refuse(item, `An entry of \`${name}\` is not a text of one line`)
  return undefined
}

function pairsOf(name: InputName, node: Node, reader: SettingsReader): string | undefined {
  const pairs = entriesOf(node, reader, `\`${name}\``)
  const odd = pairs.find(({ value }) => !isScalar(value) || value.value === '')
  if (odd === undefined)
    return pairs.map(({ key, value }) => `${key}: ${isScalar(value) ? String(value.value) : ''}`).join('\n')
  reader.refuse(odd.keyNode, `\`${odd.key}\` in \`${name}\` has no local file`)
  return undefined
}
