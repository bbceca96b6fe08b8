import { type Change, CHANGE_KINDS, type Comparison, countChanges, isSameFile, packageOf } from '../lockfile/compare.js'
import { namedKey } from '../environment/named.js'
import { countAttention, findAttention, renderAttention, type Attention } from './attention.js'
import {
  countKinds,
  countPackages,
  explainer,
  namedIn,
  renderNamed,
  renderRebuilt,
  renderTransitive
} from './changes.js'
import { enumerate, plural, shortSha } from '../common/sentences.js'
import { blocks, code, codes, folded, link } from '../common/markdown.js'
import { renderDownloads } from './download.js'
import { renderParity } from './parity.js'
import { shareChanges, type Row } from './rows.js'
import { renderUpstream } from './upstream.js'
import { renderUsage } from './usage.js'
import type { Report } from './values.js'

/** How much is told. What is left out is in the summary of the run, and of course in the lockfiles. */
interface Detail {
  readonly links: boolean
  readonly download: boolean
  readonly builds: boolean
  readonly reasons: boolean
  readonly rebuilt: boolean
  readonly transitive: boolean
  readonly upstreamLines: boolean
  readonly named: boolean
  readonly attention: boolean
}

const EVERYTHING: Detail = {
  links: true,
  download: true,
  builds: true,
  reasons: true,
  rebuilt: true,
  transitive: true,
  upstreamLines: true,
  named: true,
  attention: true
}

/** What gives way, least needed first. */
const GIVES_WAY: readonly (keyof Detail)[] = [
  'links',
  'download',
  'builds',
  'reasons',
  'rebuilt',
  'transitive',
  'upstreamLines',
  'named',
  'attention'
]

/**
 * The report as Markdown of at most `limit` bytes (so of at most as many characters): when it is too long, whole columns
 * and sections give way, least needed first.
 */
export function renderReport(report: Report, limit: number): string {
  const view = viewOf(report)
  let detail = EVERYTHING
  for (const part of [undefined, ...GIVES_WAY]) {
    if (part !== undefined) detail = { ...detail, [part]: false }
    const text = render(view, detail)
    if (Buffer.byteLength(text) <= limit) return text
  }
  return `${blocks([renderHeadline(view), seeElsewhere(report)])}\n`
}

/** One line without Markdown that says what happened to the packages. */
export function summarize(comparison: Comparison): string {
  const counts = countChanges(comparison.changes)
  const parts = CHANGE_KINDS.filter(kind => counts[kind] > 0).map(kind => `${counts[kind]} ${kind}`)
  const dropped = comparison.droppedPlatforms.map(platform => `${platform} dropped`)
  return [...parts, ...dropped].join(', ') || 'no package changed'
}

/** A report, its changes sorted by where they are told. */
interface View {
  readonly report: Report
  /** Platforms that the old lock was not for; all of their packages are new, and that is all there is to say. */
  readonly newPlatforms: readonly string[]
  readonly attention: Attention
  readonly named: readonly Row<Change>[]
  readonly transitive: readonly Row<Change>[]
  readonly rebuilt: readonly Change[]
  /** What pulls a changed package in; Markdown. */
  readonly explain: (change: Change) => string
}

function viewOf(report: Report): View {
  const { before, platforms, comparison } = report
  const known = new Set(before?.map(pin => pin.platform) ?? platforms)
  const changes = comparison.changes.filter(change => known.has(packageOf(change).platform))
  const moved = changes.filter(change => change.kind !== 'rebuilt')
  return {
    report,
    newPlatforms: platforms.filter(platform => !known.has(platform)),
    attention: findAttention(report, changes),
    named: shareChanges(
      moved.filter(change => namedIn(report, change) !== undefined),
      change => namedIn(report, change) ?? ''
    ),
    transitive: shareChanges(moved.filter(change => namedIn(report, change) === undefined)),
    rebuilt: changes.filter(change => change.kind === 'rebuilt'),
    explain: explainer(report)
  }
}

function render(view: View, detail: Detail): string {
  const report = { ...view.report, links: view.report.links && detail.links }
  const download = renderDownloads(report.downloads, report.platforms)
  const sections = detail.rebuilt && detail.transitive && detail.upstreamLines && detail.named && detail.attention
  const leavesOut = !(sections && (detail.download || download === ''))
  const isCheck = report.audience === 'check'
  const isWhole = report.audience !== 'common' && !isCheck
  const text = blocks([
    renderHeadline(view),
    isWhole ? renderTask(report) : '',
    ...(isWhole || isCheck ? report.notes.map(note => `> [!NOTE]\n> ${note}`) : []),
    detail.attention ? renderAttention(report, view.attention, detail.transitive) : '',
    detail.attention && isWhole ? renderParity(report.parity, report.platforms) : '',
    detail.named ? renderNamed(report, view.named) : '',
    detail.transitive ? renderTransitive(report, view.transitive, detail.reasons ? view.explain : undefined) : '',
    detail.rebuilt ? renderRebuilt(report, view.rebuilt, detail.builds) : '',
    detail.download ? download : '',
    leavesOut ? seeElsewhere(report) : '',
    isWhole ? renderDisagreement(report) : '',
    isCheck ? '' : renderUpstream(report, detail.upstreamLines),
    ...(isWhole ? [renderHowTo(report), renderFooter(report)] : [])
  ])
  return `${text}\n`
}

