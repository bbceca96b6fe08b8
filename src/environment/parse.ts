import { LineCounter, parseDocument, type Document } from 'yaml'
import { messageOf, SyncError } from '../errors.js'
import type { Platform } from '../inputs.js'
import { selectLines } from './selectors.js'

/** A dependency as written: a conda spec, or the requirements of a `pip:` section. */
export type Dependency = string | { readonly pip: readonly string[] }

/** What conda-lock reads from an environment file. */
export interface Environment {
  /** Path relative to the root of the repository. */
  readonly file: string
  readonly channels: readonly string[]
  readonly category: string
  readonly pipRepositories: readonly string[]
  readonly allowPypiRequests: boolean
  /** The dependencies for one of the platforms that were asked for, after selectors, in order. */
  dependencies(platform: Platform): readonly Dependency[]
}

/** Where an environment file comes from, for messages: `fix` says who can repair it. */
export interface Source {
  readonly file: string
  readonly fix: string
}

type Mapping = Readonly<Record<string, unknown>>

/**
 * Parses an `environment.yml` for some platforms, as conda-lock 4.0.3 does (its src_parser/environment_yaml.py).
 * @throws SyncError of kind `environment`, with the line, when it is no YAML or no environment file
 */
export function parseEnvironment(source: Source, content: Uint8Array, platforms: readonly Platform[]): Environment {
  const text = decode(source, content)
  const whole = parseMapping(source, text)
  const dependencies = new Map(
    platforms.map(platform => [
      platform,
      readDependencies(source, text, parseMapping(source, selectLines(text, platform)))
    ])
  )
  return {
    file: source.file,
    channels: strings(source, text, whole, 'channels').filter(channel => channel !== 'nodefaults'),
    category: typeof whole.category === 'string' && whole.category !== '' ? whole.category : 'main',
    pipRepositories: strings(source, text, whole, 'pip-repositories'),
    allowPypiRequests: whole['allow-pypi-requests'] !== false,
    dependencies: platform => dependencies.get(platform) ?? []
  }
}

function decode(source: Source, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (cause) {
    throw broken(source, 'is not text in UTF-8', 1, cause)
  }
}

function broken(source: Source, problem: string, line?: number, cause?: unknown): SyncError {
  return new SyncError('environment', `${source.file} ${problem}.`, {
    hint: source.fix,
    place: line === undefined ? { file: source.file } : { file: source.file, line },
    cause
  })
}

/**
 * conda-lock reads these files with PyYAML, which speaks YAML 1.1, lets the last of two equal keys win, and refuses keys
 * that are lists or mappings.
 */
const AS_PYYAML = { version: '1.1', uniqueKeys: false, stringKeys: true } as const

function parseMapping(source: Source, text: string): Mapping {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { ...AS_PYYAML, lineCounter, prettyErrors: false })
  const error = document.errors[0]
  if (error !== undefined) {
    const line = lineCounter.linePos(error.pos[0]).line
    throw broken(source, `is not valid YAML: ${firstLine(error.message)}`, line)
  }
  const value = toValue(source, document)
  if (!isMapping(value)) throw broken(source, 'is not an environment file: there is no `dependencies:` list in it', 1)
  return value
}

function toValue(source: Source, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    // An alias of nothing, or so many that they are an attack.
    throw broken(source, `is not valid YAML: ${firstLine(messageOf(cause))}`, 1, cause)
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/[.:]$/, '') ?? ''
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readDependencies(source: Source, text: string, mapping: Mapping): Dependency[] {
  const list: unknown = mapping.dependencies
  if (!Array.isArray(list)) {
    throw broken(
      source,
      'is not an environment file: there is no `dependencies:` list in it',
      lineOf(text, 'dependencies')
    )
  }
  return list.flatMap((item: unknown): Dependency[] => {
    if (typeof item === 'string') return [item]
    if (isMapping(item) && isPipSection(item)) return item.pip === null ? [] : [{ pip: item.pip }]
    throw broken(
      source,
      `has an entry under \`dependencies:\` that is neither a spec nor a \`pip:\` section: ${JSON.stringify(item)}`,
      lineOf(text, 'dependencies')
    )
  })
}

function isPipSection(item: Mapping): item is { pip: readonly string[] | null } {
  return (
    Object.keys(item).length === 1 &&
    'pip' in item &&
    (item.pip === null || (Array.isArray(item.pip) && item.pip.every(entry => typeof entry === 'string')))
  )
}

function strings(source: Source, text: string, mapping: Mapping, key: string): readonly string[] {
  const value = mapping[key] ?? []
  if (Array.isArray(value) && value.every(entry => typeof entry === 'string')) return value
  throw broken(source, `has no list of texts under \`${key}:\``, lineOf(text, key))
}

function lineOf(text: string, key: string): number {
  const index = text.split('\n').findIndex(line => line.startsWith(`${key}:`))
  return index === -1 ? 1 : index + 1
}
