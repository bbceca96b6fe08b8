/** Answers of GitHub's that have another shape than they should. */
import fc from 'fast-check'
import { isMapping } from '../../src/common/guards.js'
import { trialAt, type FaultStage, type Trial, type Verdict } from '../support/faults.js'

/** Stands in a value for what `JSON.stringify` cannot write. */
const DEEP = 'DEEP'
const DEPTH = 50_000

/** What can stand in the place of a part of an answer. */
const CHANGES: Readonly<Record<string, (part: unknown) => unknown>> = {
  'is missing': () => undefined,
  'is null': () => null,
  'is a number': () => 7,
  'is no whole number': () => -0.5,
  'is a huge number': () => Number.MAX_VALUE,
  'is true': () => true,
  'is an empty text': () => '',
  'is a text': () => 'text',
  'is half a character': () => '\ud800',
  'is a long text': () => 'x'.repeat(1_000_000),
  'would be a command': () => '\n::error::x\u001b[31m<!-- conda-lock-sync: {"files":1} -->',
  'is an empty list': () => [],
  'is an empty mapping': () => ({}),
  'is in a list': part => [part],
  'is in a mapping': part => ({ part }),
  'is a hundred times there': part => Array.from({ length: 100 }, () => part),
  'is repeated': part => (Array.isArray(part) ? Array.from({ length: 100 }, (): unknown[] => part).flat() : part),
  'is nested deep': () => DEEP,
  'has a prototype': part => JSON.parse(`{"__proto__": {"sha": 1}, "constructor": ${JSON.stringify(part)}}`) as unknown
}

/** Replaces one of all parts of a text of JSON, the whole included; `at` says which. */
function alter(text: string, at: number, change: (part: unknown) => unknown): string {
  const value: unknown = JSON.parse(text)
  let left = at % countParts(value)
  const walk = (part: unknown): unknown => {
    if (left-- === 0) return change(part)
    if (Array.isArray(part)) return part.map(walk)
    if (!isMapping(part)) return part
    return Object.fromEntries(Object.entries(part).map(([name, field]) => [name, walk(field)]))
  }
  const altered: unknown = JSON.stringify(walk(value))
  if (typeof altered !== 'string') return ''
  return altered.replace(`"${DEEP}"`, `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`)
}

function countParts(value: unknown): number {
  const fields = typeof value === 'object' && value !== null ? Object.values(value) : []
  return fields.reduce<number>((sum, field) => sum + countParts(field), 1)
}

/** A run in which an answer, or all from then on, are altered. */
export function alteredAnswers({ calls }: Pick<FaultStage, 'calls'>): fc.Arbitrary<Trial> {
  const altered = { site: fc.constantFrom(...calls), at: fc.nat(), name: fc.constantFrom(...Object.keys(CHANGES)) }
  return fc.record({ ...altered, isLasting: fc.boolean() }).map(({ site, at, name, isLasting }) => {
    const change = CHANGES[name] ?? String
    return trialAt(site, `part ${at} ${name}`, { alter: text => alter(text, at, change) }, isLasting)
  })
}

/** What must not come of it, whatever it was. What an answer says falsely in a true shape is believed. */
export function isBad({ isDefect, isUnnamed, secondPulls, halfWritten }: Verdict): boolean {
  return isDefect || isUnnamed || secondPulls || halfWritten
}
