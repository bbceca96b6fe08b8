import type { FilePatch } from './upstream-diff.js'
import { CHANGE_KINDS, countChanges, type Change, type ChangeKind, type Comparison } from '../lockfile/compare.js'
import type { LockedPackage } from '../lockfile/package.js'
import type { ToolVersions } from '../lock/run.js'
import { block, code, folded, link, plural, table } from './markdown.js'

/** Everything that a pull request body or a job summary tells. */
export interface Report {
  /** The old and the new `conda-lock.yml`. */
  readonly comparison: Comparison
  /** Whether there was a readable lockfile before. */
  readonly first: boolean
  /** For each explicit lockfile, its path and the difference to its own predecessor. */
  readonly explicit: readonly { readonly path: string; readonly comparison: Comparison }[]
  /** Platforms whose two lockfiles held different packages before. */
  readonly disagreed: readonly string[]
  /** Names of packages that an environment file asks for, with that file. */
  readonly direct: ReadonlyMap<string, string>
  readonly upstream: UpstreamReport
  readonly lockfile: string
  readonly tools: ToolVersions
  readonly solveSeconds: number
  readonly runUrl: string | undefined
  /** Sentences that the reader should know; Markdown. */
  readonly notes: readonly string[]
}

export interface UpstreamReport {
  readonly repository: string
  readonly url: string
  readonly commit: string
  /** One for each upstream file whose local copy changes. */
  readonly patches: readonly FilePatch[]
}

/** GitHub refuses pull request bodies over 65,536 characters. */
export const BODY_LIMIT = 65_536

/** The report as Markdown of at most `limit` characters: when it is too long, whole sections give way, least needed first. */
export function renderReport(report: Report, limit: number): string {
  const attempts = [
    () => render(report, 'everything'),
    () => render(report, 'no indirect'),
    () => render(report, 'counts')
  ]
  const texts = attempts.map(attempt => attempt())
  return texts.find(text => text.length <= limit) ?? renderHeadline(report)
}

type Detail = 'everything' | 'no indirect' | 'counts'

function render(report: Report, detail: Detail): string {
  const sections = [
    renderHeadline(report),
    ...report.notes.map(note => `> [!NOTE]\n> ${note}`),
    detail === 'counts' ? '' : renderDowngrades(report),
    detail === 'counts' ? '' : renderDirect(report),
    detail === 'everything' ? renderIndirect(report) : seeSummary(report),
    detail === 'counts' ? '' : renderUpstream(report),
    renderExplicit(report),
    renderUse(report),
    renderFooter(report)
  ]
  return `${sections.filter(section => section !== '').join('\n\n')}\n`
}

/** One line without Markdown that says what happened to the packages. */
export function summarize(comparison: Comparison): string {
  const counts = countChanges(comparison.changes)
  const parts = CHANGE_KINDS.filter(kind => counts[kind] > 0).map(kind => `${counts[kind]} ${kind}`)
  const dropped = comparison.droppedPlatforms.map(platform => `${platform} dropped`)
  return [...parts, ...dropped].join(', ') || 'no package changed'
}

