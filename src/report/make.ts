import { versionsIn } from '../lockfile/versions.js'
import type { Bundle, ExplicitLock } from '../bundle/bundle.js'
import { parseEnvironment } from '../environment/parse.js'
import { SyncError } from '../common/errors.js'
import { forPlatform, type Platform } from '../lockfile/platforms.js'
import { compareLocks, type VersionOrder } from '../lockfile/compare.js'
import { samePackages, type LockedPackage } from '../lockfile/package.js'
import { droppedPlatforms, packagesBefore, provenanceCommit, type PreviousLocks } from '../lockfile/previous.js'
import { copiesOf, lockKey } from '../lock/plan.js'
import type { Runner } from '../runner/runner.js'
import { code, codes } from '../common/markdown.js'
import { type NamedPackages, namesIn } from '../environment/named.js'
import { type ParityColumn } from './parity.js'
import { steeringNotes } from './steering.js'
import { diffLines } from './upstream-diff.js'
import type { ExplicitUsage, Report, UpstreamReport } from './values.js'

/** Packages that one note names; the log names all. */
const NAMED = 20

/** What is known of an environment when it is locked. */
export interface ReportFacts {
  readonly bundle: Bundle
  readonly audience: Report['audience']
  readonly runner: Pick<Runner, 'repository' | 'runUrl'>
  readonly previous: PreviousLocks
}

/** Compares the old locks with the new ones, and gathers what a reader wants to know besides. */
export function makeReport(facts: ReportFacts, order: VersionOrder): Report {
  const { bundle, previous, runner } = facts
  const { settings, solve, upstream, unified } = bundle
  const before = packagesBefore(previous)
  const compare = (from: readonly LockedPackage[], to: readonly LockedPackage[]) =>
    compareLocks(from, to, solve.platforms, order)
  const here = { title: settings.lockfile, versions: versionsIn(unified.packages, settings.sameVersion) }
  return {
    audience: facts.audience,
    files: { upstream: copiesOf(upstream).map(file => file.path), own: settings.environmentFiles },
    platforms: solve.platforms,
    comparison: compare(before ?? [], unified.packages),
    apart: false,
    before,
    after: unified.packages,
    named: { before: namedBefore(facts), after: bundle.named },
    disagreed: bundle.explicit
      .filter(({ platform }) => disagreed(previous, platform))
      .map(({ platform, path, packages }) => ({
        path,
        comparison: compare(previous.explicit.get(platform) ?? [], packages)
      })),
    upstream: upstreamReport(facts),
    overlaps: bundle.overlaps,
    parity: { names: settings.sameVersion, columns: [here, ...upstreamColumns(bundle)] },
    usage: {
      environment: runner.repository?.repo ?? 'my-env',
      lockfile: settings.lockfile,
      explicit: bundle.explicit.map(file => explicitUsage(file, bundle))
    },
    tools: bundle.tools,
    solveSeconds: bundle.seconds.lock ?? 0,
    runUrl: runner.runUrl,
    notes: [
      ...previous.warnings.map(code),
      ...explicitNotes(facts),
      ...dropNotes(facts),
      ...upstreamNotes(bundle),
      ...tableNotes(bundle),
      ...steeringNotes({ ...bundle, previous }, NAMED)
    ]
  }
}

/** Whether the two lockfiles of before held different packages for a platform. */
function disagreed(previous: PreviousLocks, platform: Platform): boolean {
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
function namedBefore({ bundle, previous }: ReportFacts): NamedPackages {
  const { upstream, named, solve } = bundle
  const copies = copiesOf(upstream).map(file => file.path)
  const theirs = copies.flatMap(path => {
    const content = previous.contents.get(path)
    return content === undefined ? [] : [...namesInOldCopy(path, content, solve.platforms)]
  })
  return new Map([...theirs, ...[...named].filter(([, file]) => !copies.includes(file))])
}

function namesInOldCopy(file: string, content: Uint8Array, platforms: readonly Platform[]): NamedPackages {
  try {
    return namesIn(parseEnvironment({ file, fix: '' }, content, platforms), platforms)
  } catch (error) {
    // The copy is being replaced, and why a removed package was there is not worth a failure.
    if (error instanceof SyncError) return new Map()
    throw error
  }
}

function upstreamReport({ bundle, previous }: ReportFacts): UpstreamReport | undefined {
  const { settings, upstream } = bundle
  if (upstream === undefined) return undefined
  const text = (content: Uint8Array) => Buffer.from(content).toString('utf8')
  const changed = upstream.files.filter(file => {
    const copy = previous.contents.get(file.local)
    return copy === undefined || Buffer.compare(copy, file.content) !== 0
  })
  return {
    repository: upstream.repository,
    url: upstream.url,
    commit: upstream.commit,
    patches: changed.map(file => {
      const copy = previous.contents.get(file.local)
      return {
        path: file.path,
        local: file.local,
        previousCommit: provenanceCommit(previous.unified?.custom ?? {}, lockKey(settings, file), {
          ...upstream,
          path: file.path
        }),
        edit: copy === undefined ? { kind: 'new' } : diffLines(text(copy), text(file.content))
      }
    })
  }
}

/** What upstream has of the packages that have to be the same. */
function upstreamColumns({ upstreamVersions }: Bundle): ParityColumn[] {
  return upstreamVersions.flatMap(lock =>
    lock.kind === 'read' ? [{ title: `upstream's ${lock.path}`, versions: lock.versions }] : []
  )
}

/** A lockfile of upstream's that can't be read is told and left out. */
function upstreamNotes({ upstreamVersions }: Bundle): string[] {
  return upstreamVersions.flatMap(lock =>
    lock.kind === 'unreadable'
      ? [`Versions are not compared with upstream's ${code(lock.path)}: ${code(lock.problem)}.`]
      : []
  )
}

function explicitUsage({ platform, path, packages }: ExplicitLock, { settings, files }: Bundle): ExplicitUsage {
  const companion = forPlatform(settings.pipRequirements, platform)
  const isThere = files.some(file => file.path === companion && file.content !== undefined)
  return {
    platform,
    path,
    pipRequirements: isThere ? companion : undefined,
    kernel: packages.some(pin => pin.name === 'ipykernel')
  }
}

function tableNotes({ tables }: Bundle): string[] {
  return Object.entries(tables).map(
    ([table, sha256]) => `The table of PyPI and conda names was ${code(table)} (SHA-256 ${code(sha256)}).`
  )
}

/** A comparison with lockfiles of the other kind is told: they name no dependencies, and not always the pip packages. */
function explicitNotes({ bundle: { settings, explicit }, previous }: ReportFacts): string[] {
  const { unified } = previous
  if (packagesBefore(previous) === undefined) return []
  const compared = explicit.filter(
    ({ platform }) => previous.explicit.has(platform) && unified?.platforms.includes(platform) !== true
  )
  if (compared.length === 0) return []
  const where = unified === undefined ? '' : ` for ${compared.length === 1 ? 'this platform' : 'these platforms'}`
  return [`Compared with ${codes(compared.map(({ path }) => path))}: there was no ${code(settings.lockfile)}${where}.`]
}

function dropNotes({ bundle: { settings, solve }, previous }: ReportFacts): string[] {
  return droppedPlatforms(previous.unified, solve.platforms).map(platform => {
    const path = forPlatform(settings.explicitLockfile, platform)
    const leftover = previous.contents.has(path)
      ? ` ${code(path)} is no longer updated: delete it if nothing uses it.`
      : ''
    return `${code(platform)} is no longer locked, because \`platforms\` does not name it.${leftover}`
  })
}
