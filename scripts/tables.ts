/** The tables of the documents that are made from the code: each stands between `<!-- NAME -->` and `<!-- end of NAME -->`. */
import { ENDS } from '../src/action/ends.js'
import { INPUTS, OUTPUTS, type InputDescription } from '../src/inputs/table.js'
import { LOCK_CHECKS, type LockCheck, type Where } from '../src/lock/checks.js'

type Row = readonly string[]

const SAID = { repository: 'for the repository', run: 'by the workflow' }

/** Every table by its name: the row of titles, then the others. */
export const TABLES: Readonly<Record<string, readonly Row[]>> = {
  inputs: [
    ['Input', 'Default', 'Said', 'What it is'],
    ...Object.entries<InputDescription>(INPUTS).map(([name, input]) => inputRow(name, input))
  ],
  outputs: [['Output', 'What it is'], ...Object.entries(OUTPUTS).map(([name, says]) => [`\`${name}\``, says])],
  ends: [
    ['End', 'Exit code', 'Annotation', 'Issue', 'The next run'],
    ...Object.entries(ENDS).map(([name, end]) => [name, String(end.exitCode), end.annotation, end.issue, end.next])
  ],
  'checks of a lock': [
    ['What', 'What must be so', '`check`', '`publish`', 'a run that locks'],
    ...LOCK_CHECKS.map(check => [
      check.name,
      check.says,
      mark(check, 'check'),
      mark(check, 'publish'),
      mark(check, 'lock')
    ])
  ]
}

function inputRow(name: string, { description, default: fallback = '', scope }: InputDescription): Row {
  // What GitHub fills in can be read by nobody here.
  const lines = fallback.split('\n').filter(line => line !== '')
  return [
    `\`${name}\``,
    lines.map(line => `\`${line}\``).join(', '),
    scope === undefined ? 'for each image' : SAID[scope],
    description
  ]
}

function mark({ where }: LockCheck, place: Where): string {
  return where.includes(place) ? 'yes' : ''
}

/** A page with its tables as the code has them now; Prettier makes the columns. */
export function withTables(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, rows]) => {
    const [before, after] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`]
    const [start, end] = [text.indexOf(before), text.indexOf(after)]
    if (start === -1 || end === -1) return text
    return `${text.slice(0, start + before.length)}\n${markdown(rows)}\n${text.slice(end)}`
  }, page)
}

function markdown([titles = [], ...rows]: readonly Row[]): string {
  return [titles, titles.map(() => '---'), ...rows].map(lineOf).join('\n')
}

function lineOf(cells: Row): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
