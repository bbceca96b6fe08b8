/** A spec whose package exists, but in no version or build that it allows. */
export interface Unmatched {
  readonly spec: string
  readonly name: string
  /** The newest versions that the channels have. */
  readonly versions: readonly string[]
  /** Builds of the version asked for, where only the build does not exist. */
  readonly builds: readonly string[]
}

/** Specs that exclude each other: none of them can be left out. */
export interface Conflict {
  readonly specs: readonly string[]
  /** The solver's error tree for these specs alone. */
  readonly message: string
}

/** Why solver/rattler_conda.py could not solve. */
export type SolverFailure = { readonly platform: string; readonly message: string } & (
  | {
      readonly kind: 'missing-package'
      readonly missing: readonly string[]
      /** Names that the channels have and that look alike, by the name that they lack. */
      readonly near: Readonly<Record<string, readonly string[]>>
      /** Whether the channels have nothing at all for the platform. */
      readonly empty: boolean
    }
  | { readonly kind: 'unmatched'; readonly unmatched: readonly Unmatched[] }
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] }
  | { readonly kind: 'invalid-spec'; readonly invalid: readonly { readonly spec: string; readonly message: string }[] }
  | { readonly kind: 'channel'; readonly url: string | undefined; readonly status: number | undefined }
  | { readonly kind: 'internal' }
)

/** The failure in the solver's report, of which each line is about one solve; undefined if none failed. */
export function parseSolverReport(text: string): SolverFailure | undefined {
  const last = text.trim().split('\n').at(-1) ?? ''
  if (last === '') return undefined
  const value: unknown = JSON.parse(last)
  const kind = textOf(value, 'kind')
  const base = { platform: textOf(value, 'platform'), message: textOf(value, 'message') }
  switch (kind) {
    case 'solved':
      return undefined
    case 'missing-package': {
      const missing = texts(value, 'missing')
      const near = Object.fromEntries(missing.map(name => [name, texts(field(value, 'near'), name)]))
      return { ...base, kind, missing, near, empty: field(value, 'empty') === true }
    }
    case 'unmatched':
      return { ...base, kind, unmatched: list(value, 'unmatched').map(parseUnmatched) }
    case 'conflict': {
      const parse = (entry: unknown) => ({ specs: texts(entry, 'specs'), message: textOf(entry, 'message') })
      return { ...base, kind, conflicts: list(value, 'conflicts').map(parse) }
    }
    case 'invalid-spec': {
      const parse = (entry: unknown) => ({ spec: textOf(entry, 'spec'), message: textOf(entry, 'message') })
      return { ...base, kind, invalid: list(value, 'invalid').map(parse) }
    }
    case 'channel': {
      const [url, status] = [field(value, 'url'), field(value, 'status')]
      const known = { url: typeof url === 'string' ? url : undefined }
      return { ...base, kind, ...known, status: typeof status === 'number' ? status : undefined }
    }
    default:
      return { ...base, kind: 'internal' }
  }
}

function parseUnmatched(entry: unknown): Unmatched {
  return {
    spec: textOf(entry, 'spec'),
    name: textOf(entry, 'name'),
    versions: texts(entry, 'versions'),
    builds: texts(entry, 'builds')
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined
}

function textOf(value: unknown, name: string): string {
  const found = field(value, name)
  return typeof found === 'string' ? found : ''
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name)
  return Array.isArray(found) ? found : []
}

function texts(value: unknown, name: string): string[] {
  return list(value, name).filter(entry => typeof entry === 'string')
}
