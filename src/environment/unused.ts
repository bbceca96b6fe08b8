import type { Place } from '../common/errors.js'
import { code, codes } from '../common/markdown.js'
import { oneLine } from '../common/sentences.js'
import type { Platform } from '../lockfile/platforms.js'
import { accountFor, indexSpecs, type Account, type EntryState, type Ignored } from './accounting.js'
import type { Merge } from './merge.js'
import type { Environment } from './parse.js'
import type { Specs } from './specs.js'

/** The entries of one file that do less than is written: without effect, or without a part of theirs. */
export interface UnusedEntries {
  readonly file: string
  readonly entries: readonly UnusedEntry[]
}

export interface UnusedEntry {
  readonly line: number
  readonly text: string
  readonly state: Extract<EntryState, { kind: 'partly' | 'ignored' }>
}

/** Each file with what becomes of its entries. */
export interface FileAccount {
  readonly file: string
  readonly accounts: readonly Account[]
}

/** Accounts for all that is written in the files. */
export function accountForFiles(
  environments: readonly Environment[],
  specs: Specs,
  merge: Merge,
  platforms: readonly Platform[]
): FileAccount[] {
  const read = indexSpecs(specs, merge)
  return environments.map(environment => ({
    file: environment.file,
    accounts: accountFor(environment, read, platforms)
  }))
}

/** The files that have entries to tell of. That another spec replaces an entry is told of the merge. */
export function findUnused(files: readonly FileAccount[]): UnusedEntries[] {
  return files
    .map(({ file, accounts }) => ({
      file,
      entries: accounts.flatMap(({ entry: { line, text }, state }): UnusedEntry[] => {
        if (state.kind === 'partly') {
          return [{ line, text: short(text), state: { ...state, unread: state.unread.map(short) } }]
        }
        return state.kind === 'ignored'
          ? [{ line, text: short(text), state: { ...state, selector: short(state.selector) } }]
          : []
      })
    }))
    .filter(({ entries }) => entries.length > 0)
}

/** A line of a length that a reader takes in, whatever stands in the file. */
function short(text: string): string {
  return Array.from(oneLine(text)).slice(0, LONGEST).join('')
}

const LONGEST = 120

/** Where the first of the entries stands. */
export function placeOfUnused({ file, entries: [first] }: UnusedEntries): Place {
  return { file, line: first?.line }
}

/** The lines of a file that are for other platforms than those that are locked, as a sentence; none if there are none. */
export function describeElsewhere({ file, accounts }: FileAccount): string[] {
  const lines = accounts.filter(({ state }) => state.kind === 'elsewhere').map(({ entry }) => String(entry.line))
  return lines.length === 0 ? [] : [`For other platforms in ${file}: line ${[...new Set(lines)].join(', ')}`]
}

/**
 * What to say of a file: each entry with its line, and what to do about it, in Markdown.
 * @param separator what divides the entries
 */
export function describeUnused({ file, entries }: UnusedEntries, separator: string): string {
  const items = entries.map(entry => `line ${entry.line}, ${describe(entry)}`)
  return `conda-lock does not use all of ${code(file)}:${separator}${items.join(separator)}`
}

function describe({ text, state }: UnusedEntry): string {
  return state.kind === 'partly'
    ? `${code(text)}: it counts, but without ${codes(state.unread)}, which is not read`
    : IGNORED_ENTRY[state.why](text, state.selector)
}

const IGNORED_ENTRY: Readonly<Record<Ignored, (text: string, selector: string) => string>> = {
  platforms: text => `${code(`${text}:`)}: the input \`platforms\` says what is locked`,
  key: text => `${code(`${text}:`)}: conda-lock does not read it`,
  section: text => `${code(`${text}:`)}: a section and not a spec; write ${code(`${text}=VERSION`)} without a colon`,
  empty: text => `${code(`${text}:`)}: nothing stands under it`,
  editable: text => `${code(text)}: an editable package cannot be locked; install it after what is locked`,
  brackets: (text, selector) =>
    `${code(text)}: ${code(`[${selector}]`)} in the comment is taken for a selector, which is true nowhere; remove the brackets, or use a known one, such as \`linux\`, \`osx\` or \`win\``
}
