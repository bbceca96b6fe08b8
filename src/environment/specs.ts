import * as z from 'zod/mini'
import { combine, type SyncError } from '../common/errors.js'
import { read } from '../common/schema.js'
import type { Platform } from '../lockfile/platforms.js'
import type { Environment } from './parse.js'
import { broken } from './tree.js'

/** Where an entry stands: its line, and its place among the dependencies of a platform. */
export interface SpecPlace {
  /** Path of the file, relative to the root of the repository. */
  readonly file: string
  readonly line: number
  readonly platform: Platform
  readonly place: readonly number[]
}

/** A spec of an environment file as conda-lock reads it. */
export interface Spec extends SpecPlace {
  /** As written. */
  readonly text: string
  readonly manager: 'conda' | 'pip'
  readonly name: string
  /** The version part, such as `>=2,<3`; empty or `*` for any. */
  readonly version: string
  /** Build string, or a pattern for one. */
  readonly build: string
  /** Channel of `channel::name`. */
  readonly channel: string
  readonly category: string
  /** The same as it is written, which may be an address; conda-lock reads only the last part of that. */
  readonly writtenChannel: string
  readonly form: Form
  /** Parts of the text that conda-lock drops. */
  readonly unread: readonly string[]
  /** What conda-lock parsed, whole; equal texts are equal specs. */
  readonly identity: string
  /** conda-lock asks for pip after each `pip:` section, which nobody wrote. */
  readonly implied: boolean
}

/**
 * What the text of an entry is: a package by its name, with versions; an address, a path, or a repository to take it from;
 * or an option of pip.
 */
export type Form = (typeof FORMS)[number]
const FORMS = ['name', 'url', 'path', 'vcs', 'option'] as const

/** A line that conda-lock can't parse. */
export interface BadSpec {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly manager: Spec['manager']
  readonly form: Form
  readonly reason: string
}

/** An entry that conda-lock leaves out: an editable package, or one whose marker is false on the platform. */
export interface SkippedSpec extends SpecPlace {
  readonly text: string
  readonly form: Form
  readonly why: 'editable' | 'marker'
}

export interface Specs {
  /** In the order of the merge: by file, then as conda-lock reads a file. */
  readonly specs: readonly Spec[]
  readonly skipped: readonly SkippedSpec[]
  readonly bad: readonly BadSpec[]
}

/** A spec as conda-lock has parsed it, with all of its fields; one that is an address has no version. */
const dependency = z.looseObject({
  manager: z.enum(['conda', 'pip']),
  name: z.string(),
  version: z.optional(z.string()),
  build: z.nullish(z.string()),
  conda_channel: z.nullish(z.string()),
  category: z.string()
})

const written = { text: z.string(), place: z.array(z.number()), form: z.enum(FORMS) }

const entry = z.union([
  z.object({ ...written, error: z.string() }),
  z.object({ ...written, skipped: z.enum(['editable', 'marker']) }),
  z.object({
    ...written,
    dependency,
    channel: z.optional(z.string()),
    unread: z.optional(z.array(z.string())),
    implied: z.optional(z.boolean())
  })
])

/** A file that PyYAML refuses: its index, and why. */
const refusal = z.object({ file: z.number(), line: z.number(), reason: z.string() })

/** What solver/specs.py answers: for each file the entries by platform. */
const answered = z.union([
  z.object({ unreadable: z.array(refusal) }),
  z.object({ files: z.array(z.record(z.string(), z.array(entry))) })
])

/**
 * Reads the answer of solver/specs.py and adds the lines.
 * @param environments the files in the order of the request
 * @throws SyncError of kind `environment` if conda-lock cannot read a file
 * @throws Error if the answer has another shape
 */
export function parseSpecs(
  answer: unknown,
  environments: readonly Environment[],
  platforms: readonly Platform[]
): Specs {
  const told = read(answered, answer, 'specs')
  if ('unreadable' in told) throw combine(told.unreadable.map(each => refused(each, environments)))
  const { files } = told
  const specs: Spec[] = []
  const skipped: SkippedSpec[] = []
  const bad = new Map<string, BadSpec>()
  environments.forEach((environment, index) => {
    for (const platform of platforms) {
      const entries = files[index]?.[platform]
      if (entries === undefined) throw new Error(`solver/specs.py left out ${environment.file} on ${platform}`)
      for (const found of entries) {
        const { text, form, place } = found
        const at = { file: environment.file, line: environment.line(platform, place), text, form }
        if ('error' in found) {
          const manager = place.length > 1 ? 'pip' : 'conda'
          bad.set(`${at.file}:${at.line} ${text}`, { ...at, manager, reason: found.error })
        } else if ('skipped' in found) skipped.push({ ...at, platform, place, why: found.skipped })
        else specs.push({ ...at, platform, place, ...describe(found) })
      }
    }
  })
  return { specs, skipped, bad: [...bad.values()] }
}

/** Tabs are what PyYAML takes fewer of than others; of anything else its own words are kept. */
function refused({ file, line, reason }: z.infer<typeof refusal>, environments: readonly Environment[]): SyncError {
  const environment = environments[file]
  if (environment === undefined) throw new Error(`solver/specs.py has read a file ${file} that nobody asked for`)
  const problem = reason.includes(String.raw`'\t'`)
    ? 'has a tab where conda-lock reads only spaces'
    : `is not valid YAML for conda-lock: ${reason}`
  return broken(environment, problem, line)
}

function describe(
  parsed: Extract<z.infer<typeof entry>, { dependency: unknown }>
): Omit<Spec, keyof SpecPlace | 'text' | 'form'> {
  const { manager, name, version, build, conda_channel: channel, category } = parsed.dependency
  return {
    manager,
    name,
    version: version ?? '',
    build: build ?? '',
    channel: channel ?? '',
    writtenChannel: parsed.channel ?? '',
    category,
    unread: parsed.unread ?? [],
    identity: JSON.stringify(parsed.dependency),
    implied: parsed.implied === true
  }
}

/** The name of the package in a conda spec (`[CHANNEL::]NAME…`), in lower case. */
export function specName(text: string): string {
  return /^(?:\S+::)?([^\s=<>!~[]+)/.exec(text)?.[1]?.toLowerCase() ?? text
}
