import { isAlias, isMap, isScalar, isSeq, parseYaml, visit, YamlError, type WrittenYaml } from '../common/yaml.js'
import { SyncError } from '../common/errors.js'
import { field, isMapping, type Mapping } from '../common/guards.js'

/** Where an environment file comes from, for messages: `fix` says who can repair it. */
export interface EnvironmentSource {
  /** Path relative to the root of the repository. */
  readonly file: string
  readonly fix: string
}

/** A YAML mapping as text: its value, and where things stand. */
export interface Tree extends Omit<WrittenYaml, 'value'> {
  readonly value: Mapping
  readonly text: string
}

/** Counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A key of a mapping, with the nodes of the key and of its value, aliases followed. */
export interface KeyNode {
  readonly name: string
  readonly key: unknown
  readonly value: unknown
}

/** An error about a file. */
export function broken({ file, fix }: EnvironmentSource, problem: string, line?: number, cause?: unknown): SyncError {
  return new SyncError('environment', `${file} ${problem}.`, {
    hint: fix,
    place: { file, line },
    cause
  })
}

/**
 * Parses YAML as conda-lock does.
 * @throws SyncError of kind `environment`, with the line, when it is no mapping in YAML, or has a key twice, of which PyYAML
 * would drop the first without a word
 */
export function parseTree(source: EnvironmentSource, text: string): Tree {
  const { value, document, lineCounter } = parse(source, text)
  if (!isMapping(value)) throw broken(source, 'is not an environment file: there is no `dependencies:` list in it', 1)
  const tree = { value, document, lineCounter, text }
  refuseKeysGivenTwice(source, tree)
  return tree
}

function parse(source: EnvironmentSource, text: string): WrittenYaml {
  try {
    return parseYaml(text)
  } catch (error) {
    throw error instanceof YamlError ? broken(source, error.message, error.line, error) : error
  }
}

/** The keys of the whole file; those that a merge (`<<`) brings in come last. */
export function keysOf(tree: Tree): KeyNode[] {
  return keysIn(tree, tree.document.contents, new Set())
}

/** The keys of a mapping's node. */
export function keysOfNode(tree: Tree, node: unknown): KeyNode[] {
  return keysIn(tree, node, new Set())
}

/** The node under a key of the whole file. */
export function nodeOf(tree: Tree, name: string): unknown {
  return keysOf(tree).find(key => key.name === name)?.value
}

/** The items of a list's node, not followed where they are aliases, so that each has a place of its own. */
export function itemsOf(node: unknown): readonly unknown[] {
  return isSeq(node) ? node.items : []
}

/** What an alias stands for, or the node itself. */
export function follow({ document }: Tree, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

/** Whether aliases can stand for a node. */
export function hasAnchor(node: unknown): boolean {
  return typeof field(node, 'anchor') === 'string'
}

/** Where a node starts; undefined for what is no node. */
export function positionOf({ lineCounter }: Tree, node: unknown): Position | undefined {
  const start = rangeOf(node)[0]
  if (start === undefined) return undefined
  const { line, col } = lineCounter.linePos(start)
  return { line, column: col }
}

/** The first line of a node as it is written. */
export function writtenAs({ text }: Tree, node: unknown): string {
  const [start = 0, end = 0] = rangeOf(node)
  return text.slice(start, end).split('\n', 1)[0] ?? ''
}

/** The line of a key of the whole file, or the first one. */
export function lineOfKey(tree: Tree, name: string): number {
  const found = keysOf(tree).find(key => key.name === name)
  return positionOf(tree, found?.key)?.line ?? 1
}

function rangeOf(node: unknown): number[] {
  const range = field(node, 'range')
  return Array.isArray(range) ? range.map(Number) : []
}

function keysIn(tree: Tree, node: unknown, seen: Set<unknown>): KeyNode[] {
  const map = follow(tree, node)
  if (!isMap(map) || seen.has(map)) return []
  seen.add(map)
  const own = map.items.filter(({ key }) => String(key) !== MERGE)
  const merged = map.items.filter(({ key }) => String(key) === MERGE).map(({ value }) => follow(tree, value))
  return [
    ...own.map(({ key, value }) => ({ name: String(key), key, value: follow(tree, value) })),
    ...merged.flatMap(value => (isSeq(value) ? value.items : [value]).flatMap(item => keysIn(tree, item, seen)))
  ]
}

/** Of several merges in one mapping none is lost. */
const MERGE = '<<'

function refuseKeysGivenTwice(source: EnvironmentSource, tree: Tree): void {
  visit(tree.document, {
    Map: (_place, map) => {
      const lines = new Map<string, number>()
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : String(key)
        const line = positionOf(tree, key)?.line ?? 1
        const first = lines.get(name)
        if (first !== undefined && name !== MERGE) {
          throw broken(source, `has the key \`${name}:\` twice, in line ${first} and in line ${line}`, line)
        }
        lines.set(name, line)
      }
    }
  })
}
