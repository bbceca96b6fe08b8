import { isMapping } from '../common/guards.js'
import type { Platform } from '../lockfile/platforms.js'
import { selectorOf } from './selectors.js'
import { follow, itemsOf, keysOf, keysOfNode, nodeOf, hasAnchor, positionOf, type Position, type Tree } from './tree.js'

/**
 * Something that is written in an environment file: a key, a channel, a package index, a conda spec, a section among the
 * dependencies (`pip:`), or a requirement in it.
 */
export interface Entry {
  readonly kind: 'key' | 'channel' | 'index' | 'spec' | 'section' | 'requirement'
  /** Keys and sections without their colon. */
  readonly text: string
  readonly line: number
  /** Whether nothing stands under a key or a section. */
  readonly isEmpty: boolean
  /** Whether what stands under a key can be repeated elsewhere, by an alias. */
  readonly isAnchor: boolean
  /** What conda-lock takes for a selector, in the comment of its line. */
  readonly selector: string | undefined
  /** Its place among the dependencies, on each platform that has it: the index there, then the one in its section. */
  readonly places: ReadonlyMap<Platform, readonly number[]>
}

interface Written extends Position {
  readonly kind: Entry['kind']
  readonly text: string
  readonly isEmpty: boolean
  readonly isAnchor: boolean
  readonly place: readonly number[] | undefined
}

/**
 * All that is written in a file, in the order of its lines.
 * @param whole the file with all of its lines
 * @param selected the file as conda-lock reads it for each platform
 */
export function findEntries(whole: Tree, selected: ReadonlyMap<Platform, Tree>): Entry[] {
  const lines = whole.text.split('\n')
  const found = new Map<string, Written>()
  const places = new Map<string, Map<Platform, readonly number[]>>()
  const keep = (written: Written) => {
    const key = `${written.line}:${written.column} ${written.kind} ${written.kind === 'section' ? written.text : ''}`
    if (!found.has(key)) found.set(key, written)
    return key
  }
  for (const written of [...writtenSettings(whole), ...writtenDependencies(whole)]) keep(written)
  for (const [platform, tree] of selected) {
    for (const written of writtenDependencies(tree)) {
      const key = keep(written)
      places.set(key, (places.get(key) ?? new Map<Platform, readonly number[]>()).set(platform, written.place ?? []))
    }
  }
  return [...found]
    .sort(([, left], [, right]) => left.line - right.line || left.column - right.column)
    .map(([key, { kind, text, line, isEmpty, isAnchor }]) => ({
      kind,
      text,
      line,
      isEmpty,
      isAnchor,
      selector: selectorOf(lines[line - 1] ?? ''),
      places: places.get(key) ?? new Map<Platform, readonly number[]>()
    }))
}

function writtenSettings(tree: Tree): Written[] {
  const list = (kind: Entry['kind'], name: string) =>
    itemsOf(nodeOf(tree, name)).flatMap((node, index) => {
      const value = tree.value[name]
      return at(tree, node, { kind, text: String(Array.isArray(value) ? value[index] : '') })
    })
  const keys = keysOf(tree).flatMap(({ name, key, value }) =>
    at(tree, key, { kind: 'key', text: name, isEmpty: tree.value[name] === null, isAnchor: hasAnchor(value) })
  )
  return [...keys, ...list('channel', 'channels'), ...list('index', 'pip-repositories')]
}

function writtenDependencies(tree: Tree): Written[] {
  const { dependencies } = tree.value
  return itemsOf(nodeOf(tree, 'dependencies')).flatMap((node, index) => {
    const value: unknown = Array.isArray(dependencies) ? dependencies[index] : undefined
    if (!isMapping(value)) {
      return at(tree, node, { kind: 'spec', text: String(value), place: [index] })
    }
    return keysOfNode(tree, node).flatMap(({ name, key, value: section }) => [
      ...at(tree, key, { kind: 'section', text: name, isEmpty: value[name] === null, place: [index] }),
      ...(name === 'pip' ? writtenRequirements(tree, section, value.pip, index) : [])
    ])
  })
}

function writtenRequirements(tree: Tree, section: unknown, value: unknown, index: number): Written[] {
  return itemsOf(follow(tree, section)).flatMap((node, place) => {
    const text = String(Array.isArray(value) ? value[place] : '')
    return at(tree, node, { kind: 'requirement', text, place: [index, place] })
  })
}

function at(tree: Tree, node: unknown, written: Pick<Written, 'kind' | 'text'> & Partial<Written>): Written[] {
  const position = positionOf(tree, node)
  return position === undefined ? [] : [{ isEmpty: false, isAnchor: false, place: undefined, ...written, ...position }]
}
