import { isMapping } from '../common/guards.js'
import { PLATFORMS } from '../lockfile/platforms.js'
import type { MoveReason } from '../lock/solver-report.js'
import type { PlatformVersions } from '../lockfile/versions.js'
import type { UpstreamVersions } from '../upstream/locks.js'
import type { Bundle } from './bundle.js'
import { amount, choice, fields, list, optional, record, text, type Parse } from './json.js'

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
  readonly settings: Bundle['settings']
  readonly solve: Bundle['solve']
  readonly inputs: readonly ManifestFile[]
  readonly files: readonly ManifestFile[]
  readonly upstream: {
    readonly repository: string
    readonly url: string
    readonly commit: string
    readonly files: readonly { readonly path: string; readonly local: string }[]
  }
  readonly upstreamVersions: Bundle['upstreamVersions']
  readonly named: Readonly<Record<string, string>>
  readonly overlaps: Bundle['overlaps']
  readonly condaNames: Bundle['condaNames']
  readonly steered: Bundle['steered']
  readonly tools: readonly string[]
  readonly tables: Readonly<Record<string, string>>
  readonly seconds: Readonly<Record<string, number>>
}

/**
 * A path in a repository, as the action itself writes them: relative, without detours, and outside the folders that git and
 * GitHub read.
 */
const path: Parse<string> = (value, where) => {
  const name = text(/^[^\p{C}\\]+$/u, 1024)(value, where)
  const parts = name.split('/')
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) throw new Error(`\`${where}\` is an absolute path`)
  if (parts.includes('..')) throw new Error(`\`${where}\` leads out of its folder`)
  if (parts.includes('') || parts.includes('.')) throw new Error(`\`${where}\` is a path with detours`)
  if (parts.some(part => /^\.git(?:hub)?[. ]*$/i.test(part)))
    throw new Error(`\`${where}\` is in a folder of git's or GitHub's`)
  return name
}

const directory: Parse<string> = (value, where) => (value === '.' ? value : path(value, where))
const sha256 = text(/^[0-9a-f]{64}$/)
const file = fields<ManifestFile>({ path, size: amount, sha256: optional(sha256) })
const fileSpec = fields({ file: path, spec: text() })

const versions: Parse<PlatformVersions> = (value, where) => {
  const platforms = record(record(text()))(value, where)
  return new Map(Object.entries(platforms).map(([platform, names]) => [platform, new Map(Object.entries(names))]))
}

const upstreamVersions: Parse<UpstreamVersions> = (value, where) => {
  const kind = choice(['read', 'unreadable'])
  return isMapping(value) && 'problem' in value
    ? fields<UpstreamVersions & { kind: 'unreadable' }>({ kind: choice(['unreadable']), path, problem: text() })(
        value,
        where
      )
    : { ...fields({ kind, path, versions })(value, where), kind: 'read' }
}

const reason: Parse<MoveReason> = (value, where) =>
  isMapping(value) && 'by' in value
    ? fields({ kind: choice(['required', 'requires'] as const), by: text(), spec: text() })(value, where)
    : fields({ kind: choice(['gone', 'held-back', 'spec', 'together'] as const) })(value, where)

const time = text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)$/)

const steered = fields<Manifest['steered']>({
  update: choice(['all', 'minimal']),
  cutoff: optional((value, where) => new Date(time(value, where))),
  moves: list(
    fields<Manifest['steered']['moves'][number]>({
      platform: text(),
      name: text(),
      reason,
      named: optional(fields({ text: text(), file: path, line: amount }))
    })
  ),
  heldBack: list(fields({ platform: text(), name: text(), version: text(), uploaded: time }))
})

const body = fields<Manifest>({
  settings: fields<Manifest['settings']>({
    workingDirectory: directory,
    environmentFiles: list(path),
    lockfile: path,
    explicitLockfile: path,
    pipRequirements: path,
    sameVersion: list(text())
  }),
  solve: fields<Manifest['solve']>({
    platforms: list(choice(PLATFORMS)),
    channelAlias: text(/^https?:\/\/\S+$/),
    lookup: optional(sha256),
    solver: text(),
    excludeNewer: optional(text()),
    exempt: optional(list(text())),
    virtualPackages: optional(record(record(text()))),
    cuda: optional(text())
  }),
  inputs: list(file),
  files: list(file),
  upstream: fields<Manifest['upstream']>({
    repository: text(/^[\w-]+\/[\w.-]+$/),
    url: text(/^https?:\/\/[^\s/]+\/[\w-]+\/[\w.-]+$/),
    commit: text(/^[0-9a-f]{40,64}$/),
    files: list(fields({ path, local: path }))
  }),
  upstreamVersions: list(upstreamVersions),
  named: record(path),
  condaNames: record(text()),
  overlaps: list(fields({ name: text(), winner: fileSpec, losers: list(fileSpec) })),
  steered,
  tools: list(text()),
  tables: record(sha256),
  seconds: record(amount)
})

/**
 * Reads `bundle.json`.
 * @throws Error with one line that says what does not fit
 */
export function parseManifest(json: string): Manifest {
  const { schema, ...rest } = header(parseJson(json))
  if (schema !== SCHEMA)
    throw new Error(`its schema is ${String(schema)} and not ${SCHEMA}: another version has made it`)
  return body(rest, 'bundle.json')
}

/** The comparison is for other readers: publishing makes its own, against the base branch. */
function header(value: unknown): Readonly<Record<string, unknown>> {
  const { comparison, ...rest } = record(given => given)(value, 'bundle.json')
  if (typeof comparison !== 'object') throw new Error('`bundle.json.comparison` is missing')
  return rest
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new Error('bundle.json is not JSON', { cause: error })
  }
}
