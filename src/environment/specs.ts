import * as z from 'zod/mini'
import { read } from '../common/schema.js'
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

/** A spec as conda-lock has parsed it, with all of its fields; one that is an address has no version. */
const dependency = z.looseObject({
  manager: z.enum(['conda', 'pip']),
  name: z.string(),
  version: z.optional(z.string()),
  build: z.nullish(z.string()),
  conda_channel: z.nullish(z.string()),
  category: z.string()
})

const place = z.array(z.number())

const entry = z.union([
  z.object({ text: z.string(), place, dependency, implied: z.optional(z.boolean()) }),
  z.object({ text: z.string(), place, error: z.string() })
])

/** What solver/specs.py answers: for each file the specs by platform. */
const answered = z.object({ files: z.array(z.record(z.string(), z.array(entry))) })

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
  const { files } = read(answered, answer, 'specs')
  const specs: Spec[] = []
  const bad = new Map<string, BadSpec>()
  environments.forEach((environment, index) => {
    for (const platform of platforms) {
      const entries = files[index]?.[platform]
      if (entries === undefined) throw new Error(`solver/specs.py left out ${environment.file} on ${platform}`)
      for (const found of entries) {
        const at = { file: environment.file, line: environment.line(platform, found.place), text: found.text }
        if ('error' in found) bad.set(`${at.file}:${at.line}`, { ...at, reason: found.error })
        else specs.push({ ...at, platform, ...describe(found.dependency), implied: found.implied === true })
      }
    }
  })
  return { specs, bad: [...bad.values()] }
}

function describe(parsed: z.infer<typeof dependency>): Omit<Spec, 'file' | 'line' | 'text' | 'platform' | 'implied'> {
  const { manager, name, version, build, conda_channel: channel, category } = parsed
  return {
    manager,
    name,
    version: version ?? '',
    build: build ?? '',
    channel: channel ?? '',
    category,
    identity: JSON.stringify(parsed)
  }
}
