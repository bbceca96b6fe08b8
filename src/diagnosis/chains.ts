/** From a named spec down to a requirement that nothing meets: `gdal 3.6.*`, `python_abi 3.10.*`. */
export type Chain = readonly string[]

interface Line {
  readonly depth: number
  readonly text: string
}

const MOST_LINKS = 4

/**
 * The first way down of each named spec in an error tree of rattler's. Lines that end in `would require` name the
 * candidates, the others what is required; of the alternatives under a line the first stands for all.
 */
export function parseChains(tree: string): Chain[] {
  const lines = tree.split('\n').flatMap(parseLine)
  const top = Math.min(...lines.map(line => line.depth))
  return lines.flatMap((line, index) => {
    if (line.depth !== top || !isRequirement(line)) return []
    const end = lines.findIndex((other, place) => place > index && other.depth <= line.depth)
    return [chainOf(lines.slice(index, end === -1 ? undefined : end))]
  })
}

function parseLine(text: string): Line[] {
  // The tree of a single spec has no glyph: its line follows the introduction.
  const single = /^Cannot solve the request because of: (.+)$/.exec(text)?.[1]
  if (single !== undefined) return single.includes('packages are incompatible') ? [] : [{ depth: -1, text: single }]
  const match = /^([│ ]*)[├└]─ (.+)$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? [] : [{ depth: match[1].length, text: match[2] }]
}

function isRequirement({ text }: Line): boolean {
  return !text.endsWith('would require') && !text.includes('conflicts with the versions reported above')
}

function chainOf(lines: readonly Line[]): Chain {
  const chain: string[] = []
  let depth = -Infinity
  for (const line of lines) {
    if (line.depth <= depth) break
    depth = line.depth
    if (isRequirement(line)) chain.push(requirement(line.text))
  }
  return chain
}

function requirement(text: string): string {
  return text
    .replace(/^No candidates were found for (.+?)\.?$/, '$1')
    .replace(/(?:,? (?:which )?cannot be installed because|, for which no candidates were found|, which ).*$/, '')
    .replace(/ \*$/, '')
}

/** A chain that a person can read: long ones lose their middle. */
export function formatChain(chain: Chain): string {
  const links = chain.map(link => `\`${link}\``)
  const shown = links.length > MOST_LINKS ? [...links.slice(0, 2), '…', ...links.slice(-1)] : links
  return shown.join(' → ')
}
