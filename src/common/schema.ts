import * as z from 'zod/mini'

// Zod would otherwise compile each schema with `new Function`, which pays only for schemas that read thousands of values.
z.config({ jitless: true })

/**
 * Reads a value from outside into the type of a schema.
 * @param where what the value is called in the message
 * @throws Error with one line that says what does not fit, and where: "`bundle.json.files[2].sha256` is not a text"
 */
export function read<T>(schema: z.ZodMiniType<T>, value: unknown, where: string): T {
  const result = check(schema, value, where)
  if (result.success) return result.data
  const { issues } = result.error
  // A field that nobody knows may be the other name of one that is missing, and says more.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  if (issue === undefined) throw result.error
  throw new Error(`\`${where}${placeOf(issue.path)}\` ${problemOf(issue)}`, { cause: result.error })
}

/** Zod lists all that does not fit, and hands the list on as arguments, of which there can be some ten thousand. */
function check<T>(
  schema: z.ZodMiniType<T>,
  value: unknown,
  where: string
): ReturnType<typeof z.safeParse<z.ZodMiniType<T>>> {
  try {
    return z.safeParse(schema, value)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Error(`\`${where}\` has more that does not fit than can be listed`, { cause: error })
  }
}

/** What JSON writes as `null`, or leaves out, is undefined. */
export function optional<T>(schema: z.ZodMiniType<T>): z.ZodMiniType<T | undefined> {
  return z.pipe(
    z.nullish(schema),
    z.transform(value => value ?? undefined)
  )
}

/** Of keys and indices, `.files[2].sha256`. */
function placeOf(path: readonly PropertyKey[]): string {
  return path.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
}

function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? NOT_RIGHT
    case 'too_small':
      return 'is no amount'
    case 'too_big':
      return `is longer than ${String(issue.maximum)} characters`
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return 'options' in issue ? oneOf(issue.options) : NOT_RIGHT
    case 'unrecognized_keys':
      return `has the unknown field ${JSON.stringify(issue.keys[0]?.slice(0, 40))}`
    case 'custom':
      return issue.message
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
      return NOT_RIGHT
  }
}

const NOT_RIGHT = 'is not as it must be'

/** By Zod's names of types. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'is not a text',
  number: 'is no amount',
  boolean: 'is neither true nor false',
  array: 'is not a list',
  object: 'is not a mapping',
  record: 'is not a mapping'
}

function oneOf(values: readonly z.core.util.Primitive[] = []): string {
  return `is not one of ${values.map(String).join(', ')}`
}
