import * as z from 'zod/mini'
import { optional } from '../common/schema.js'

/** What a pull request's body remembers for later runs. */
export interface PullMemory {
  /** The last commit that the action has put on the head branch. */
  readonly commit: string
  /** Blob SHAs, by path, of what that commit proposes. */
  readonly files: Readonly<Record<string, string>>
  /** What its lockfile says under `custom_metadata`. */
  readonly metadata: Readonly<Record<string, string>>
  /** By folder, what it was made from; so a later run can tell what is still right. */
  readonly images: Readonly<Record<string, ImageMemory>>
  /** The base branch under that commit; pull requests of older versions do not have it. */
  readonly base?: BaseMemory | undefined
  /** Whether the action itself has closed the pull request. */
  readonly closed: boolean
  /** What the run could not finish, by name: a step of `extras.ts`, or {@link TEXT}. */
  readonly pending?: readonly string[] | undefined
}

/** The text lacks what could not be fetched. */
export const TEXT = 'text'

/** What a pull request remembers of its base branch. */
export interface BaseMemory {
  readonly commit: string
  /** Blob SHAs, by path, of what it had there before. */
  readonly files: Readonly<Record<string, string>>
}

/** What a pull request remembers of an image. */
export interface ImageMemory {
  /** The hash of the inputs, by lockfile. */
  readonly hashes: Readonly<Record<string, string>>
  /** Blob SHAs, by path, of the repository's own files that it was made from. */
  readonly inputs: Readonly<Record<string, string>>
  /** The paths of what is proposed for it. */
  readonly files: readonly string[]
}

/** Of a mapping the entries that fit: a person may have edited them. */
function fitting<T>(entry: z.ZodMiniType<T>): z.ZodMiniType<Readonly<Record<string, T>>> {
  return z.pipe(
    z.catch(z.record(z.string(), z.unknown()), {}),
    z.transform(values =>
      Object.fromEntries(
        Object.entries(values).flatMap(([name, value]) => {
          const { success, data } = z.safeParse(entry, value)
          return success ? [[name, data]] : []
        })
      )
    )
  )
}

const texts = fitting(z.string())

const list = z.pipe(
  z.catch(z.array(z.unknown()), []),
  z.transform(entries => entries.filter(entry => typeof entry === 'string'))
)

const image: z.ZodMiniType<ImageMemory> = z.object({ hashes: texts, inputs: texts, files: list })

const memory: z.ZodMiniType<PullMemory> = z.object({
  commit: z.string(),
  files: texts,
  metadata: texts,
  images: fitting(image),
  base: z.catch(optional(z.object({ commit: z.string(), files: texts })), undefined),
  closed: z.catch(z.boolean(), false),
  pending: z.optional(list)
})

/** The last such line counts, because the report above it quotes texts of others. */
const MARKER = /^<!-- conda-lock-sync: (\{.*\}) -->$(?![^]*^<!-- conda-lock-sync: \{)/m

/** The memory as an HTML comment, which GitHub does not show; `>` is escaped so that nothing in it ends the comment. */
export function formatMarker(memory: PullMemory): string {
  return `<!-- conda-lock-sync: ${JSON.stringify(memory).replaceAll('>', '\\u003e')} -->`
}

/** What the body remembers; undefined if a person has removed or broken the comment. */
export function parseMarker(body: string): PullMemory | undefined {
  return z.safeParse(memory, parseJson(MARKER.exec(body)?.[1] ?? '')).data
}

/** The body with another memory. */
export function replaceMarker(body: string, memory: PullMemory): string {
  return body.replace(MARKER, () => formatMarker(memory))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
