import { IGNORED } from '../environment/accounting.js'
import { MANIFEST_LIMITS, refuseMore } from '../common/limits.js'
import * as z from 'zod/mini'
import { optional, read } from '../common/schema.js'
import { REPOSITORY } from '../lock/repositories.js'
import { PLATFORMS } from '../lockfile/platforms.js'
import type { Bundle } from './bundle.js'

/** The layout of a bundle; another number is another layout, which this version does not read. */
export const SCHEMA = 1

/** A file of a bundle: where it belongs in the repository, and what it must be. Without `sha256` there is to be none. */
export interface ManifestFile {
  readonly path: string
  readonly size: number
  readonly sha256: string | undefined
}

/** `bundle.json`, as far as the publishing half relies on it. What it can find out from the files is not in here. */
export interface Manifest {
  readonly settings: Bundle['layout']
  readonly solve: Bundle['solveSettings']
  readonly inputs: readonly ManifestFile[]
  readonly files: readonly ManifestFile[]
  /** Absent if no upstream is followed. */
  readonly upstream:
    | {
        readonly repository: string
        readonly url: string
        readonly commit: string
        readonly files: readonly { readonly path: string; readonly local: string }[]
      }
    | undefined
  readonly upstreamVersions: Bundle['upstreamVersions']
  readonly named: Readonly<Record<string, string>>
  readonly overlaps: Bundle['overlaps']
  readonly unused: Bundle['unused']
  readonly condaNames: Bundle['condaNames']
  readonly steered: Bundle['steered']
  /** Bytes by hash; undefined in bundles of before it was told. */
  readonly sizes: Readonly<Record<string, number>> | undefined
  readonly repositories: Readonly<Record<string, string>> | undefined
  readonly tools: readonly string[]
  readonly tables: Readonly<Record<string, string>>
  readonly seconds: Readonly<Record<string, number>>
}

/** A text that fits the pattern; of at most as many characters as anything that is a name here has. */
function text(pattern = /^[^\p{Cc}]*$/u, limit = 4096) {
  return z.string().check(z.maxLength(limit), z.regex(pattern))
}

/** A name in a repository, as the action itself writes them: relative, and outside the folders that git and GitHub read. */
const name = text(/^[^\p{C}\\]+$/u, 1024).check(
  z.refine(value => !/^(?:\/|[A-Za-z]:)/.test(value), 'is an absolute path'),
  z.refine(value => !partsOf(value).includes('..'), 'leads out of its folder'),
  z.refine(
    value => !partsOf(value).some(part => /^\.git(?:hub)?[. ]*$/i.test(part)),
    "is in a folder of git's or GitHub's"
  )
)
const path = name.check(z.refine(isStraight, 'is a path with detours'))
const directory = name.check(z.refine(value => value === '.' || isStraight(value), 'is a path with detours'))

function partsOf(value: string): string[] {
  return value.split('/')
}

function isStraight(value: string): boolean {
  return !partsOf(value).some(part => part === '' || part === '.')
}

const amount = z.number().check(z.minimum(0))
const sha256 = text(/^[0-9a-f]{64}$/)
const hash = text(/^(?:sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$/)
const file = z.strictObject({ path, size: amount, sha256: optional(sha256) })
const fileSpec = z.strictObject({ file: path, spec: text() })

const versions = z.pipe(
  z.record(z.string(), z.record(z.string(), text())),
  z.transform(
    platforms =>
      new Map(Object.entries(platforms).map(([platform, names]) => [platform, new Map(Object.entries(names))]))
  )
)

const upstreamVersions = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('read'), path, versions }),
  z.strictObject({ kind: z.enum(['unreadable', 'unfetched']), path, problem: text() })
])

const reason = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['required', 'requires']), by: text(), spec: text() }),
  z.strictObject({ kind: z.enum(['asked', 'gone', 'held-back', 'spec', 'together']) })
])

