/** From a named spec down to a requirement that nothing meets: `gdal 3.6.*`, `python_abi 3.10.*`. */
export type Chain = readonly string[]

/** A line of an error tree: what is required (or allowed at most), or a package that could meet it. */
interface Node {
  readonly depth: number
  /** Undefined for a package, and for the heading of a tree. */
  readonly requirement: string | undefined
  readonly children: Node[]
}

const MOST_CHAINS = 4
const MOST_LINKS = 4

/**
 * What leads from each named spec of an error tree of rattler's to what excludes each other, or does not exist. Of the
 * packages that could meet a requirement the first stands for all.
 * @see https://github.com/prefix-dev/resolvo/blob/main/src/conflict.rs for its sentences
 */
export function parseChains(tree: string): Chain[] {
  const chains = parseTree(tree).flatMap(chainsFrom)
  const telling = chains.filter(chain => chain.length > 1)
  const unique = new Map((telling.length > 0 ? telling : chains).map(chain => [chain.join('\n'), chain]))
  return [...unique.values()].slice(0, MOST_CHAINS)
}

function chainsFrom({ requirement, children }: Node): Chain[] {
  if (requirement === undefined) return children.flatMap(chainsFrom)
  const further = children.map(chainsFrom).find(chains => chains.length > 0) ?? [[]]
  return further.map(chain => [requirement, ...chain])
}

function parseTree(text: string): Node[] {
  const root: Node = { depth: -Infinity, requirement: undefined, children: [] }
  const open = [root]
  for (const line of text.replace('Cannot solve the request because of: ', '').split('\n')) {
    if (line.trim() === '') continue
    // The trunk of a tree has no branch in front of it.
    const branch = line.search(/[├└]─ /)
    const node = { depth: branch, requirement: parseRequirement(line.slice(branch < 0 ? 0 : branch + 3)), children: [] }
    while ((open.at(-1)?.depth ?? -Infinity) >= node.depth) open.pop()
    open.at(-1)?.children.push(node)
    open.push(node)
  }
  return root.children
}

const MISSING = 'No candidates were found for '
const ENDINGS = [
  ', for which no candidates were found.',
  ', which can be installed with any of the following options:',
  ' can be installed with any of the following options:',
  ', which cannot be installed because there are no viable options:',
  ' cannot be installed because there are no viable options:',
  ', which conflicts with any installable versions previously reported'
]

function parseRequirement(text: string): string | undefined {
  const ending = ENDINGS.find(entry => text.endsWith(entry))
  if (text.startsWith(MISSING)) return withoutAny(text.slice(MISSING.length, text.endsWith('.') ? -1 : undefined))
  return ending === undefined ? undefined : withoutAny(text.slice(0, -ending.length))
}

/** `name *` is any version of it. */
function withoutAny(requirement: string): string {
  return requirement.endsWith(' *') ? requirement.slice(0, -2) : requirement
}

/** A chain that a person can read: long ones lose their middle. */
export function formatChain(chain: Chain): string {
  const links = chain.map(link => `\`${link}\``)
  const shown = links.length > MOST_LINKS ? [...links.slice(0, 2), '…', ...links.slice(-1)] : links
  return shown.join(' → ')
}