/** One sentence with the counts, and what they are about. */
function renderHeadline({ report, newPlatforms, attention, named, transitive, rebuilt }: View): string {
  const { platforms, comparison, before, hadLock } = report
  const where = `on ${platforms.length === 1 ? codes(platforms) : plural(platforms.length, 'platform')}`
  const rows = [...named, ...transitive]
  const count = countPackages(rows)
  const look = lookSentence(countAttention(attention))
  if (before === undefined) {
    const first = hadLock ? 'Locked anew, because the old lock cannot be read' : 'First lock'
    return `**${first}: ${plural(count, 'package')} ${where}.**${look}`
  }
  const counts = [
    [countPackages(shareChanges(rebuilt.filter(change => !isSameFile(change)))), 'only rebuilt'],
    [countPackages(shareChanges(rebuilt.filter(isSameFile))), 'only from another address']
  ] as const
  const parts = [
    count === 0 ? '' : `${countKinds(rows)} ${where}`,
    ...counts.map(([some, how]) => (some === 0 ? '' : `${plural(some, 'package')} ${how}`)),
    newPlatforms.length === 0 ? '' : `${codes(newPlatforms)} ${areOrIs(newPlatforms)} new`,
    comparison.droppedPlatforms.length === 0
      ? ''
      : `${codes(comparison.droppedPlatforms)} ${areOrIs(comparison.droppedPlatforms)} dropped`
  ].filter(part => part !== '')
  if (parts.length === 0)
    return `${report.apart ? '**Only what all have in common.**' : '**No package changed.**'}${look}`
  const besides = report.apart ? 'Besides what all have in common: ' : ''
  return `**${besides}${parts.join('; ')}.**${namedSentence(report, rows, shareChanges(rebuilt))}${look}`
}

function areOrIs(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are'
}

function lookSentence(count: number): string {
  return count === 0 ? '' : ` Look at ${plural(count, 'point')} first.`
}

/**
 * How many of all changed packages an environment file names, told so that it agrees with the table of named ones: that has no
 * packages of the same version, and has those that were named until now.
 */
function namedSentence(report: Report, moved: readonly Row<Change>[], sameVersion: readonly Row<Change>[]): string {
  const isNamed = ({ value }: Row<Change>) => report.named.after.has(namedKey(packageOf(value)))
  const rows = [...moved, ...sameVersion]
  const all = countPackages(rows)
  if (all === 0) return ''
  const count = countPackages(rows.filter(isNamed))
  const same = count - countPackages(moved.filter(isNamed))
  const before = countPackages(moved.filter(row => !isNamed(row) && namedIn(report, row.value) !== undefined))
  const what = all === 1 ? 'it' : count === all ? 'all of them' : count === 0 ? 'any of them' : `${count} of them`
  const inSame = same === 0 || same === count ? '' : `, ${same} with the same version`
  const names = count === 0 ? 'No environment file names' : 'The environment files name'
  return ` ${names} ${what}${inSame}${untilNow(before, all, count)}.`
}

/** The end of the sentence about packages that were named `before`, and are not now. */
function untilNow(before: number, all: number, named: number): string {
  if (before === 0) return ''
  if (all === 1) return '; one named it until now'
  return `; ${before}${named === 0 ? '' : ' more'} ${before === 1 ? 'was' : 'were'} named until now`
}

/** What was done, and what is left to do for the reader. */
function renderTask({ audience, files }: Report): string {
  const own = enumerate(files.own.map(code))
  const done = `${describeLocked(files)} in one solve, and the lockfiles were checked.`
  return audience !== 'reviewer'
    ? done
    : `${done} **If this is what you want, merge it.** To change something, edit ${own} on the base branch: the next run updates this pull request.`
}

/** The beginning of a sentence. */
function describeLocked({ upstream, own }: Report['files']): string {
  const names = enumerate(own.map(code))
  if (upstream.length > 0)
    return `Upstream's ${enumerate(upstream.map(code))} and your own ${names} were locked together,`
  return own.length === 1 ? `Your ${names} was locked` : `Your ${names} were locked together,`
}

function renderHowTo({ usage, audience }: Report): string {
  const commands = renderUsage(usage)
  return audience === 'section' ? folded('How to use it', commands) : blocks(['### How to use it', commands])
}

function seeElsewhere({ runUrl, usage }: Report): string {
  return runUrl === undefined
    ? `Not everything fits here: the rest is in ${code(usage.lockfile)}.`
    : `Not everything fits here: the rest is in the ${link('summary of the run', runUrl)}.`
}

function renderDisagreement({ disagreed, usage }: Report): string {
  if (disagreed.length === 0) return ''
  return blocks([
    '### The two lockfiles disagreed',
    `Until now they did not hold the same, as if they had been locked apart. Above, ${code(usage.lockfile)} is compared with its successor, here each explicit lockfile with its own; from now on both come from one solve.`,
    disagreed.map(({ path, comparison }) => `- ${code(path)}: ${summarize(comparison)}`).join('\n')
  ])
}

function renderFooter({ tools, solveSeconds, upstream, runUrl }: Report): string {
  const parts = [
    ...tools.map(code),
    ...(upstream === undefined
      ? []
      : [`upstream ${link(code(shortSha(upstream.commit)), `${upstream.url}/commit/${upstream.commit}`)}`]),
    ...(solveSeconds === undefined
      ? []
      : [`locked in ${solveSeconds < 0.1 ? 'less than 0.1' : solveSeconds.toFixed(1)} s`]),
    ...(runUrl === undefined ? [] : [link('run', runUrl)])
  ]
  return `<sub>Made by conda-lock-sync: ${parts.join(' · ')}</sub>`
}
