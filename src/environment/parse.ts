import { messageOf, SyncError } from '../common/errors.js'
import { field, isMapping, isTexts, type Mapping } from '../common/guards.js'
import type { Platform } from '../lockfile/platforms.js'
import { ODD_LINE_BREAK } from '../common/line-breaks.js'
import { isMap, isSeq, LineCounter, parseDocument, type Document, type Tags } from '../common/yaml.js'
import { selectLines } from './selectors.js'

/** A dependency as written: a conda spec, or the requirements of a `pip:` section; other sections count as empty ones. */
export type Dependency = string | { readonly pip: readonly string[] }

/** What conda-lock reads from an environment file. */
export interface Environment {
  /** Path relative to the root of the repository. */
  readonly file: string
  readonly channels: readonly string[]
  readonly channelsLine: number
  readonly category: string
  readonly pipRepositories: readonly string[]
  readonly pipRepositoriesLine: number
  readonly allowPypiRequests: boolean
  /** Entries that conda-lock passes over without a word: sections that are not called `pip`. */
  readonly ignored: readonly { readonly text: string; readonly line: number }[]
  /** The dependencies for a platform, after selectors, in order. */
  dependencies(platform: Platform): readonly Dependency[]
  /** The line of a dependency, by its index, or by the indices of a `pip:` section and of a requirement in it. */
  line(platform: Platform, place: readonly number[]): number
}

/** Where an environment file comes from, for messages: `fix` says who can repair it. */
export interface EnvironmentSource {
  readonly file: string
  readonly fix: string
}

/** A parsed text: its value, and where things are. */
interface Parsed {
  readonly value: Mapping
  readonly document: Document
  readonly lineCounter: LineCounter
}

/** An environment file is some kilobytes; what is much larger is no such file. */
const SIZE_LIMIT = 1024 * 1024
/** Aliases repeat a part of a file; more than this only serves to blow a small file up. */
const ALIAS_LIMIT = 100

/**
 * Parses an `environment.yml` for some platforms, as conda-lock 4.0.3 does (its src_parser/environment_yaml.py).
 * @throws SyncError of kind `environment`, with the line, when it is no YAML or no environment file
 */
export function parseEnvironment(
  source: EnvironmentSource,
  content: Uint8Array,
  platforms: readonly Platform[]
): Environment {
  if (content.byteLength > SIZE_LIMIT) throw broken(source, `is larger than ${SIZE_LIMIT / 1024 / 1024} MiB`)
  const text = decode(source, content)
  const whole = parse(source, text)
  const selected = new Map(platforms.map(platform => [platform, parse(source, selectLines(text, platform))]))
  const dependencies = new Map([...selected].map(([platform, parsed]) => [platform, readDependencies(source, parsed)]))
  return {
    file: source.file,
    channels: readChannels(source, whole),
    channelsLine: lineOfKey(whole, 'channels'),
    category: typeof whole.value.category === 'string' && whole.value.category !== '' ? whole.value.category : 'main',
    pipRepositories: strings(source, whole, 'pip-repositories'),
    pipRepositoriesLine: lineOfKey(whole, 'pip-repositories'),
    allowPypiRequests: whole.value['allow-pypi-requests'] !== false,
    ignored: findIgnored(whole),
    dependencies: platform => dependencies.get(platform) ?? [],
    line: (platform, place) => lineOfPlace(selected.get(platform) ?? whole, place)
  }
}

function decode(source: EnvironmentSource, content: Uint8Array): string {
  const text = decodeUtf8(source, content)
  const odd = ODD_LINE_BREAK.exec(text)
  if (odd === null) return text
  const line = text.slice(0, odd.index).split('\n').length
  const code = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw broken(source, `has the character U+${code}, which ends a line for some programs and not for others`, line)
}

function decodeUtf8(source: EnvironmentSource, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (cause) {
    throw broken(source, 'is not text in UTF-8', 1, cause)
  }
}

function broken(source: EnvironmentSource, problem: string, line?: number, cause?: unknown): SyncError {
  return new SyncError('environment', `${source.file} ${problem}.`, {
    hint: source.fix,
    place: line === undefined ? { file: source.file } : { file: source.file, line },
    cause
  })
}

