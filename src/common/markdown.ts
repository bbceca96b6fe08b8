import { oneLine, trimEndOf } from './sentences.js'
import { withoutSecrets } from './urls.js'

/** Longer texts are cut, so that a row of a table stays readable. */
const LONGEST = 200

/**
 * A code span: the one place in Markdown where text from outside makes no mention, no link and no HTML. Passwords in addresses
 * are not shown, since a report, an annotation and an issue reach more people than the file that has them.
 * @see https://github.github.com/gfm/#code-spans
 */
export function code(text: string): string {
  // Nearly everything is plain, and a large report has tens of thousands of code spans.
  if (/^[\w.=<>-]{1,100}$/.test(text)) return `\`${text}\``
  const line = clip(withoutSecrets(oneLine(text)))
  if (line === '') return ''
  const fence = '`'.repeat(longestRun(line) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** More names of packages than this in one sentence about lockfiles help nobody. */
export const MOST_NAMES = 10

/** Code spans, divided by commas. */
export function codes(texts: readonly string[], most = texts.length): string {
  return atMost(texts.map(code), most)
}

/** Parts of a sentence, divided by commas; after `most` of them only how many more there are. */
export function atMost(parts: readonly string[], most: number): string {
  const shown = parts.slice(0, most).join(', ')
  return parts.length > most ? `${shown} and ${parts.length - most} more` : shown
}

/** A fenced block that its content cannot end, in which characters that hide or reorder text are seen. */
export function block(language: string, content: string): string {
  const visible = content
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n\t]/gu, character => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}>`)
  const fence = '`'.repeat(Math.max(3, longestRun(visible) + 1))
  return `${fence}${language}\n${trimEndOf(visible, '\n')}\n${fence}`
}

/**
 * A link; its address is encoded, so that it cannot leave the parentheses.
 * @param text Markdown
 */
export function link(text: string, url: string): string {
  return `[${text}](${new URL(url).href.replace(/[()<>[\]\\|`*]/g, percentEncode)})`
}

/**
 * A table; cells must be Markdown already. A pipe ends a cell even in a code span, unless an odd number of backslashes is
 * before it.
 * @see https://github.github.com/gfm/#example-200
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (text.includes('|') ? text.replace(/\\+\|?|\|/g, escapePipe) : text)
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/**
 * A section that is folded until somebody clicks on its title.
 * @param title text of our own: in here even a code span would not keep text from outside from turning into HTML
 */
export function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`
}

/** Blocks of Markdown with an empty line between them; empty ones are left out. */
export function blocks(parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('\n\n')
}

function clip(text: string): string {
  return text.length <= LONGEST
    ? text
    : `${Array.from(text)
        .slice(0, LONGEST - 1)
        .join('')}…`
}

function longestRun(text: string): number {
  return [...text.matchAll(/`+/g)].reduce((longest, match) => Math.max(longest, match[0].length), 0)
}

/** @param run backslashes, a pipe, or a pipe after backslashes */
function escapePipe(run: string): string {
  if (!run.endsWith('|')) return run
  const backslashes = run.slice(0, -1)
  return `${backslashes}${backslashes}\\|`
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
