import {
  Composer,
  isAlias,
  isScalar,
  LineCounter,
  Parser,
  visit,
  type Alias,
  type CST,
  type Document,
  type DocumentOptions,
  type Node,
  type ParseOptions,
  type SchemaOptions,
  type Tags
} from 'yaml'
import { messageOf } from './errors.js'
import { ALIAS_LIMIT, ENVIRONMENT_LIMITS } from './limits.js'
import { CONFLICTED, conflictLine } from './merge-conflict.js'

export { isAlias, isMap, isScalar, isSeq, stringify, visit, type Document, type LineCounter, type Node } from 'yaml'

/** What a person has written in YAML: its value, its nodes, and their lines. */
export interface WrittenYaml {
  readonly value: unknown
  readonly document: Document
  readonly lineCounter: LineCounter
}

/** What is wrong with a file, as the end of a sentence about it: "is not valid YAML: …". */
export class YamlError extends Error {
  /** Counted from 1. */
  readonly line: number

  constructor(message: string, line: number, cause?: unknown) {
    super(message, { cause })
    this.line = line
  }
}

/** As PyYAML reads, with which conda-lock reads environment files: YAML 1.1, and no keys that are lists or mappings. */
const PYYAML = {
  version: '1.1',
  schema: 'yaml-1.1',
  uniqueKeys: false,
  stringKeys: true,
  customTags: withoutLetters
} as const

/**
 * Parses what people write. What is much larger, deeper or more tangled than any environment file is refused before it takes time.
 * @param dialect as PyYAML reads, if nothing else is given
 * @throws YamlError, with the line
 */
export function parseYaml(text: string, dialect: ParseOptions & DocumentOptions & SchemaOptions = PYYAML): WrittenYaml {
  const { size, depth } = ENVIRONMENT_LIMITS
  if (text.length > size) throw new YamlError(`is larger than ${size} characters`, 1)
  const lineCounter = new LineCounter()
  const lineAt = (offset: number) => lineCounter.linePos(offset).line
  const tokens = tokensOf(text, lineCounter)
  const deep = firstBelow(tokens, depth)
  if (deep !== undefined) throw tooDeep(lineAt(deep.offset))
  const [document, second] = new Composer(dialect).compose(tokens, true, text.length)
  if (document === undefined) throw new Error('the YAML parser has made no document')
  // PyYAML does not read what this parser only warns of: tags and versions of YAML that it does not know.
  const problem = [...document.errors, ...document.warnings][0]
  if (problem !== undefined) {
    const conflict = conflictLine(text)
    throw conflict === undefined
      ? invalid(problem.message, lineAt(problem.pos[0]), problem)
      : new YamlError(CONFLICTED, conflict, problem)
  }
  if (second !== undefined) throw invalid('Source contains multiple documents', lineAt(second.range[0]))
  const lineOf = (node: Node) => lineAt(node.range?.[0] ?? 0)
  const references = findReferences(document, lineOf)
  for (const alias of references.filter(isAlias)) refuseCircle(document, alias, lineOf)
  return { value: toValue(document, references[0] === undefined ? 1 : lineOf(references[0])), document, lineCounter }
}

function invalid(message: string, line: number, cause?: unknown): YamlError {
  return new YamlError(`is not valid YAML: ${message.split('\n', 1)[0]?.replace(/[.:]$/, '') ?? ''}`, line, cause)
}

/** The tokens that each stand for a document, and what is around them. */
function tokensOf(text: string, lineCounter: LineCounter): CST.Token[] {
  try {
    return [...new Parser(lineCounter.addNewLine).parse(text)]
  } catch (error) {
    // For each `: ` in a line like `: : : …` the parser calls itself.
    if (!(error instanceof RangeError)) throw error
    throw tooDeep(Math.max(lineCounter.lineStarts.length, 1), error)
  }
}

function tooDeep(line: number, cause?: unknown): YamlError {
  return new YamlError(`has more than ${ENVIRONMENT_LIMITS.depth} lists or mappings within each other`, line, cause)
}

/** The first token that more lists and mappings are around than allowed, found level by level, since composing them would recurse. */
function firstBelow(tokens: readonly CST.Token[], depth: number): CST.Token | undefined {
  let level = tokens.flatMap(token => (token.type === 'document' && token.value !== undefined ? [token.value] : []))
  for (let above = 0; above < depth; above++) level = level.flatMap(itemsOfToken)
  return level.find(token => 'items' in token)
}

function itemsOfToken(token: CST.Token): CST.Token[] {
  if (!('items' in token)) return []
  return token.items.flatMap(({ key, value }) => [key, value].filter(part => part !== null && part !== undefined))
}

/** The aliases and merge keys of a document, in order. */
function findReferences(document: Document, lineOf: (node: Node) => number): Node[] {
  const references: Node[] = []
  let entries = 0
  let aliases = 0
  visit(document, {
    Node: (place, node) => {
      if (++entries > ENVIRONMENT_LIMITS.entries) {
        throw new YamlError(`has more than ${ENVIRONMENT_LIMITS.entries} entries`, lineOf(node))
      }
      if (isAlias(node) && ++aliases > ALIAS_LIMIT)
        throw new YamlError(`has more than ${ALIAS_LIMIT} aliases`, lineOf(node))
      if (isAlias(node) || (place === 'key' && isScalar(node) && node.value === MERGE)) references.push(node)
    }
  })
  return references
}

const MERGE = '<<'

function refuseCircle(document: Document, alias: Alias, lineOf: (node: Node) => number): void {
  const target = alias.resolve(document)
  const [start = 0] = alias.range ?? []
  if (target?.range && target.range[0] <= start && start < target.range[1]) {
    throw invalid(`the alias *${alias.source} stands within what it stands for`, lineOf(alias))
  }
}

/** @param line of the first alias or merge key, the only things that can still be wrong */
function toValue(document: Document, line: number): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIAS_LIMIT })
  } catch (cause) {
    throw invalid(messageOf(cause), line, cause)
  }
}

const BOOLEAN = 'tag:yaml.org,2002:bool'
const TRUE = /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/
const FALSE = /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/

/** In YAML 1.1 a lone `y` or `n` is a truth value, but not in PyYAML: it may be a package. */
function withoutLetters(tags: Tags): Tags {
  return tags.map(tag =>
    typeof tag === 'object' && tag.collection === undefined && tag.tag === BOOLEAN && tag.test !== undefined
      ? { ...tag, test: tag.test.test('yes') ? TRUE : FALSE }
      : tag
  )
}
