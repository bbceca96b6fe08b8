import { blocks, code, codes, enumerate, link, plural, table } from './markdown.js'
import { renderParity, versionsIn } from './parity.js'
import { renderReport, summarize } from './report.js'
import type { Report } from './values.js'

/** What is told of several images at once. */
export interface ImagesReport {
  readonly images: readonly ImageReport[]
  /** Images that could not be locked. */
  readonly failed: readonly string[]
  readonly runUrl: string | undefined
}

export interface ImageReport {
  readonly name: string
  readonly report: Report
  /** Whether any of its files is not what it was. */
  readonly changed: boolean
}

/**
 * Several images as Markdown of at most `limit` bytes: what they have in common, then a section for each that changes. They
 * share the room: what a small section leaves over, the larger ones have.
 */
export function renderImages(all: ImagesReport, limit: number): string {
  const changing = all.images.filter(({ changed }) => changed)
  const head = renderHead(all, changing)
  const texts = shareRoom(changing, limit - Buffer.byteLength(head))
  return [head, ...texts].join('\n')
}

function renderHead({ images, failed, runUrl }: ImagesReport, changing: readonly ImageReport[]): string {
  const unchanged = images.filter(({ changed }) => !changed).map(({ name }) => name)
  const run = runUrl === undefined ? '' : `; the ${link('run', runUrl)} says why`
  const isReviewed = changing.some(({ report }) => report.audience === 'section')
  return `${blocks([
    `**${changing.length} of ${plural(images.length + failed.length, 'image')} ${changing.length === 1 ? 'changes' : 'change'}.**${isReviewed ? ' **If this is what you want, merge it.** To change something, edit the environment file of that image on the base branch: the next run updates this pull request.' : ''}`,
    failed.length === 0
      ? ''
      : `> [!WARNING]\n> ${enumerate(failed.map(name => code(name)))} could not be locked, and ${failed.length === 1 ? 'keeps its lockfiles as they are' : 'keep their lockfiles as they are'}${run}.`,
    renderMoved(images),
    changing.length === 0
      ? ''
      : table(
          ['Image', 'Packages'],
          changing.map(({ name, report }) => [code(name), summarize(report.comparison)])
        ),
    unchanged.length === 0 ? '' : `Without changes: ${codes(unchanged)}.`,
    renderCommonParity(images)
  ])}\n`
}

/** Images that were locked at the same time, and yet from different commits of the same upstream repository. */
export function findMoved(images: readonly ImageReport[]): (readonly ImageReport[])[] {
  return groupBy(images, ({ report }) => report.upstream.url)
    .map(([, group]) => group)
    .filter(group => groupBy(group, ({ report }) => report.upstream.commit).length > 1)
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return [...groups]
}

function renderMoved(images: readonly ImageReport[]): string {
  const sentences = findMoved(images).map(group => {
    const commits = groupBy(group, ({ report }) => report.upstream.commit)
    const parts = commits.map(
      ([commit, members]) => `${code(commit.slice(0, 7))} for ${codes(members.map(({ name }) => name))}`
    )
    const repository = code(group[0]?.report.upstream.repository ?? '')
    return `> [!NOTE]\n> ${repository} has moved while the images were locked: ${enumerate(parts)}. The next run takes the same commit for all.`
  })
  return sentences.join('\n\n')
}

/** The packages that have to be the same, in one image as in the other. */
function renderCommonParity(images: readonly ImageReport[]): string {
  const names = [...new Set(images.flatMap(({ report }) => report.parity.names))]
  const platforms = [...new Set(images.flatMap(({ report }) => report.platforms))]
  const columns = images.map(({ name, report }) => ({ title: name, versions: versionsIn(report.after, names) }))
  return renderParity({ names, columns }, platforms)
}

/** The sections, in their order; the smallest take what they need first. */
function shareRoom(images: readonly ImageReport[], room: number): string[] {
  const whole = images.map(({ report }) => Buffer.byteLength(renderReport(report, Infinity)))
  const bySize = images.map((_, index) => index).sort((left, right) => (whole[left] ?? 0) - (whole[right] ?? 0))
  const texts = new Map<number, string>()
  let left = room
  for (const [place, index] of bySize.entries()) {
    const image = images[index]
    if (image === undefined) continue
    const title = `\n## ${code(image.name)}\n\n`
    const share = Math.floor(left / (bySize.length - place))
    const text = `${title}${renderReport(image.report, share - Buffer.byteLength(title) - 1)}`
    texts.set(index, text)
    left -= Buffer.byteLength(text) + 1
  }
  return images.map((_, index) => texts.get(index) ?? '')
}
