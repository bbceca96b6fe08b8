/** The numbers in the prose of a page, and which of them nothing holds. */
import { TABLES } from '../../scripts/tables.js'
import type { Page } from '../support/documents.js'
import { FACTS, NAMES, SOURCED } from './facts.js'

type Range = readonly [start: number, end: number]

const AMOUNT = 'two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirty|sixty'
const UNIT = 'seconds|minutes|hours|days|calls|requests|times|packages|nights|million'
const NUMBER = new RegExp(`\\d(?:[\\d.,]*\\d)?|\\b(?:${AMOUNT}) (?:${UNIT})\\b`, 'g')

/** Each number of a page that is in no statement that is held, with what stands around it. */
export function unheldNumbers({ path, text }: Page): string[] {
  const held = [
    ...FACTS.filter(([of]) => of === path).flatMap(([, sentence]) => rangesOf(text, sentence)),
    ...SOURCED.filter(([of]) => of === path).flatMap(([, statement]) => partOf(text, statement)),
    ...Object.keys(TABLES).flatMap(name => between(text, `<!-- ${name} -->`, `<!-- end of ${name} -->`)),
    ...matches(text, NAMES),
    ...matches(text, NO_STATEMENT)
  ]
  return matches(text, NUMBER)
    .filter(([start, end]) => !held.some(([from, to]) => from <= start && end <= to))
    .map(([start, end]) => `line ${text.slice(0, start).split('\n').length}: …${text.slice(start - 30, end + 30)}…`)
}

/** Blocks, code, targets of links, comments and dates; numbers of headings and of list entries. */
const NO_STATEMENT = /^```[^]*?^```$|`[^`\n]+`|\]\([^()\s]+\)|<!-- [^>]* -->|\d{4}-\d\d-\d\d|^#* ?\d+\. /gm

function matches(text: string, pattern: RegExp): Range[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => [index, index + length])
}

function rangesOf(text: string, sentence: string): Range[] {
  const start = text.indexOf(sentence)
  return start === -1 ? [] : [[start, start + sentence.length]]
}

function between(text: string, start: string, end: string): Range[] {
  return text.includes(start) ? [[text.indexOf(start), text.indexOf(end)]] : []
}

/** What a statement stands for: a table by the start of its first row, a section by its heading, otherwise itself. */
export function partOf(text: string, statement: string): Range[] {
  const start = text.indexOf(statement)
  if (start === -1) return []
  const end = statement.startsWith('|')
    ? text.indexOf('\n\n', start)
    : statement.startsWith('#')
      ? endOfSection(text, start)
      : start + statement.length
  return [[start, end === -1 ? text.length : end]]
}

function endOfSection(text: string, start: number): number {
  const [hashes = ''] = /^#+/.exec(text.slice(start)) ?? []
  return text.indexOf(`\n${hashes} `, start)
}
