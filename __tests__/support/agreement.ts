import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Toolchain } from '../../src/toolchain/toolchain.js'
import type { Change } from '../../src/lockfile/compare.js'

/** A change as each of three tells it: the comparison, the report, and py-rattler. */
export interface ToldChange {
  readonly name: string
  readonly kind: Change['kind']
  readonly from: string
  readonly to: string
}

/** What py-rattler and a little Python find different in each pair of explicit lockfiles. */
export async function independentChanges(
  toolchain: Toolchain,
  pairs: readonly (readonly [string, string])[]
): Promise<ToldChange[][]> {
  const script = fileURLToPath(new URL('compare_explicit.py', import.meta.url))
  const output = await new Promise<string>((resolve, reject) => {
    const options = { env: {}, maxBuffer: 2 ** 28 }
    const child = execFile(join(toolchain.bin, 'python'), [script], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`compare_explicit.py failed: ${stderr}`, { cause: error }))
      else resolve(stdout)
    })
    // A script that stops before it has read everything closes the pipe; its exit code tells more than EPIPE.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(JSON.stringify(pairs))
  })
  const answers = JSON.parse(output) as [string, Change['kind'], string, string][][]
  return answers.map(changes => changes.map(([name, kind, from, to]) => ({ name, kind, from, to })))
}

/** What the project's own comparison found, of conda packages. */
export function comparedChanges(changes: readonly Change[]): ToldChange[] {
  return changes.flatMap(change => {
    const { name, manager } = change.kind === 'removed' ? change.previous : change.next
    const from = change.kind === 'added' ? '' : change.previous.version
    const to = change.kind === 'removed' ? '' : change.next.version
    return manager === 'conda' ? [{ name, kind: change.kind, from, to }] : []
  })
}

/** What a reader finds in the tables of a report of one platform. */
export function shownChanges(markdown: string): ToldChange[] {
  const downgrades = new Set<string>()
  const shown: ToldChange[] = []
  let header = ''
  let previous = ''
  for (const line of markdown.split('\n')) {
    if (line.startsWith('| ---')) header = previous
    const isRow = /^\| \[?`/.test(line)
    previous = line
    if (!isRow) continue
    const [name = '', second = '', third = '', fourth = ''] = line
      .slice(2, -2)
      .split(' | ')
      .map(cell => cell.replace(/^\[?`(.*)`[^`]*$/, '$1'))
    if (header.startsWith('| Package | From | To | Why |')) {
      if (fourth.includes('downgrade')) downgrades.add(name)
    } else if (header.startsWith('| Package | From | To |')) {
      if (second === '*new*') shown.push({ name, kind: 'added', from: '', to: third })
      else if (third === '*removed*') shown.push({ name, kind: 'removed', from: second, to: '' })
      else shown.push({ name, kind: downgrades.has(name) ? 'downgraded' : 'upgraded', from: second, to: third })
    } else if (header.startsWith('| Package | Version |')) {
      const [from = second, to = from] = second.split('` → `')
      shown.push({ name, kind: 'rebuilt', from, to })
    }
  }
  return shown
}

/** The changes that only one of two tells. */
export function disagreements(left: readonly ToldChange[], right: readonly ToldChange[]): string[] {
  const text = ({ name, kind, from, to }: ToldChange) => `${name} ${kind} ${from} ${to}`
  const [one, other] = [left.map(text), right.map(text)]
  return [...one.filter(line => !other.includes(line)), ...other.filter(line => !one.includes(line))]
}