const time = text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)$/).check(
  z.refine(value => !Number.isNaN(Date.parse(value)), 'is no time')
)

const namedSpec = z.strictObject({ text: text(), file: path, line: amount })

const steered = z.strictObject({
  update: z.enum(['all', 'minimal']),
  cooldowns: z.array(
    z.strictObject({
      text: text(),
      at: optional(
        z.pipe(
          time,
          z.transform(value => new Date(value))
        )
      )
    })
  ),
  moves: z.array(
    z.strictObject({
      platform: text(),
      name: text(),
      reason,
      named: optional(namedSpec)
    })
  ),
  unfinished: z._default(z.array(text()), []), // the first bundles had none
  heldBack: z.array(z.strictObject({ platform: text(), name: text(), version: text(), uploaded: time, by: text() })),
  upgrades: z.array(
    z.strictObject({
      platform: text(),
      name: text(),
      asked: text(),
      isLocked: z.boolean(),
      newest: optional(text()),
      holders: z.array(namedSpec)
    })
  )
})

const unusedEntry = z.strictObject({
  line: amount,
  text: text(),
  state: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('partly'), unread: z.array(text()) }),
    z.strictObject({ kind: z.literal('ignored'), why: z.enum(IGNORED), selector: text() })
  ])
})

const body: z.ZodMiniType<Manifest> = z.strictObject({
  settings: z.strictObject({
    workingDirectory: directory,
    environmentFiles: z.array(path),
    lockfile: path,
    explicitLockfile: path,
    pipRequirements: path,
    sameVersion: z.array(text())
  }),
  solve: z.strictObject({
    platforms: z.array(z.enum(PLATFORMS)),
    channelAlias: text(/^https?:\/\/\S+$/),
    lookup: optional(sha256),
    solver: text(),
    excludeNewer: optional(text()),
    exempt: optional(z.array(text())),
    virtualPackages: optional(z.record(z.string(), z.record(z.string(), text()))),
    cuda: optional(text())
  }),
  inputs: z.array(file),
  files: z.array(file),
  upstream: optional(
    z.strictObject({
      repository: text(/^[\w-]+\/[\w.-]+$/),
      url: text(/^https?:\/\/[^\s/]+\/[\w-]+\/[\w.-]+$/),
      commit: text(/^[0-9a-f]{40,64}$/),
      files: z.array(z.strictObject({ path, local: path }))
    })
  ),
  upstreamVersions: z.array(upstreamVersions),
  named: z.record(z.string(), path),
  condaNames: z.record(z.string(), text()),
  unused: z.array(z.strictObject({ file: path, entries: z.array(unusedEntry) })),
  overlaps: z.array(z.strictObject({ name: text(), winner: fileSpec, losers: z.array(fileSpec) })),
  steered,
  sizes: optional(z.record(hash, z.int().check(z.minimum(0)))),
  repositories: optional(z.record(z.string(), text(REPOSITORY))),
  tools: z.array(text()),
  tables: z.record(z.string(), sha256),
  seconds: z.record(z.string(), amount)
})

const whole = z.looseObject({ schema: z.optional(z.unknown()), comparison: z.optional(z.unknown()) })

/**
 * Reads `bundle.json`. The comparison in it is for other readers: publishing makes its own, against the base branch.
 * @throws Error with one line that says what does not fit
 */
export function parseManifest(json: string): Manifest {
  const { schema, comparison, ...rest } = read(whole, parseJson(json), 'bundle.json')
  if (typeof comparison !== 'object') throw new Error('`bundle.json.comparison` is missing')
  if (schema !== SCHEMA)
    throw new Error(`its schema is ${String(schema)} and not ${SCHEMA}: another version has made it`)
  return read(body, rest, 'bundle.json')
}

function parseJson(json: string): unknown {
  refuseMore(json, MANIFEST_LIMITS)
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new Error('bundle.json is not JSON', { cause: error })
  }
}
