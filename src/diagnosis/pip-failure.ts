import * as z from 'zod/mini'
import { optional, read } from '../common/schema.js'
import type { DriverError } from '../toolchain/driver.js'

const subject = { name: z.string(), version: z.string() }

/** What a failed solve of pip packages rests on. */
const fact = z.discriminatedUnion('kind', [
  /** What the environment asks for. */
  z.object({ kind: z.literal('named'), needed: z.string() }),
  z.object({ kind: z.literal('needs'), ...subject, needed: z.string(), needed_version: z.string() }),
  z.object({ kind: z.literal('python'), ...subject, needs: z.string(), python: z.string() }),
  z.object({ kind: z.literal('no-version'), ...subject })
])
export type Fact = z.infer<typeof fact>

const hiddenRelease = z.object({ ...subject, uploaded: z.string(), by: z.string() })
/** A release that a line of `exclude-newer` hides. */
export type HiddenRelease = z.infer<typeof hiddenRelease>

/** Which package asks for one, by the names on PyPI. */
export type Requirers = ReadonlyMap<string, string>

/** What solver/pip_failure.py tells; most of it of some failures only. */
const details = z.object({
  package: optional(z.string()),
  requirement: optional(z.string()),
  index: optional(z.string()),
  url: optional(z.string()),
  requirers: optional(z.record(z.string(), z.string())),
  facts: optional(z.array(fact)),
  held_back: optional(z.array(hiddenRelease))
})

export interface PipFailure {
  /** The package that it is about, with its version if that is known. */
  readonly culprit: string
  readonly requirement: string
  readonly index: string
  /** What could not be fetched. */
  readonly url: string | undefined
  readonly requirers: Requirers
  readonly facts: readonly Fact[]
  readonly hidden: readonly HiddenRelease[]
}

/** The facts of an error of the Python process; empty ones of failures that have nothing to do with pip packages. */
export function readPipFailure(error: DriverError): PipFailure {
  const told = read(details, error.details ?? {}, 'error')
  return {
    culprit: told.package ?? '',
    requirement: told.requirement ?? '',
    index: told.index ?? '',
    url: told.url,
    requirers: new Map(Object.entries(told.requirers ?? {})),
    facts: told.facts ?? [],
    hidden: told.held_back ?? []
  }
}
