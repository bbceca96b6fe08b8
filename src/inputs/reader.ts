import { SyncError, type Place } from '../common/errors.js'
import { INPUTS, type InputDescription, type InputName } from './table.js'

/**
 * Gives the inputs by name; unset and empty are the same, and mean the default. What is not as it must be is a SyncError of
 * kind `input`, naming the input.
 */
export interface InputReader {
  /** The text; undefined if the input is empty and has no default. */
  readonly optional: (name: InputName) => string | undefined
  readonly required: (name: InputName) => string
  /** The lines that are not empty; none if the input is empty and has no default. */
  readonly lines: (name: InputName) => string[]
  readonly flag: (name: InputName) => boolean
  readonly choice: <T extends string>(name: InputName, values: readonly T[]) => T
}

/** @param read gives the raw text of an input */
export function makeReader(read: (name: InputName) => string): InputReader {
  const optional = (name: InputName): string | undefined => {
    const description: InputDescription = INPUTS[name]
    const text = read(name).trim()
    // A default in `${{ }}` is filled in by the runner; without a runner there is no such value.
    const fallback = description.default?.startsWith('${{') === true ? undefined : description.default
    return text === '' ? fallback : text
  }
  const required = (name: InputName): string => optional(name) ?? refuse(name, '', 'is empty')
  return {
    optional,
    required,
    lines: name => splitLines(optional(name) ?? ''),
    flag: name => parseFlag(name, required(name)),
    choice: (name, values) => oneOf(name, required(name), values)
  }
}

/** An error about the value of one input. */
export class InputError extends SyncError {
  constructor(
    readonly input: InputName,
    message: string,
    /** What to do, where the description of the input does not say it. */
    readonly ownHint: string | undefined,
    place?: Place
  ) {
    const where = place === undefined ? 'the `with:` block of the workflow' : place.file
    const hint = ownHint ?? `Correct \`${input}\` in ${where}. ${INPUTS[input].description}`
    super('input', message, { hint, place })
  }

  /** The same error about a value that a file has. */
  at(place: Place): InputError {
    return new InputError(this.input, this.message, this.ownHint, place)
  }
}

/** @throws InputError, always */
export function refuse(name: InputName, value: string, problem: string, hint?: string): never {
  const shown = value === '' ? '' : ` \`${value}\``
  throw new InputError(name, `Input \`${name}\`:${shown} ${problem}.`, hint)
}

/** @throws as {@link refuse} */
export function oneOf<T extends string>(name: InputName, text: string, values: readonly T[]): T {
  return values.find(value => value === text) ?? refuse(name, text, `is not one of ${values.join(', ')}`)
}

function parseFlag(name: InputName, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return refuse(name, text, 'is neither `true` nor `false`')
}

/** The lines that are not empty, without the blanks around them. */
export function splitLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')
}
