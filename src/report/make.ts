import { versionsIn } from '../lockfile/versions.js'
import type { Bundle } from '../bundle/bundle.js'
import { asksForSomethingElse } from '../environment/made-from.js'
import { parseEnvironment, type Environment } from '../environment/parse.js'
import { SyncError } from '../common/errors.js'
import { forPlatform, type Platform } from '../lockfile/platforms.js'
import { findDifferences } from '../lockfile/agreement.js'
import type { ExplicitLock } from '../lockfile/explicit.js'
import { compareLocks, type VersionOrder } from '../lockfile/compare.js'
import { packagesOn, type LockedPackage } from '../lockfile/package.js'
import { packagesBefore, provenanceCommit, type PreviousLocks } from '../lockfile/previous.js'
import { findClashes } from '../lock/one-version.js'
import { copiesOf, lockKey } from '../lock/plan.js'
import type { Runner } from '../runner/runner.js'
import { type NamedPackages, namesIn } from '../environment/named.js'
import { findDownloads } from './download.js'
import { notesOf, type NotedFacts } from './notes.js'
import { type ParityColumn } from './parity.js'
import { diffLines } from './upstream-diff.js'
import { environmentName } from './usage.js'
import type { FetchedFile } from '../upstream/fetch.js'
import type { ExplicitUsage, Report, UpstreamReport, Usage } from './values.js'

/** What is known of an environment when it is locked. */
export interface ReportFacts extends NotedFacts {
  readonly audience: Report['audience']
  readonly runner: Pick<Runner, 'repository' | 'runUrl'>
  readonly links: boolean
}

/** Compares the old locks with the new ones, and gathers what a reader wants to know besides. */
export function makeReport(facts: ReportFacts, order: VersionOrder): Report {
  const { bundle, previous, runner } = facts
  const { layout, solveSettings, upstream, unified } = bundle
  const before = packagesBefore(previous)
  const compare = (from: readonly LockedPackage[], to: readonly LockedPackage[]) =>
    compareLocks(from, to, solveSettings.platforms, order)
  const comparison = compare(before ?? [], unified.packages)
  const here = { title: layout.lockfile, versions: versionsIn(unified.packages, layout.sameVersion) }
  return {
    audience: facts.audience,
    files: { upstream: copiesOf(upstream).map(file => file.path), own: layout.environmentFiles },
    platforms: solveSettings.platforms,
    comparison,
    apart: false,
    before,
    hadLock: previous.contents.has(layout.lockfile),
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
    parity: { names: layout.sameVersion, columns: [here, ...upstreamColumns(bundle)] },
    downloads: findDownloads(solveSettings.platforms, before ?? [], unified.packages, comparison.changes, bundle.sizes),
    repositories: bundle.repositories,
    usage: usageOf(facts),
    tools: bundle.tools,
    solveSeconds: bundle.seconds.lock,
    runUrl: runner.runUrl,
    links: facts.links,
    notes: notesOf(facts)
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
  const { upstream, named, solveSettings } = bundle
  const copies = copiesOf(upstream).map(file => file.path)
  const theirs = copies.flatMap(path => {
    const content = previous.contents.get(path)
    const environment = content === undefined ? undefined : parseOldCopy(path, content, solveSettings.platforms)
    return environment === undefined ? [] : [...namesIn(environment, solveSettings.platforms)]
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
  const { layout, upstream } = bundle
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
        previousCommit: provenanceCommit(previous.unified?.custom ?? {}, lockKey(layout, file), {
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
  const { layout, solveSettings } = bundle
  const environment = parseOldCopy(file.local, copy, solveSettings.platforms)
  const metadata = previous.unified?.custom ?? {}
  return (
    environment !== undefined &&
    asksForSomethingElse(metadata, lockKey(layout, file), environment, solveSettings) === true
  )
}

/** What upstream has of the packages that have to be the same. */
function upstreamColumns({ upstreamVersions }: Bundle): ParityColumn[] {
  return upstreamVersions.flatMap(lock =>
    lock.kind === 'read' ? [{ title: `upstream's ${lock.path}`, versions: lock.versions }] : []
  )
}

function usageOf({ bundle, runner }: ReportFacts): Usage {
  const { lockfile } = bundle.layout
  return {
    environment: environmentName(runner.repository?.repo, lockfile),
    lockfile,
    explicit: bundle.explicit.map(file => explicitUsage(file, bundle))
  }
}

function explicitUsage({ platform, path, packages }: ExplicitLock, { layout, files }: Bundle): ExplicitUsage {
  const companion = forPlatform(layout.pipRequirements, platform)
  const isThere = files.some(file => file.path === companion && file.content !== undefined)
  return {
    platform,
    path,
    pipRequirements: isThere ? companion : undefined,
    kernel: packages.some(pin => pin.name === 'ipykernel')
  }
}
