import * as z from 'zod/mini'
import { optional, read } from '../common/schema.js'

const texts = z.array(z.string())

const unmatched = z.object({
  spec: z.string(),
  name: z.string(),
  /** The newest versions that the channels have. */
  versions: texts,
  /** Builds of the version asked for, where only the build does not exist. */
  builds: texts
})

/** A spec whose package exists, but in no version or build that it allows. */
export type Unmatched = Readonly<z.infer<typeof unmatched>>

const conflict = z.object({
  specs: texts,
  /** The solver's error tree for these specs alone. */
  message: z.string()
})

/** Specs that exclude each other: none of them can be left out. */
export type Conflict = Readonly<z.infer<typeof conflict>>

const tooNew = z.object({
  spec: z.string(),
  name: z.string(),
  /** The newest version that meets it. */
  version: z.string(),
  /** When that was uploaded; undefined if the channel does not say. */
  uploaded: optional(z.string())
})

/** A spec that only uploads after the cutoff meet. */
export type TooNew = Readonly<z.infer<typeof tooNew>>

const invalid = z.object({ spec: z.string(), message: z.string() })

/** A spec that the solver cannot read. */
export type Invalid = Readonly<z.infer<typeof invalid>>

const failed = { platform: z.string(), message: z.string() }

const failure = z.discriminatedUnion('kind', [
  z.object({
    ...failed,
    kind: z.literal('missing-package'),
    missing: texts,
    /** Names that the channels have and that look alike, by the name that they lack. */
    near: z.pipe(
      z.record(z.string(), texts),
      z.transform(names => new Map(Object.entries(names)))
    ),
    /** Whether the channels have nothing at all for the platform. */
    empty: z.boolean()
  }),
  z.object({ ...failed, kind: z.literal('unmatched'), unmatched: z.array(unmatched) }),
  z.object({ ...failed, kind: z.literal('conflict'), conflicts: z.array(conflict) }),
  z.object({ ...failed, kind: z.literal('invalid-spec'), invalid: z.array(invalid) }),
  z.pipe(
    z.object({ ...failed, kind: z.literal('too-new'), too_new: z.array(tooNew) }),
    z.transform(({ too_new: specs, ...rest }) => ({ ...rest, tooNew: specs }))
  ),
  z.object({ ...failed, kind: z.literal('undated-channel'), url: z.string() }),
  /** `entry` of `exclude-newer` is about a channel that the solve does not have. */
  z.object({ ...failed, kind: z.literal('unknown-channel'), entry: z.string() }),
  /** `entry` of `upgrade` is a spec that the solver cannot read. */
  z.object({ ...failed, kind: z.literal('invalid-upgrade'), entry: z.string() }),
  z.object({ ...failed, kind: z.literal('channel'), url: optional(z.string()), status: optional(z.number()) }),
  /** A channel, or a file of one, that takes more than any real one; undefined if none does by itself. */
  z.object({ ...failed, kind: z.literal('too-large'), url: optional(z.string()) }),
  z.object({ ...failed, kind: z.literal('internal') })
])

/** Why solver/rattler_conda.py could not solve. */
export type SolverFailure = Readonly<z.infer<typeof failure>>

const moveReason = z.discriminatedUnion('kind', [
  /** `upgrade` names it. */
  z.object({ kind: z.literal('asked') }),
  /** The channels no longer have it. */
  z.object({ kind: z.literal('gone') }),
  /** It was uploaded after the cutoff. */
  z.object({ kind: z.literal('held-back') }),
  /** A spec of the environment files does not allow it. */
  z.object({ kind: z.literal('spec') }),
  /** What the package `by` of the new lock needs does not allow it. */
  z.object({ kind: z.literal('required'), by: z.string(), spec: z.string() }),
  /** It needs what the package `by` of the new lock is not, or what is no longer there. */
  z.object({ kind: z.literal('requires'), by: z.string(), spec: z.string() }),
  /** No single requirement does it: the rest as it is leaves no place for it. */
  z.object({ kind: z.literal('together') })
])

