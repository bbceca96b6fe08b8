import { enumerate, shortSha } from '../common/sentences.js'
import { blocks, code, folded, link } from '../common/markdown.js'
import { renderAttention } from './attention.js'
import { renderNamed, renderRebuilt, renderTransitive } from './changes.js'
import { renderDownloads } from './download.js'
import { renderHeadline, summarize } from './headline.js'
import { renderParity } from './parity.js'
import { renderUpstream } from './upstream.js'
import { renderUsage } from './usage.js'
import type { Report } from './values.js'
import { viewOf, type View } from './view.js'

/** What gives way, least needed first. It is in the summary of the run, and of course in the lockfiles. */
const GIVES_WAY = [
  'links',
  'download',
  'builds',
  'reasons',
  'rebuilt',
  'transitive',
  'upstreamLines',
  'named',
  'attention'
] as const

type Part = (typeof GIVES_WAY)[number]

/**
 * The report as Markdown of at most `limit` bytes (so of at most as many characters): when it is too long, whole columns
 * and sections give way.
 */
export function renderReport(report: Report, limit: number): string {
  const view = viewOf(report)
  for (let gone = 0; gone <= GIVES_WAY.length; gone++) {
    const text = render(view, new Set(GIVES_WAY.slice(gone)))
    if (Buffer.byteLength(text) <= limit) return text
  }
  return `${blocks([renderHeadline(view), seeElsewhere(report)])}\n`
}

function render(view: View, parts: ReadonlySet<Part>): string {
  const report = { ...view.report, links: view.report.links && parts.has('links') }
  const download = renderDownloads(report.downloads, report.platforms)
  // Of the sections with packages and upstream's lines, `rebuilt` is the first to go.
  const leavesOut = !parts.has('rebuilt') || (!parts.has('download') && download !== '')
  const isCheck = report.audience === 'check'
  const isWhole = report.audience !== 'common' && !isCheck
  const text = blocks([
    renderHeadline(view),
    isWhole ? renderTask(report) : '',
    ...(isWhole || isCheck ? report.notes.map(note => `> [!NOTE]\n> ${note}`) : []),
    parts.has('attention') ? renderAttention(report, view.attention, parts.has('transitive')) : '',
    parts.has('attention') && isWhole ? renderParity(report.parity, report.platforms) : '',
    parts.has('named') ? renderNamed(report, view.named) : '',
    parts.has('transitive')
      ? renderTransitive(report, view.transitive, parts.has('reasons') ? view.explain : undefined)
      : '',
    parts.has('rebuilt') ? renderRebuilt(report, view.rebuilt, parts.has('builds')) : '',
    parts.has('download') ? download : '',
    leavesOut ? seeElsewhere(report) : '',
    isWhole ? renderDisagreement(report) : '',
    isCheck ? '' : renderUpstream(report, parts.has('upstreamLines')),
    ...(isWhole ? [renderHowTo(report), renderFooter(report)] : [])
  ])
  return `${text}\n`
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
