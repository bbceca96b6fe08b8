import { field } from '../common/guards.js'

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

/** A spec that only uploads after the cutoff meet. */
export interface TooNew {
  readonly spec: string
  readonly name: string
  /** The newest version that meets it. */
  readonly version: string
  /** When that was uploaded; undefined if the channel does not say. */
  readonly uploaded: string | undefined
}

/** A spec that the solver cannot read. */
export interface Invalid {
  readonly spec: string
  readonly message: string
}

/** A package of the old lock that could not keep its record, and one reason for that. */
export interface Move {
  readonly platform: string
  readonly name: string
  readonly reason: MoveReason
}

export type MoveReason =
  /** The channels no longer have it. */
  | { readonly kind: 'gone' }
  /** It was uploaded after the cutoff. */
  | { readonly kind: 'held-back' }
  /** A spec of the environment files does not allow it. */
  | { readonly kind: 'spec' }
  /** What the package `by` of the new lock needs does not allow it. */
  | { readonly kind: 'required'; readonly by: string; readonly spec: string }
  /** It needs what the package `by` of the new lock is not, or what is no longer there. */
  | { readonly kind: 'requires'; readonly by: string; readonly spec: string }
  /** No single requirement does it: the rest as it is leaves no place for it. */
  | { readonly kind: 'together' }

/** The newest upload of a locked package that the cutoff hides. */
export interface HeldBack {
  readonly platform: string
  readonly name: string
  readonly version: string
  /** ISO 8601. */
  readonly uploaded: string
}

/** A channel that sends its files from another address (`info.base_url` in its repodata, CEP 15). */
export interface BaseUrl {
  readonly channel: string
  /** A folder of files, with a slash at the end. */
  readonly url: string
}

/** What solver/rattler_conda.py says of one successful solve. */
export interface SolveReport {
  readonly moves: readonly Move[]
  readonly heldBack: readonly HeldBack[]
  readonly baseUrls: readonly BaseUrl[]
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
  | { readonly kind: 'invalid-spec'; readonly invalid: readonly Invalid[] }
  | { readonly kind: 'too-new'; readonly tooNew: readonly TooNew[] }
  | { readonly kind: 'undated-channel'; readonly url: string }
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
    case 'too-new':
      return { ...base, kind, tooNew: list(value, 'too_new').map(parseTooNew) }
    case 'undated-channel':
      return { ...base, kind, url: textOf(value, 'url') }
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

function parseTooNew(entry: unknown): TooNew {
  const uploaded = field(entry, 'uploaded')
  return {
    spec: textOf(entry, 'spec'),
    name: textOf(entry, 'name'),
    version: textOf(entry, 'version'),
    uploaded: typeof uploaded === 'string' ? uploaded : undefined
  }
}

/** The successful solves in the solver's report, of which each line is about one solve. */
export function parseSolves(text: string): SolveReport[] {
  const lines = text.split('\n').filter(line => line !== '')
  const values = lines.map((line): unknown => JSON.parse(line)).filter(value => textOf(value, 'kind') === 'solved')
  return values.map(value => {
    const platform = textOf(value, 'platform')
    return {
      moves: list(value, 'moved').map(entry => ({ platform, name: textOf(entry, 'name'), reason: parseReason(entry) })),
      heldBack: list(value, 'held_back').map(entry => ({
        platform,
        name: textOf(entry, 'name'),
        version: textOf(entry, 'version'),
        uploaded: textOf(entry, 'uploaded')
      })),
      baseUrls: list(value, 'base_urls').map(entry => ({
        channel: textOf(entry, 'channel'),
        url: textOf(entry, 'url')
      }))
    }
  })
}

function parseReason(entry: unknown): MoveReason {
  const kind = textOf(entry, 'kind')
  switch (kind) {
    case 'gone':
    case 'held-back':
    case 'spec':
      return { kind }
    case 'required':
    case 'requires':
      return { kind, by: textOf(entry, 'by'), spec: textOf(entry, 'spec') }
    default:
      return { kind: 'together' }
  }
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
