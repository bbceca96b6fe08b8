import type { ReplacedSpec } from '../environment/named.js'
import { plural, shortSha } from '../common/sentences.js'
import { atMost, block, blocks, code, folded, link, table } from '../common/markdown.js'
import type { FilePatch } from './upstream-diff.js'
import type { Report, UpstreamReport } from './values.js'

/** A longer diff, or a longer table, is folded. */
const OPEN_LINES = 60
const OPEN_OVERLAPS = 10
const MOST_LOSERS = 5

/** What upstream changed, line by line if there is room, and which of its specs do not count here. */
export function renderUpstream(report: Report, withLines: boolean): string {
  return blocks([renderChanges(report, withLines), withLines ? renderOverlaps(report.overlaps) : ''])
}

function renderChanges({ upstream, audience, apart }: Report, withLines: boolean): string {
  if (upstream === undefined || (upstream.patches.length === 0 && (audience === 'common' || apart))) return ''
  const at = link(code(shortSha(upstream.commit)), `${upstream.url}/commit/${upstream.commit}`)
  const repository = link(code(upstream.repository), upstream.url)
  const head =
    upstream.patches.length === 0
      ? `Upstream ${repository} at ${at}: its environment files have not changed.`
      : `### ${upstream.patches.some(patch => !patch.isEditedHere) ? 'What upstream changed' : 'What upstream has'}: ${repository} at ${at}`
  return blocks([head, ...upstream.patches.map(patch => renderPatch(upstream, patch, withLines))])
}

function renderPatch(upstream: UpstreamReport, patch: FilePatch, withLines: boolean): string {
  const name = `${code(patch.path)}, copied to ${code(patch.local)}`
  const edited = patch.isEditedHere
    ? '. The copy was edited here since the last lock, and is now what upstream has'
    : ''
  const title = `${name}${edited}${comparisonLink(upstream, patch)}`
  switch (patch.edit.kind) {
    case 'new':
      return `${title}: the copy is new.`
    case 'rewritten':
      return `${title}: nearly every line has changed.`
    case 'edited':
      if (patch.edit.lines === '') return `${title}: only the encoding of the text has changed.`
      return withLines ? `${title}:\n\n${renderLines(patch.edit.lines)}` : `${title}: edited.`
  }
}

function comparisonLink({ url, commit }: UpstreamReport, { previousCommit }: FilePatch): string {
  if (previousCommit === undefined) return ''
  const range = `${shortSha(previousCommit)}...${shortSha(commit)}`
  return ` (all that changed there: ${link(code(range), `${url}/compare/${previousCommit}...${commit}`)})`
}

function renderLines(lines: string): string {
  const content = block('diff', lines)
  const count = lines.split('\n').length
  return count > OPEN_LINES ? folded(plural(count, 'line'), content) : content
}

function renderOverlaps(overlaps: readonly ReplacedSpec[]): string {
  if (overlaps.length === 0) return ''
  const rows = overlaps.map(({ name, winner, losers }) => [
    code(name),
    `${code(winner.spec)} in ${code(winner.file)}`,
    atMost(
      losers.map(({ file, spec }) => `${code(spec)} in ${code(file)}`),
      MOST_LOSERS
    )
  ])
  const content = table(['Package', 'This spec counts', 'This does not'], rows)
  const title = `${plural(overlaps.length, 'package')} named in several files: the last file wins`
  return overlaps.length > OPEN_OVERLAPS ? folded(title, content) : `**${title}**\n\n${content}`
}
