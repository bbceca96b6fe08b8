/** An object whose values are not known yet. */
export type Mapping = Readonly<Record<string, unknown>>

/** Whether a value from outside is a mapping: an object that is no list. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value from outside is a list of texts. */
export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(entry => typeof entry === 'string')
}

/** What a mapping has under a name, but never what it inherits; undefined if it has nothing, or is no mapping. */
export function field(value: unknown, name: string): unknown {
  return isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
