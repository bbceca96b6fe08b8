import { field } from '../common/guards.js'
import type { Platform } from '../lockfile/platforms.js'
import type { Environment } from './parse.js'

/** A spec of an environment file as conda-lock reads it. */
export interface Spec {
  /** Path of the file, relative to the root of the repository. */
  readonly file: string
  readonly line: number
  readonly platform: Platform
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
  /** What conda-lock parsed, whole; equal texts are equal specs. */
  readonly identity: string
  /** conda-lock asks for pip after each `pip:` section, which nobody wrote. */
  readonly implied: boolean
}

/** A line that conda-lock can't parse. */
export interface BadSpec {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly reason: string
}

export interface Specs {
  /** In the order of the merge: by file, then as conda-lock reads a file. */
  readonly specs: readonly Spec[]
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
  const bad = new Map<string, BadSpec>()
  environments.forEach((environment, index) => {
    for (const platform of platforms) {
      for (const entry of toList(field(files[index], platform))) {
        const at = {
          file: environment.file,
          line: environment.line(platform, toList(field(entry, 'place')).map(Number))
        }
        const written = String(field(entry, 'text'))
        const error = field(entry, 'error')
        if (error === undefined) specs.push({ ...at, platform, ...parseSpec(written, entry) })
        else bad.set(`${at.file}:${at.line}`, { ...at, text: written, reason: messageText(error) })
      }
    }
  })
  return { specs, bad: [...bad.values()] }
}

function parseSpec(written: string, entry: unknown): Omit<Spec, 'file' | 'line' | 'platform'> {
  const dependency = field(entry, 'dependency')
  const part = (name: string): string => {
    const value = field(dependency, name)
    return typeof value === 'string' ? value : ''
  }
  return {
    text: written,
    manager: part('manager') === 'pip' ? 'pip' : 'conda',
    name: part('name'),
    version: part('version'),
    build: part('build'),
    channel: part('conda_channel'),
    category: part('category'),
    identity: JSON.stringify(dependency),
    implied: field(entry, 'implied') === true
  }
}

function messageText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new Error('solver/specs.py answered something else than specs')
}
