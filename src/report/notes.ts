import type { Bundle } from '../bundle/bundle.js'
import { code, codes } from '../common/markdown.js'
import { changedInputs } from '../environment/made-from.js'
import { describeUnused } from '../environment/unused.js'
import { forPlatform } from '../lockfile/platforms.js'
import { describeUnreadable, droppedPlatforms, packagesBefore, type PreviousLocks } from '../lockfile/previous.js'
import { tellSetting } from './settings.js'
import { sourceNotes } from './sources.js'
import { steeringNotes } from './steering.js'

/** Packages that one note names; the log names all. */
const NAMED = 20

/** What notes are about: a lock, and the one that it replaces. */
export interface NotedFacts {
  readonly bundle: Bundle
  readonly previous: PreviousLocks
}

/** What the reader should know besides, one line of Markdown each. */
export function notesOf(facts: NotedFacts): string[] {
  const { bundle, previous } = facts
  return [
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

/** A lockfile of upstream's that can't be read is told and left out. */
function upstreamNotes({ upstreamVersions }: Bundle): string[] {
  return upstreamVersions.flatMap(lock =>
    lock.kind === 'read' ? [] : [`Versions are not compared with upstream's ${code(lock.path)}: ${code(lock.problem)}.`]
  )
}

function tableNotes({ tables }: Bundle): string[] {
  return Object.entries(tables).map(
    ([table, sha256]) => `The table of PyPI and conda names was ${code(table)} (SHA-256 ${code(sha256)}).`
  )
}

/** Platforms that are new or dropped are told where their packages are. */
function settingNotes({ bundle: { layout, unified }, previous }: NotedFacts): string[] {
  return changedInputs(previous.unified?.custom ?? {}, unified.custom).flatMap(change =>
    change.kind === 'setting' && change.input !== 'platforms' ? [tellSetting(change, layout.lockfile)] : []
  )
}

/** A comparison with lockfiles of the other kind is told: they name no dependencies, and not always the pip packages. */
function explicitNotes({ bundle: { layout, explicit }, previous }: NotedFacts): string[] {
  const { unified } = previous
  if (packagesBefore(previous) === undefined) return []
  const compared = explicit.filter(
    ({ platform }) => previous.explicit.has(platform) && unified?.platforms.includes(platform) !== true
  )
  if (compared.length === 0) return []
  const where = unified === undefined ? '' : ` for ${compared.length === 1 ? 'this platform' : 'these platforms'}`
  return [`Compared with ${codes(compared.map(({ path }) => path))}: there was no ${code(layout.lockfile)}${where}.`]
}

function dropNotes({ bundle: { layout, solveSettings }, previous }: NotedFacts): string[] {
  return droppedPlatforms(previous.unified, solveSettings.platforms).map(platform => {
    const path = forPlatform(layout.explicitLockfile, platform)
    const leftover = previous.contents.has(path)
      ? ` ${code(path)} is no longer updated: delete it if nothing uses it.`
      : ''
    return `${code(platform)} is no longer locked, because \`platforms\` does not name it.${leftover}`
  })
}
