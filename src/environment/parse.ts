import type { SyncError } from '../common/errors.js'
import { isMapping, isTexts } from '../common/guards.js'
import { ODD_LINE_BREAK } from '../common/line-breaks.js'
import { ENVIRONMENT_LIMITS } from '../common/limits.js'
import { code } from '../common/markdown.js'
import type { Platform } from '../lockfile/platforms.js'
import { findEntries, type Entry } from './entries.js'
import { selectLines } from './selectors.js'
import {
  broken,
  follow,
  itemsOf,
  keysOfNode,
  lineOfKey,
  nodeOf,
  parseTree,
  positionOf,
  writtenAs,
  type EnvironmentSource,
  type Tree
} from './tree.js'

export type { EnvironmentSource } from './tree.js'

/** A dependency as written: a conda spec, or the requirements of a `pip:` section; other sections count as empty ones. */
export type Dependency = string | { readonly pip: readonly string[] }

/** What conda-lock reads from an environment file. */
export interface Environment extends EnvironmentSource {
  readonly channels: readonly string[]
  readonly category: string
  /** What `platforms:` says, which conda-lock goes by unless it is told others. */
  readonly platforms: readonly string[]
  readonly pipRepositories: readonly string[]
  readonly pipRepositoriesLine: number
  readonly allowPypiRequests: boolean
  /** All that is written in the file, whether conda-lock reads it or not. */
  readonly entries: readonly Entry[]
  /** The dependencies for a platform, after selectors, in order. */
  dependencies(platform: Platform): readonly Dependency[]
  /** The line of a channel, or else of the key `channels:`, or else the first one. */
  channelLine(channel?: string): number
  /** The line of a dependency, by its index, or by the indices of a `pip:` section and of a requirement in it. */
  line(platform: Platform, place: readonly number[]): number
}

/**
 * Parses an `environment.yml` for some platforms, as conda-lock 4.0.3 does (its src_parser/environment_yaml.py).
 * @throws SyncError of kind `environment`, with the line, when it is no YAML or no environment file
 */
export function parseEnvironment(
  source: EnvironmentSource,
  content: Uint8Array,
  platforms: readonly Platform[]
): Environment {
  const { size, text: longest } = ENVIRONMENT_LIMITS
  if (content.byteLength > size) throw broken(source, `is larger than ${size / 1024} KiB`, 1)
  const text = decode(source, content)
  const treeOf = parseOnce(source)
  const whole = treeOf(text)
  const selected = new Map(platforms.map(platform => [platform, treeOf(selectLines(text, platform))]))
  const entries = findEntries(whole, selected)
  const long = entries.find(entry => entry.text.length > longest)
  if (long !== undefined) throw broken(source, `has an entry of more than ${longest} characters`, long.line)
  const dependencies = new Map(
    [...selected].map(([platform, tree]) => {
      if (isLeftEmpty(tree, whole)) throw leftEmpty(source, platform, entries)
      return [platform, readDependencies(source, tree)]
    })
  )
  const listed = new Map([...selected].map(([platform, tree]) => [platform, withItems(tree)]))
  return {
    ...source,
    channels: readChannels(source, whole),
    category: readCategory(source, whole),
    platforms: isTexts(whole.value.platforms) ? whole.value.platforms : [],
    pipRepositories: strings(source, whole, 'pip-repositories'),
    pipRepositoriesLine: lineOfKey(whole, 'pip-repositories'),
    allowPypiRequests: readAllowPypiRequests(source, whole),
    entries,
    dependencies: platform => dependencies.get(platform) ?? [],
    channelLine: channel =>
      entries.find(({ kind, text: written }) => kind === 'channel' && written === channel)?.line ??
      lineOfKey(whole, 'channels'),
    line: (platform, place) => lineOfPlace(listed.get(platform) ?? withItems(whole), place)
  }
}

/** Most files are the same for all platforms. */
function parseOnce(source: EnvironmentSource): (text: string) => Tree {
  const trees = new Map<string, Tree>()
  return text => {
    const tree = trees.get(text) ?? parseTree(source, text)
    trees.set(text, tree)
    return tree
  }
}

function decode(source: EnvironmentSource, content: Uint8Array): string {
  const text = decodeUtf8(source, content)
  const odd = ODD_LINE_BREAK.exec(text)
  if (odd === null) return text
  const line = text.slice(0, odd.index).split('\n').length
  const codePoint = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw broken(source, `has the character U+${codePoint}, which ends a line for some programs and not for others`, line)
}

function decodeUtf8(source: EnvironmentSource, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (cause) {
    throw broken(source, 'is not text in UTF-8', 1, cause)
  }
}

/** Whether selectors leave nothing of a list of dependencies, which conda-lock ends at in an error of Python's. */
function isLeftEmpty(selected: Tree, whole: Tree): boolean {
  return !Array.isArray(selected.value.dependencies) && Array.isArray(whole.value.dependencies)
}

