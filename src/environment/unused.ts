import { code, codes } from '../common/markdown.js'
import type { Ignored, UnusedEntry } from './accounting.js'
import { KNOWN_SELECTORS } from './selectors.js'

/** The entries of one file that do less than is written; at least one. */
export interface UnusedEntries {
  readonly file: string
  readonly entries: readonly UnusedEntry[]
}

/** What to say of a file; each entry with its line, and what to do about it. Markdown. */
export function describeUnused({ file, entries }: UnusedEntries, separator: string): string {
  const items = entries.map(entry => `line ${entry.line}, ${describe(entry)}`)
  return `conda-lock does not read all of ${code(file)}:${separator}${items.join(separator)}`
}

function describe({ text, state }: UnusedEntry): string {
  return state.kind === 'partly'
    ? `${code(text)}: it counts, but ${codes(state.unread)} is dropped`
    : `${IGNORED_ENTRY[state.why](text, state.selector)}`
}

const IGNORED_ENTRY: Readonly<Record<Ignored, (text: string, selector: string) => string>> = {
  platforms: text => `${code(`${text}:`)}: the input \`platforms\` says what is locked`,
  key: text => `${code(`${text}:`)}: it knows no such key`,
  section: text => `${code(`${text}:`)}: a section and not a spec; write ${code(`${text}=VERSION`)}, without a colon`,
  empty: text => `${code(`${text}:`)}: nothing stands under it`,
  editable: text => `${code(text)}: an editable package cannot be locked; install it after what is locked`,
  brackets: (text, selector) =>
    `${code(text)}: it takes ${code(`[${selector}]`)} in the comment for a selector that is true nowhere; it knows ${codes(KNOWN_SELECTORS)}, so remove other brackets`
}
