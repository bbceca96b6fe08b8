import { isMapping } from '../common/guards.js'

/** Turns a value from outside into a typed one. @throws Error with one line that says what does not fit, and where */
export type Parse<T> = (value: unknown, where: string) => T

/** A text that fits the pattern; of at most as many characters as anything that is a name here has. */
export function text(pattern = /^[^\p{Cc}]*$/u, limit = 4096): Parse<string> {
  return (value, where) => {
    if (typeof value !== 'string') throw new Error(`\`${where}\` is not a text`)
    if (value.length > limit) throw new Error(`\`${where}\` is longer than ${limit} characters`)
    if (!pattern.test(value)) throw new Error(`\`${where}\` is not as it must be`)
    return value
  }
}

/** A finite number that is not negative. */
export const amount: Parse<number> = (value, where) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new Error(`\`${where}\` is no amount`)
  return value
}

/** One of some texts. */
export function choice<T extends string>(values: readonly T[]): Parse<T> {
  return (value, where) => {
    const found = values.find(known => known === value)
    if (found === undefined) throw new Error(`\`${where}\` is not one of ${values.join(', ')}`)
    return found
  }
}

/** A list of the same. */
export function list<T>(entry: Parse<T>): Parse<T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new Error(`\`${where}\` is not a list`)
    return value.map((item: unknown, index) => entry(item, `${where}[${index}]`))
  }
}

/** Values by any names. */
export function record<T>(entry: Parse<T>): Parse<Record<string, T>> {
  return (value, where) =>
    Object.fromEntries(entriesOf(value, where).map(([key, item]) => [key, entry(item, `${where}.${key}`)]))
}

/** Exactly these fields. */
export function fields<T extends object>(parsers: { readonly [Key in keyof T]: Parse<T[Key]> }): Parse<T> {
  return (value, where) => {
    const given = new Map(entriesOf(value, where))
    const known = Object.entries<Parse<unknown>>(parsers)
    const odd = [...given.keys()].find(key => !Object.hasOwn(parsers, key))
    if (odd !== undefined) throw new Error(`\`${where}\` has the unknown field ${JSON.stringify(odd.slice(0, 40))}`)
    return Object.fromEntries(known.map(([key, parse]) => [key, parse(given.get(key), `${where}.${key}`)])) as T
  }
}

/** What JSON writes as `null`, or leaves out, is undefined. */
export function optional<T>(parse: Parse<T>): Parse<T | undefined> {
  return (value, where) => (value === undefined || value === null ? undefined : parse(value, where))
}

function entriesOf(value: unknown, where: string): [string, unknown][] {
  if (!isMapping(value)) throw new Error(`\`${where}\` is not a mapping`)
  return Object.entries(value)
}
