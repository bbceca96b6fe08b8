import { versionsIn } from '../lockfile/versions.js'
import type { Bundle, ExplicitLock } from '../bundle/bundle.js'
import { changedInputs, isOther } from '../environment/made-from.js'
import { parseEnvironment, type Environment } from '../environment/parse.js'
import { SyncError } from '../common/errors.js'
import { forPlatform, type Platform } from '../lockfile/platforms.js'
import { findDifferences } from '../lockfile/agreement.js'
import { compareLocks, type VersionOrder } from '../lockfile/compare.js'
import { packagesOn, type LockedPackage } from '../lockfile/package.js'
import {
  describeUnreadable,
  droppedPlatforms,
  packagesBefore,
  provenanceCommit,
  type PreviousLocks
} from '../lockfile/previous.js'
import { findClashes } from '../lock/one-version.js'
import { copiesOf, lockKey } from '../lock/plan.js'
import type { Runner } from '../runner/runner.js'
import { code, codes } from '../common/markdown.js'
import { type NamedPackages, namesIn } from '../environment/named.js'
import { describeUnused } from '../environment/unused.js'
import { findDownloads } from './download.js'
import { type ParityColumn } from './parity.js'
import { tellSetting } from './settings.js'
import { sourceNotes } from './sources.js'
import { steeringNotes } from './steering.js'
import { diffLines } from './upstream-diff.js'
import { environmentName } from './usage.js'
import type { FetchedFile } from '../upstream/fetch.js'
import type { ExplicitUsage, Report, UpstreamReport } from './values.js'

/** Packages that one note names; the log names all. */
const NAMED = 20

/** What is known of an environment when it is locked. */
export interface ReportFacts {
  readonly bundle: Bundle
  readonly audience: Report['audience']
  readonly runner: Pick<Runner, 'repository' | 'runUrl'>
  readonly previous: PreviousLocks
  readonly links: boolean
}

/** Compares the old locks with the new ones, and gathers what a reader wants to know besides. */
export function makeReport(facts: ReportFacts, order: VersionOrder): Report {
  const { bundle, previous, runner } = facts
  const { layout: settings, solveSettings: solve, upstream, unified } = bundle
  const before = packagesBefore(previous)
  const compare = (from: readonly LockedPackage[], to: readonly LockedPackage[]) =>
    compareLocks(from, to, solve.platforms, order)
  const comparison = compare(before ?? [], unified.packages)
  const here = { title: settings.lockfile, versions: versionsIn(unified.packages, settings.sameVersion) }
  return {
    audience: facts.audience,
    files: { upstream: copiesOf(upstream).map(file => file.path), own: settings.environmentFiles },
    platforms: solve.platforms,
    comparison,
    apart: false,
    before,
    hadLock: previous.contents.has(settings.lockfile),
    after: unified.packages,
    named: { before: namedBefore(facts), after: bundle.named },
    condaNames: bundle.condaNames,
    clashes: findClashes(unified.packages, bundle.condaNames),
    disagreed: bundle.explicit
      .filter(({ platform }) => disagreed(previous, platform))
      .map(({ platform, path, packages }) => ({
        path,
        comparison: compare(previous.explicit.get(platform) ?? [], packages)
      })),
    upstream: upstreamReport(facts),
    overlaps: bundle.overlaps,
    parity: { names: settings.sameVersion, columns: [here, ...upstreamColumns(bundle)] },
    downloads: findDownloads(solve.platforms, before ?? [], unified.packages, comparison.changes, bundle.sizes),
    repositories: bundle.repositories,
    usage: {
      environment: environmentName(runner.repository?.repo, settings.lockfile),
      lockfile: settings.lockfile,
      explicit: bundle.explicit.map(file => explicitUsage(file, bundle))
    },
    tools: bundle.tools,
    solveSeconds: bundle.seconds.lock,
    runUrl: runner.runUrl,
    links: facts.links,
    notes: [
      ...previous.unreadable.map(describeUnreadable),
      ...explicitNotes(facts),
      ...dropNotes(facts),
      ...bundle.unused.map(unused => describeUnused(unused, ' · ')),
      ...settingNotes(facts),
      ...upstreamNotes(bundle),
      ...sourceNotes(bundle, NAMED),
      ...tableNotes(bundle),
      ...steeringNotes({ ...bundle, previous }, NAMED)
    ]
  }
}