function leftEmpty(source: EnvironmentSource, platform: Platform, entries: readonly Entry[]): SyncError {
  const dropped = entries.find(({ kind, selector }) => kind === 'spec' && selector !== undefined)
  const example = dropped?.selector === undefined ? '' : `, such as ${code(`# [${dropped.selector}]`)},`
  const problem = `is not an environment file for ${platform}: brackets in comments${example} are selectors for conda-lock, and leave nothing under \`dependencies:\``
  return broken(source, problem, dropped?.line)
}

function readDependencies(source: EnvironmentSource, tree: Tree): Dependency[] {
  const list: unknown = tree.value.dependencies
  if (!Array.isArray(list)) {
    const line = lineOfKey(tree, 'dependencies')
    throw broken(source, 'is not an environment file: there is no `dependencies:` list in it', line)
  }
  return list.map((item: unknown, index): Dependency => {
    if (typeof item === 'string') return item
    const pip = isMapping(item) ? (item.pip ?? []) : undefined
    if (isTexts(pip)) return { pip }
    const node = oddNode(tree, itemsOf(nodeOf(tree, 'dependencies'))[index], pip)
    const written = writtenAs(tree, node)
    const problem =
      written === ''
        ? 'has a dash under `dependencies:` with nothing behind it'
        : `has an entry under \`dependencies:\` that is neither a spec such as \`name=1.2\` nor a \`pip:\` section with a list: ${written}`
    throw broken(source, problem, positionOf(tree, node)?.line ?? 1)
  })
}

/** Of a `pip:` section the item that is no text; of anything else itself. */
function oddNode(tree: Tree, node: unknown, pip: unknown): unknown {
  const odd = Array.isArray(pip) ? pip.findIndex(item => typeof item !== 'string') : -1
  const section = keysOfNode(tree, node).find(({ name }) => name === 'pip')
  return odd < 0 ? node : itemsOf(follow(tree, section?.value))[odd]
}

function readCategory(source: EnvironmentSource, tree: Tree): string {
  const category = tree.value.category ?? ''
  if (typeof category === 'string') return category === '' ? 'main' : category
  throw broken(source, 'has no text under `category:`', lineOfKey(tree, 'category'))
}

function readAllowPypiRequests(source: EnvironmentSource, tree: Tree): boolean {
  const { 'allow-pypi-requests': allow = true } = tree.value
  if (typeof allow === 'boolean') return allow
  throw broken(
    source,
    'has neither `true` nor `false` under `allow-pypi-requests:`',
    lineOfKey(tree, 'allow-pypi-requests')
  )
}

/** conda-lock drops the first `nodefaults`, since it never adds the defaults, and refuses a second one. */
function readChannels(source: EnvironmentSource, tree: Tree): readonly string[] {
  const channels = strings(source, tree, 'channels')
  const index = channels.indexOf('nodefaults')
  const rest = index === -1 ? channels : channels.toSpliced(index, 1)
  if (!rest.includes('nodefaults')) return rest
  throw broken(
    source,
    'names the channel `nodefaults` twice',
    lineOfItem(tree, 'channels', rest.indexOf('nodefaults') + 1)
  )
}

function strings(source: EnvironmentSource, tree: Tree, key: string): readonly string[] {
  const value = tree.value[key] === undefined ? [] : tree.value[key]
  if (isTexts(value)) return value
  // Where nothing stands under the key, conda-lock ends in an error of Python's.
  if (value === null) throw broken(source, `has nothing under \`${key}:\``, lineOfKey(tree, key))
  if (!Array.isArray(value)) throw broken(source, `has no list of texts under \`${key}:\``, lineOfKey(tree, key))
  const odd = value.findIndex(item => typeof item !== 'string')
  const written = writtenAs(tree, itemsOf(nodeOf(tree, key))[odd])
  throw broken(source, `has something else than a text under \`${key}:\`: ${written}`, lineOfItem(tree, key, odd))
}

function lineOfItem(tree: Tree, key: string, index: number): number {
  return positionOf(tree, itemsOf(nodeOf(tree, key))[index])?.line ?? lineOfKey(tree, key)
}

/** A tree and the items under its `dependencies:`, which are not to be looked for again for each line. */
interface TreeWithItems {
  readonly tree: Tree
  readonly items: readonly unknown[]
}

function withItems(tree: Tree): TreeWithItems {
  return { tree, items: itemsOf(nodeOf(tree, 'dependencies')) }
}

function lineOfPlace({ tree, items }: TreeWithItems, [index = -1, inner = -1]: readonly number[]): number {
  const item = items[index]
  const section = keysOfNode(tree, item).find(({ name }) => name === 'pip')
  const requirement = itemsOf(follow(tree, section?.value))[inner]
  const position = positionOf(tree, requirement) ?? positionOf(tree, item)
  return position?.line ?? lineOfKey(tree, 'dependencies')
}
