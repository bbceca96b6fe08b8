import { basename } from 'node:path'
import type { Merge } from '../environment/merge.js'
import { parseEnvironment } from '../environment/parse.js'
import { messageOf, SyncError } from '../errors.js'
import { forPlatform, type Inputs } from '../inputs.js'
import type { Locked } from '../lock/lock.js'
import { compareLocks, type VersionOrder } from '../lockfile/compare.js'
import { samePackages, type LockedPackage } from '../lockfile/package.js'
import { droppedPlatforms, provenanceCommit, type Contents, type PreviousLocks } from '../lockfile/previous.js'
import { parseUnifiedLock } from '../lockfile/unified.js'
import { lockKey } from '../plan.js'
import type { Runner } from '../runner.js'
import type { Upstream, UpstreamLock } from '../upstream/fetch.js'
import { code } from './markdown.js'
import { lostSpecs, namedPackages, namesIn } from './named.js'
import { versionsIn, type ParityColumn } from './parity.js'
import { steeringNotes } from './steering.js'
import { diffLines } from './upstream-diff.js'
import type { ExplicitUsage, NamedPackages, Report, UpstreamReport } from './values.js'

/** Packages that one note names; the log names all. */
const NAMED = 20

/** What a run knows when it has locked. */
export interface Facts {
  readonly inputs: Inputs
  readonly runner: Runner
  readonly upstream: Upstream
  /** Upstream's own lockfile, if there is one and it was worth fetching. */
  readonly upstreamLock: UpstreamLock | undefined
  readonly old: Contents
  readonly previous: PreviousLocks
  /** What the environment files ask for, merged. */
  readonly merge: Merge
  readonly locked: Locked
  /** Whether any file is not what it was. */
  readonly changed: boolean
}

/** Compares the old locks with the new ones, and gathers what a reader wants to know besides. */
export function makeReport(facts: Facts, order: VersionOrder): Report {
  const { inputs, previous, upstream, merge, locked, runner } = facts
  const compare = (before: readonly LockedPackage[], after: readonly LockedPackage[]) =>
    compareLocks(before, after, inputs.platforms, order)
  const theirs = upstreamColumn(facts)
  const here = { title: inputs.lockfile, versions: versionsIn(locked.unified.packages, inputs.sameVersion) }
  return {
    audience: inputs.mode.kind === 'pull-request' && facts.changed ? 'reviewer' : 'owner',
    files: { upstream: upstream.files.map(file => file.local), own: inputs.environmentFiles },
    platforms: inputs.platforms,
    comparison: compare(previous.unified?.packages ?? [], locked.unified.packages),
    before: previous.unified?.packages,
    after: locked.unified.packages,
    named: { before: namedBefore(facts), after: namedPackages(merge) },
    disagreed: locked.explicit
      .filter(({ platform }) => disagreed(previous, platform))
      .map(({ platform, path, packages }) => ({
        path,
        comparison: compare(previous.explicit.get(platform) ?? [], packages)
      })),
    upstream: upstreamReport(facts),
    overlaps: lostSpecs(merge),
    parity: { names: inputs.sameVersion, columns: [here, ...theirs.columns] },
    usage: {
      environment: runner.repository?.repo ?? 'my-env',
      lockfile: inputs.lockfile,
      explicit: locked.explicit.map(file => explicitUsage(file, locked.companions))
    },
    tools: [
      `conda-lock ${locked.tools.condaLock}`,
      inputs.condaExecutable === undefined ? `py-rattler ${locked.tools.pyRattler}` : basename(inputs.condaExecutable)
    ],
    solveSeconds: locked.seconds.lock ?? 0,
    runUrl: runner.runUrl,
    notes: [
      ...previous.warnings.map(code),
      ...dropNotes(facts),
      ...theirs.notes,
      ...tableNotes(locked),
      ...steeringNotes(facts, NAMED)
    ]
  }
}

