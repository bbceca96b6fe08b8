import { field } from '../common/guards.js'
import type { Platform } from '../lockfile/platforms.js'
import type { Environment } from './parse.js'

/** Where an entry stands: its line, and its place among the dependencies of a platform. */
interface SpecPlace {
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
export type Form = 'name' | 'url' | 'path' | 'vcs' | 'option'

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

/**
 * Reads the answer of solver/specs.py and adds the lines.
 * @param environments the files in the order of the request
 * @throws Error if the answer has another shape
 */
export function parseSpecs(
  answer: unknown,
  environments: readonly Environment[],
  platforms: readonly Platform[]
): Specs {
  const files = toList(field(answer, 'files'))
  const specs: Spec[] = []
  const skipped: SkippedSpec[] = []
  const bad = new Map<string, BadSpec>()
  environments.forEach((environment, index) => {
    for (const platform of platforms) {
      for (const entry of toList(field(files[index], platform))) {
        const place = toList(field(entry, 'place')).map(Number)
        const at = { file: environment.file, line: environment.line(platform, place), platform, place }
        const written = { text: textOf(entry, 'text'), form: formOf(entry) }
        const [error, why] = [field(entry, 'error'), field(entry, 'skipped')]
        if (error !== undefined) {
          const { file, line } = at
          const manager = place.length > 1 ? 'pip' : 'conda'
          bad.set(`${file}:${line} ${written.text}`, { file, line, manager, ...written, reason: textOf(entry, 'error') })
        } else if (why === 'editable' || why === 'marker') skipped.push({ ...at, ...written, why })
        else specs.push({ ...at, ...written, ...parseSpec(entry) })
      }
    }
  })
  return { specs, skipped, bad: [...bad.values()] }
}

function parseSpec(entry: unknown): Omit<Spec, keyof SpecPlace | 'text' | 'form'> {
  const dependency = field(entry, 'dependency')
  const unread = field(entry, 'unread')
  return {
    manager: textOf(dependency, 'manager') === 'pip' ? 'pip' : 'conda',
    name: textOf(dependency, 'name'),
    version: textOf(dependency, 'version'),
    build: textOf(dependency, 'build'),
    channel: textOf(dependency, 'conda_channel'),
    writtenChannel: textOf(entry, 'channel'),
    category: textOf(dependency, 'category'),
    unread: Array.isArray(unread) ? unread.map(String) : [],
    identity: JSON.stringify(dependency),
    implied: field(entry, 'implied') === true
  }
}

const FORMS: readonly Form[] = ['name', 'url', 'path', 'vcs', 'option']

function formOf(entry: unknown): Form {
  return FORMS.find(form => form === field(entry, 'form')) ?? 'name'
}

function textOf(value: unknown, name: string): string {
  const text = field(value, name)
  return typeof text === 'string' ? text : ''
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new Error('solver/specs.py answered something else than specs')
}