/** A package of the old lock that could not keep its record, and one reason for that. */
export interface Move {
  readonly platform: string
  readonly name: string
  readonly reason: Readonly<z.infer<typeof moveReason>>
}

/** The newest upload of a locked package that a cooldown hides. */
export interface HeldBack {
  readonly platform: string
  readonly name: string
  readonly version: string
  /** ISO 8601. */
  readonly uploaded: string
  /** The line of `exclude-newer` that hides it. */
  readonly by: string
}

const baseUrl = z.object({
  channel: z.string(),
  /** A folder of files, with a slash at the end. */
  url: z.string()
})

/** A channel that sends its files from another address (`info.base_url` in its repodata, CEP 15). */
export type BaseUrl = Readonly<z.infer<typeof baseUrl>>

const upgrade = z.object({
  asked: z.string(),
  name: z.string(),
  is_locked: z.boolean(),
  newest: optional(z.string()),
  held: texts
})

/** What came of one entry of `upgrade`. */
export interface Upgrade {
  readonly platform: string
  readonly name: string
  readonly asked: string
  /** Whether the old lock has such a conda package. */
  readonly isLocked: boolean
  /** The newest version that is asked for and newer than the locked one; undefined if there is none. */
  readonly newest: string | undefined
  /** The specs that keep this newest one out; none if it is in. */
  readonly held: readonly string[]
}

const solved = z.object({
  kind: z.literal('solved'),
  platform: z.string(),
  moved: z.array(z.intersection(z.object({ name: z.string() }), moveReason)),
  base_urls: z.array(baseUrl),
  held_back: z.array(z.object({ name: z.string(), version: z.string(), uploaded: z.string(), by: z.string() })),
  is_least: z.boolean(),
  upgrades: z.array(upgrade),
  sizes: z.record(z.string(), z.number())
})

/** What solver/rattler_conda.py says of one successful solve. */
export interface SolveReport {
  readonly platform: string
  readonly moves: readonly Move[]
  /** Whether no single package that moved could have stayed with all that do; false if the search ended before that was certain. */
  readonly isLeast: boolean
  readonly heldBack: readonly HeldBack[]
  readonly baseUrls: readonly BaseUrl[]
  readonly upgrades: readonly Upgrade[]
  /** Bytes of the files of the new lock, and of those of the old one that it lacks, by hash as in a lockfile; only known ones. */
  readonly sizes: Readonly<Record<string, number>>
}

const solve = z.discriminatedUnion('kind', [solved, failure])

/** Of the solver's report, in which each line is about one solve. */
function readSolves(text: string): z.infer<typeof solve>[] {
  const lines = text.split('\n').filter(line => line !== '')
  return lines.map((line, index) => read(solve, JSON.parse(line), `solver-report.jsonl[${index}]`))
}

/**
 * The failure in the solver's report; undefined if the last solve went well, or there was none.
 * @throws Error if a line has another shape
 */
export function parseSolverReport(text: string): SolverFailure | undefined {
  const last = readSolves(text).at(-1)
  return last?.kind === 'solved' ? undefined : last
}

/**
 * The successful solves in the solver's report.
 * @throws as {@link parseSolverReport}
 */
export function parseSolves(text: string): SolveReport[] {
  return readSolves(text).flatMap(report => {
    if (report.kind !== 'solved') return []
    const { platform, moved, held_back: heldBack, base_urls: baseUrls, is_least: isLeast, upgrades, sizes } = report
    return [
      {
        platform,
        isLeast,
        moves: moved.map(({ name, ...reason }) => ({ platform, name, reason })),
        heldBack: heldBack.map(entry => ({ platform, ...entry })),
        baseUrls,
        upgrades: upgrades.map(({ is_locked: isLocked, ...entry }) => ({ platform, isLocked, ...entry })),
        sizes
      }
    ]
  })
}