/** Whether the two lockfiles of before did not say the same for a platform. */
function disagreed({ unified, explicit }: PreviousLocks, platform: Platform): boolean {
  const packages = explicit.get(platform)
  if (unified === undefined || packages === undefined) return false
  return findDifferences(packagesOn(platform, unified.packages), packages).length > 0
}

/** What was named before, as far as it is known: by the copies of upstream's files; the repository's own are as now. */
function namedBefore({ bundle, previous }: ReportFacts): NamedPackages {
  const { upstream, named, solveSettings: solve } = bundle
  const copies = copiesOf(upstream).map(file => file.path)
  const theirs = copies.flatMap(path => {
    const content = previous.contents.get(path)
    const environment = content === undefined ? undefined : parseOldCopy(path, content, solve.platforms)
    return environment === undefined ? [] : [...namesIn(environment, solve.platforms)]
  })
  return new Map([...theirs, ...[...named].filter(([, file]) => !copies.includes(file))])
}

/** A copy that cannot be parsed is being replaced, and is not worth a failure. */
function parseOldCopy(file: string, content: Uint8Array, platforms: readonly Platform[]): Environment | undefined {
  try {
    return parseEnvironment({ file, fix: '' }, content, platforms)
  } catch (error) {
    if (error instanceof SyncError) return undefined
    throw error
  }
}

function upstreamReport(facts: ReportFacts): UpstreamReport | undefined {
  const { bundle, previous } = facts
  const { layout: settings, upstream } = bundle
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
        isEditedHere: copy !== undefined && isEditedHere(facts, file, copy),
        edit: copy === undefined ? { kind: 'new' } : diffLines(text(copy), text(file.content))
      }
    })
  }
}

/** Whether somebody has edited the copy of an upstream file since the last lock, as far as that lock remembers it. */
function isEditedHere({ bundle, previous }: ReportFacts, file: FetchedFile, copy: Uint8Array): boolean {
  const { layout: settings, solveSettings: solve } = bundle
  const environment = parseOldCopy(file.local, copy, solve.platforms)
  const metadata = previous.unified?.custom ?? {}
  return environment !== undefined && isOther(metadata, lockKey(settings, file), environment, solve) === true
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
    lock.kind === 'read' ? [] : [`Versions are not compared with upstream's ${code(lock.path)}: ${code(lock.problem)}.`]
  )
}

function explicitUsage({ platform, path, packages }: ExplicitLock, { layout: settings, files }: Bundle): ExplicitUsage {
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

/** Platforms that are new or dropped are told where their packages are. */
function settingNotes({ bundle: { layout: settings, unified }, previous }: ReportFacts): string[] {
  return changedInputs(previous.unified?.custom ?? {}, unified.custom).flatMap(change =>
    change.kind === 'setting' && change.input !== 'platforms' ? [tellSetting(change, settings.lockfile)] : []
  )
}

/** A comparison with lockfiles of the other kind is told: they name no dependencies, and not always the pip packages. */
function explicitNotes({ bundle: { layout: settings, explicit }, previous }: ReportFacts): string[] {
  const { unified } = previous
  if (packagesBefore(previous) === undefined) return []
  const compared = explicit.filter(
    ({ platform }) => previous.explicit.has(platform) && unified?.platforms.includes(platform) !== true
  )
  if (compared.length === 0) return []
  const where = unified === undefined ? '' : ` for ${compared.length === 1 ? 'this platform' : 'these platforms'}`
  return [`Compared with ${codes(compared.map(({ path }) => path))}: there was no ${code(settings.lockfile)}${where}.`]
}

function dropNotes({ bundle: { layout: settings, solveSettings: solve }, previous }: ReportFacts): string[] {
  return droppedPlatforms(previous.unified, solve.platforms).map(platform => {
    const path = forPlatform(settings.explicitLockfile, platform)
    const leftover = previous.contents.has(path)
      ? ` ${code(path)} is no longer updated: delete it if nothing uses it.`
      : ''
    return `${code(platform)} is no longer locked, because \`platforms\` does not name it.${leftover}`
  })
}