function parse(source: EnvironmentSource, text: string): Parsed {
  const lineCounter = new LineCounter()
  // PyYAML, which conda-lock reads these files with, speaks YAML 1.1, lets the last of two equal keys win, and refuses keys
  // that are lists or mappings.
  const dialect = { version: '1.1', uniqueKeys: false, stringKeys: true, customTags: withoutLetters } as const
  const document = parseDocument(text, { ...dialect, lineCounter, prettyErrors: false })
  const error = document.errors[0]
  if (error !== undefined) {
    throw broken(source, `is not valid YAML: ${firstLine(error.message)}`, lineCounter.linePos(error.pos[0]).line)
  }
  const value = toValue(source, document)
  if (!isMapping(value)) throw broken(source, 'is not an environment file: there is no `dependencies:` list in it', 1)
  return { value, document, lineCounter }
}

const BOOLEAN = 'tag:yaml.org,2002:bool'

/** In YAML 1.1 a lone `y` or `n` is a truth value, but not in PyYAML: it may be a package. */
function withoutLetters(tags: Tags): Tags {
  return tags.map(tag =>
    typeof tag === 'object' && tag.collection === undefined && tag.tag === BOOLEAN && tag.test !== undefined
      ? { ...tag, test: new RegExp(`^(?!.$)${tag.test.source}`) }
      : tag
  )
}

function toValue(source: EnvironmentSource, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIAS_LIMIT })
  } catch (cause) {
    // An alias of nothing, or so many that they are an attack.
    throw broken(source, `is not valid YAML: ${firstLine(messageOf(cause))}`, 1, cause)
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/[.:]$/, '') ?? ''
}

function readDependencies(source: EnvironmentSource, parsed: Parsed): Dependency[] {
  const list: unknown = parsed.value.dependencies
  if (!Array.isArray(list)) {
    const line = lineOfKey(parsed, 'dependencies')
    throw broken(source, 'is not an environment file: there is no `dependencies:` list in it', line)
  }
  return list.map((item: unknown, index): Dependency => {
    if (typeof item === 'string') return item
    const pip = isMapping(item) ? (item.pip ?? []) : undefined
    if (isTexts(pip)) return { pip }
    throw broken(
      source,
      `has an entry under \`dependencies:\` that is neither a spec such as \`name=1.2\` nor a \`pip:\` section: ${JSON.stringify(item)}`,
      lineOfPlace(parsed, [index])
    )
  })
}

function findIgnored(parsed: Parsed): Environment['ignored'] {
  const list: unknown = parsed.value.dependencies
  return (Array.isArray(list) ? list : []).flatMap((item: unknown, index) => {
    const names = isMapping(item) ? Object.keys(item).filter(key => key !== 'pip') : []
    return names.map(name => ({ text: name, line: lineOfPlace(parsed, [index]) }))
  })
}

/** conda-lock drops the first `nodefaults`, since it never adds the defaults, and refuses a second one. */
function readChannels(source: EnvironmentSource, parsed: Parsed): readonly string[] {
  const channels = strings(source, parsed, 'channels')
  const index = channels.indexOf('nodefaults')
  const rest = index === -1 ? channels : channels.toSpliced(index, 1)
  if (!rest.includes('nodefaults')) return rest
  throw broken(source, 'names the channel `nodefaults` twice', lineOfKey(parsed, 'channels'))
}

function strings(source: EnvironmentSource, parsed: Parsed, key: string): readonly string[] {
  const value = parsed.value[key] ?? []
  if (isTexts(value)) return value
  throw broken(source, `has no list of texts under \`${key}:\``, lineOfKey(parsed, key))
}

function lineOfKey({ document, lineCounter }: Parsed, key: string): number {
  const pairs = isMap(document.contents) ? document.contents.items : []
  const pair = pairs.find(item => String(item.key) === key)
  return lineOfNode(lineCounter, pair?.key) ?? 1
}

function lineOfPlace(parsed: Parsed, [index, inner]: readonly number[]): number {
  const { document, lineCounter } = parsed
  const list: unknown = document.get('dependencies')
  const item: unknown = isSeq(list) && index !== undefined ? list.items[index] : undefined
  const section: unknown = isMap(item) && inner !== undefined ? item.get('pip', true) : undefined
  const requirement: unknown = isSeq(section) && inner !== undefined ? section.items[inner] : undefined
  return lineOfNode(lineCounter, requirement) ?? lineOfNode(lineCounter, item) ?? lineOfKey(parsed, 'dependencies')
}

function lineOfNode(lineCounter: LineCounter, node: unknown): number | undefined {
  const range = field(node, 'range')
  const start: unknown = Array.isArray(range) ? range[0] : undefined
  return typeof start === 'number' ? lineCounter.linePos(start).line : undefined
}