/** Whether the two lockfiles of before held different packages for a platform. */
function disagreed(previous: PreviousLocks, platform: Locked['explicit'][number]['platform']): boolean {
  const explicit = previous.explicit.get(platform)
  if (previous.unified === undefined || explicit === undefined) return false
  const bare = previous.unified.packages
    .filter(pin => pin.platform === platform)
    .map(pin => ({ ...pin, hash: '', dependencies: {}, categories: [] }))
  return !samePackages(
    bare,
    explicit.map(pin => ({ ...pin, hash: '' }))
  )
}

/** What was named before, as far as it is known: by the copies of upstream's files; the repository's own are as now. */
function namedBefore({ upstream, merge, old, inputs }: Facts): NamedPackages {
  const copies = new Set(upstream.files.map(file => file.local))
  const own = merge.specs.filter(spec => !copies.has(spec.file))
  const theirs = upstream.files.flatMap(({ local }) => {
    const content = old.get(local)
    return content === undefined ? [] : [...namesInOldCopy(local, content, inputs.platforms)]
  })
  return new Map([...theirs, ...namedPackages({ ...merge, specs: own })])
}

function namesInOldCopy(file: string, content: Uint8Array, platforms: Inputs['platforms']): NamedPackages {
  try {
    return namesIn(parseEnvironment({ file, fix: '' }, content, platforms), platforms)
  } catch (error) {
    // The copy is being replaced, and why a removed package was there is not worth a failure.
    if (error instanceof SyncError) return new Map()
    throw error
  }
}

function upstreamReport({ inputs, upstream, old, previous }: Facts): UpstreamReport {
  const text = (content: Uint8Array) => Buffer.from(content).toString('utf8')
  const changed = upstream.files.filter(file => {
    const copy = old.get(file.local)
    return copy === undefined || Buffer.compare(copy, file.content) !== 0
  })
  return {
    repository: upstream.repository,
    url: upstream.url,
    commit: upstream.commit,
    patches: changed.map(file => {
      const copy = old.get(file.local)
      return {
        path: file.path,
        local: file.local,
        previousCommit: provenanceCommit(previous.unified?.custom ?? {}, lockKey(inputs, file), {
          ...upstream,
          path: file.path
        }),
        edit: copy === undefined ? { kind: 'new' } : diffLines(text(copy), text(file.content))
      }
    })
  }
}

/** What upstream has of the packages that have to be the same; a lockfile that can't be read is told and left out. */
function upstreamColumn({ inputs, upstreamLock }: Facts): { columns: ParityColumn[]; notes: string[] } {
  if (upstreamLock === undefined) return { columns: [], notes: [] }
  const packages = readUpstreamLock(upstreamLock)
  if (typeof packages === 'string') {
    const note = `Versions are not compared with upstream's ${code(upstreamLock.path)}: ${code(packages)}.`
    return { columns: [], notes: [note] }
  }
  const versions = versionsIn(packages, inputs.sameVersion)
  return { columns: [{ title: `upstream's ${upstreamLock.path}`, versions }], notes: [] }
}

/** The packages, or what is wrong with the lockfile. */
function readUpstreamLock(lock: UpstreamLock): readonly LockedPackage[] | string {
  if (lock.kind === 'failed') return lock.problem
  try {
    return parseUnifiedLock(Buffer.from(lock.content).toString('utf8')).packages
  } catch (error) {
    return messageOf(error)
  }
}

function explicitUsage(
  { platform, path, packages }: Locked['explicit'][number],
  companions: Locked['companions']
): ExplicitUsage {
  const companion = companions.find(file => file.platform === platform && file.text !== undefined)
  return {
    platform,
    path,
    pipRequirements: companion?.path,
    kernel: packages.some(pin => pin.name === 'ipykernel')
  }
}

function tableNotes({ tables }: Locked): string[] {
  return Object.entries(tables).map(
    ([table, sha256]) => `The table of PyPI and conda names was ${code(table)} (SHA-256 ${code(sha256)}).`
  )
}

function dropNotes({ inputs, previous, old }: Facts): string[] {
  return droppedPlatforms(previous.unified, inputs.platforms).map(platform => {
    const path = forPlatform(inputs.explicitLockfile, platform)
    const leftover = old.has(path) ? ` ${code(path)} is no longer updated: delete it if nothing uses it.` : ''
    return `${code(platform)} is no longer locked, because \`platforms\` does not name it.${leftover}`
  })
}
