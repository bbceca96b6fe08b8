import { isMapping, type Mapping } from '../common/guards.js'
import { ODD_LINE_BREAK } from '../common/line-breaks.js'
import { DEPENDENCY_LIMIT, LOCKFILE_LIMITS } from '../common/limits.js'
import { loadPlain } from '../common/plain-yaml.js'
import { packageKey, parseCondaUrl, type LockedPackage } from './package.js'

/** The parts of a `conda-lock.yml` (format version 1) that matter here. */
export interface UnifiedLock {
  readonly platforms: readonly string[]
  readonly channels: readonly string[]
  readonly sources: readonly string[]
  /** conda-lock's own `custom_metadata`: flat texts. */
  readonly custom: Readonly<Record<string, string>>
  /** One entry per platform, manager and name. */
  readonly packages: readonly LockedPackage[]
}

/**
 * Parses a `conda-lock.yml`. Every scalar is read as text, so that no version turns into a number.
 * @throws Error with one line that says what does not fit
 */
export function parseUnifiedLock(text: string): UnifiedLock {
  const root = toMappingOf(parseYaml(text), 'the file')
  const version = string(root.version, 'version')
  if (version !== '1') throw new Error(`it has format version ${version}, not 1`)
  const metadata = toMappingOf(root.metadata, 'metadata')
  const packages = toList(root.package, 'package')
  onlyKeys(root, ['version', 'metadata', 'package'], 'the file')
  return {
    platforms: toList(metadata.platforms, 'metadata.platforms').map(entry => string(entry, 'metadata.platforms')),
    channels: toList(metadata.channels, 'metadata.channels').map(entry =>
      string(toMappingOf(entry, 'metadata.channels').url, 'metadata.channels.url')
    ),
    sources: toList(metadata.sources, 'metadata.sources').map(entry => string(entry, 'metadata.sources')),
    custom: strings(metadata.custom_metadata ?? {}, 'metadata.custom_metadata'),
    packages: mergeCategories(packages.map(parsePackage))
  }
}

/**
 * The `custom_metadata` of a `conda-lock.yml`, read from what stands before its packages; empty if that can't be read.
 * It costs nothing beside the packages, which are all the rest of the file.
 */
export function parseLockHead(text: string): UnifiedLock['custom'] {
  const end = text.search(/^package:/m)
  try {
    return parseUnifiedLock(`${end < 0 ? '' : text.slice(0, end)}package: []\n`).custom
  } catch {
    // Reading the whole lock tells what is wrong with it.
    return {}
  }
}

function parseYaml(text: string): unknown {
  if (ODD_LINE_BREAK.test(text))
    throw new Error('it has characters that end a line for some programs and not for others')
  return loadPlain(text)
}

/** The fields that conda-lock writes; it refuses others, and `<<` is one that only some YAML parsers know. */
const PACKAGE_KEYS = [
  'name',
  'version',
  'manager',
  'platform',
  'dependencies',
  'url',
  'hash',
  'source',
  'build',
  'category',
  'optional'
]

function onlyKeys(value: Mapping, known: readonly string[], what: string): void {
  const odd = Object.keys(value).find(key => !known.includes(key))
  if (odd !== undefined) throw new Error(`${what} has the unknown key ${JSON.stringify(odd.slice(0, 40))}`)
}

function parsePackage(entry: unknown): LockedPackage {
  const pin = toMappingOf(entry, 'package')
  const name = string(pin.name, 'package.name')
  const where = `package ${name}`
  onlyKeys(pin, PACKAGE_KEYS, where)
  const manager = string(pin.manager, `manager of ${where}`)
  if (manager !== 'conda' && manager !== 'pip') throw new Error(`${where} has the unknown manager ${manager}`)
  const url = string(pin.url, `url of ${where}`)
  // What has a `source` conda-lock installs from there, whatever hash stands beside it.
  const hashes = isMapping(pin.source) ? {} : strings(pin.hash ?? {}, `hash of ${where}`)
  return {
    platform: platform(pin.platform, where),
    manager,
    name,
    version: string(pin.version, `version of ${where}`),
    build: manager === 'conda' ? (parseCondaUrl(url)?.build ?? '') : '',
    url,
    hash: strongestHash(hashes),
    md5: isHash(hashes.md5) ? hashes.md5 : '',
    dependencies: strings(pin.dependencies ?? {}, `dependencies of ${where}`),
    categories: [string(pin.category ?? 'main', `category of ${where}`)]
  }
}

/** Platforms stand in summaries as they are, so that they must not be Markdown. */
function platform(value: unknown, where: string): string {
  const text = string(value, `platform of ${where}`)
  if (!/^[\da-z-]+$/.test(text)) throw new Error(`${where} is for something that is no platform`)
  return text
}

function strongestHash({ sha256, md5 }: Readonly<Record<string, string>>): string {
  if (isHash(sha256)) return `sha256:${sha256}`
  return isHash(md5) ? `md5:${md5}` : ''
}

function isHash(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]+$/i.test(text)
}

/** conda-lock writes a package once per category, of which most have only one. */
function mergeCategories(entries: readonly LockedPackage[]): LockedPackage[] {
  const firsts = new Map<string, LockedPackage>()
  const several = new Map<LockedPackage, Set<string>>()
  for (const entry of entries) {
    const key = packageKey(entry)
    const first = firsts.get(key)
    if (first === undefined) {
      firsts.set(key, entry)
      continue
    }
    if (first.url !== entry.url || first.hash !== entry.hash) {
      throw new Error(`package ${entry.name} is there twice for ${entry.platform}, from different addresses`)
    }
    const categories = several.get(first) ?? new Set(first.categories)
    for (const category of entry.categories) categories.add(category)
    several.set(first, categories)
  }
  return Array.from(firsts.values(), first => {
    const categories = several.get(first)
    return categories === undefined ? first : { ...first, categories: [...categories] }
  })
}

function toMappingOf(value: unknown, what: string): Mapping {
  if (isMapping(value)) return value
  throw new Error(`${what} is not a mapping`)
}

function toList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new Error(`${what} is not a list`)
}

function string(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} is not a text`)
  if (value.length > LOCKFILE_LIMITS.text) throw new Error(`${what} has more than ${LOCKFILE_LIMITS.text} characters`)
  return value
}

function strings(value: unknown, what: string): Readonly<Record<string, string>> {
  const mapping = toMappingOf(value, what)
  const keys = Object.keys(mapping)
  if (keys.length > DEPENDENCY_LIMIT) throw new Error(`${what} has more than ${DEPENDENCY_LIMIT} entries`)
  checkTexts(mapping, keys, what)
  return mapping
}

function checkTexts(
  mapping: Mapping,
  keys: readonly string[],
  what: string
): asserts mapping is Record<string, string> {
  for (const key of keys) {
    string(key, `a key in ${what}`)
    string(mapping[key], `${key} in ${what}`)
  }
}
