import type { Inputs } from '../inputs.js'
import type { Locked } from '../lock/lock.js'
import { compareLocks, type VersionOrder } from '../lockfile/compare.js'
import { samePackages } from '../lockfile/package.js'
import { droppedPlatforms, provenanceCommit, type Contents, type PreviousLocks } from '../lockfile/previous.js'
import { explicitLockfile } from '../inputs.js'
import { lockKey, type Plan } from '../plan.js'
import type { Runner } from '../runner.js'
import type { Upstream } from '../upstream/fetch.js'
import { code } from './markdown.js'
import type { Report, UpstreamReport } from './report.js'
import { steeringNotes } from './steering.js'
import { diffLines } from './upstream-diff.js'

/** Packages that one note names; the log names all. */
const NAMED = 20

/** What a run knows when it has locked. */
export interface Facts {
  readonly inputs: Inputs
  readonly runner: Runner
  readonly upstream: Upstream
  readonly old: Contents
  readonly previous: PreviousLocks
  readonly plan: Plan
  readonly locked: Locked
}

/** Compares the old locks with the new ones, and gathers what a reader wants to know besides. */
export function makeReport(facts: Facts, order: VersionOrder): Report {
  const { inputs, previous, locked } = facts
  const compare = (before: Parameters<typeof compareLocks>[0], after: Parameters<typeof compareLocks>[1]) =>
    compareLocks(before, after, inputs.platforms, order)
  return {
    comparison: compare(previous.unified?.packages ?? [], locked.unified.packages),
    first: previous.unified === undefined,
    explicit: locked.explicit.map(({ platform, path, packages }) => ({
      path,
      comparison: compare(previous.explicit.get(platform) ?? [], packages)
    })),
    disagreed: locked.explicit.filter(({ platform }) => disagreed(previous, platform)).map(({ path }) => path),
    direct: directPackages(facts),
    upstream: upstreamReport(facts),
    lockfile: inputs.lockfile,
    tools: locked.tools,
    solveSeconds: locked.seconds.lock ?? 0,
    runUrl: facts.runner.runUrl,
    notes: [...previous.warnings.map(code), ...dropNotes(facts), ...steeringNotes(facts, NAMED)]
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

/** conda's name of a spec, as conda-lock reads it: `channel::name[version]…`. */
function specName(spec: string): string {
  return /^(?:[^\s:]+::)?([A-Za-z0-9_.-]+)/.exec(spec.trim())?.[1]?.toLowerCase() ?? ''
}

function directPackages({ plan, inputs }: Facts): Map<string, string> {
  const entries = plan.environments.flatMap(environment =>
    inputs.platforms.flatMap(platform =>
      environment
        .dependencies(platform)
        .flatMap(dependency => (typeof dependency === 'string' ? [dependency] : dependency.pip))
        .map(spec => [specName(spec), environment.file] as const)
    )
  )
  return new Map(entries)
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
        lines: copy === undefined ? '' : diffLines(text(copy), text(file.content))
      }
    })
  }
}

function dropNotes({ inputs, previous, old }: Facts): string[] {
  return droppedPlatforms(previous.unified, inputs.platforms).map(platform => {
    const path = explicitLockfile(inputs.explicitLockfile, platform)
    const leftover = old.has(path) ? ` ${code(path)} is no longer updated: delete it if nothing uses it.` : ''
    return `${code(platform)} is no longer locked, because \`platforms\` does not name it.${leftover}`
  })
}