function renderHeadline(report: Report): string {
  const { changes } = report.comparison
  if (report.first) return `**First lock: ${plural(countChanges(changes).added, 'package')}.**`
  return `**${capitalize(summarize(report.comparison))}.**`
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function renderDowngrades({ comparison }: Report): string {
  const rows = rowsOf(comparison.changes.filter(change => change.kind === 'downgraded'))
  return rows.length === 0 ? '' : `### Downgrades\n\n${table(['Package', 'From', 'To', 'Platform'], rows)}`
}

function isDirect(report: Report, change: Change): boolean {
  return report.direct.has(pinOf(change).name)
}

function pinOf(change: Change): LockedPackage {
  return change.kind === 'removed' ? change.previous : change.next
}

function renderDirect(report: Report): string {
  const changes = report.comparison.changes.filter(change => isDirect(report, change) && change.kind !== 'rebuilt')
  if (changes.length === 0) return ''
  const rows = changes.map(change => {
    const [cells] = rowsOf([change])
    return [...(cells ?? []), change.kind, code(report.direct.get(pinOf(change).name) ?? '')]
  })
  const title = `### Packages that an environment file asks for\n\n`
  const content = table(['Package', 'From', 'To', 'Platform', 'Change', 'Named in'], rows)
  return report.first
    ? folded(`${plural(rows.length, 'package')} that an environment file asks for`, content)
    : title + content
}

const INDIRECT: readonly ChangeKind[] = ['upgraded', 'added', 'removed', 'rebuilt']

function renderIndirect(report: Report): string {
  const sections = INDIRECT.map(kind => {
    const changes = report.comparison.changes.filter(
      change => change.kind === kind && (kind === 'rebuilt' || !isDirect(report, change))
    )
    if (changes.length === 0) return ''
    const what = kind === 'rebuilt' ? 'rebuilt (same version)' : `${kind} with them`
    return folded(
      `${plural(changes.length, 'package')} ${what}`,
      table(['Package', 'From', 'To', 'Platform'], rowsOf(changes))
    )
  })
  return sections.filter(section => section !== '').join('\n\n')
}

function seeSummary(report: Report): string {
  return report.runUrl === undefined
    ? 'All changes are in the lockfiles below; the list is too long for this page.'
    : `The list of all packages is too long for this page: it is in the [summary of the run](${report.runUrl}).`
}

function rowsOf(changes: readonly Change[]): string[][] {
  return changes.map(change => {
    const pin = pinOf(change)
    const name = pin.manager === 'pip' ? `${code(pin.name)} (pip)` : code(pin.name)
    return [name, ...fromTo(change), code(pin.platform)]
  })
}

function fromTo(change: Change): [string, string] {
  switch (change.kind) {
    case 'added':
      return ['', code(change.next.version)]
    case 'removed':
      return [code(change.previous.version), '']
    case 'rebuilt':
      return [withBuild(change.previous), withBuild(change.next)]
    case 'upgraded':
    case 'downgraded':
      return [code(change.previous.version), code(change.next.version)]
  }
}

function withBuild(pin: LockedPackage): string {
  return code([pin.version, pin.build].filter(part => part !== '').join(' '))
}

function renderUpstream({ upstream }: Report): string {
  const at = link(upstream.commit.slice(0, 7), `${upstream.url}/commit/${upstream.commit}`)
  if (upstream.patches.length === 0)
    return `Upstream ${link(upstream.repository, upstream.url)} at ${at}: no change to its files.`
  const files = upstream.patches.map(patch => {
    const compare =
      patch.previousCommit === undefined
        ? `at ${at}`
        : `(${link(
            `${patch.previousCommit.slice(0, 7)}...${upstream.commit.slice(0, 7)}`,
            `${upstream.url}/compare/${patch.previousCommit}...${upstream.commit}`
          )})`
    const title = `${code(patch.path)} ${compare} → ${code(patch.local)}`
    return patch.lines === '' ? `${title}: new.` : `${title}\n\n${block('diff', patch.lines)}`
  })
  return `### Upstream: ${link(upstream.repository, upstream.url)}\n\n${files.join('\n\n')}`
}

function renderExplicit(report: Report): string {
  const differing = report.explicit.filter(
    ({ path, comparison }) => report.disagreed.includes(path) && comparison.changes.length > 0
  )
  if (differing.length === 0) return ''
  const items = differing.map(({ path, comparison }) => `- ${code(path)}: ${summarize(comparison)}`)
  return [
    `### The two lockfiles disagreed`,
    'Until now they held different packages, as if they had been locked apart. Each is compared above and below with its own successor; from now on both come from one solve.',
    items.join('\n')
  ].join('\n\n')
}

function renderUse(report: Report): string {
  const commands = report.explicit.map(({ path }) => `conda create --name my-env --file ${path}`)
  const content = block('sh', [`conda-lock install --name my-env ${report.lockfile}`, ...commands].join('\n'))
  return folded('How to use it', content)
}

function renderFooter({ tools, solveSeconds, upstream, runUrl }: Report): string {
  const run = runUrl === undefined ? '' : ` · [run](${runUrl})`
  return `<sub>conda-lock ${tools.condaLock} · py-rattler ${tools.pyRattler} · upstream ${upstream.commit.slice(0, 7)} · locked in ${solveSeconds.toFixed(1)} s${run}</sub>`
}
