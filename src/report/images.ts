import { shareCommon, type ImageReport } from './shared-changes.js'
import { enumerate, plural, shortSha } from '../common/sentences.js'
import { blocks, code, codes, link, table } from '../common/markdown.js'
import { parityOf, renderParity, tellParity } from './parity.js'
import { summarize } from './headline.js'
import { renderReport } from './report.js'
import type { Report } from './values.js'

/** What is told of several images at once. */
export interface ImagesReport {
  readonly images: readonly ImageReport[]
  /** Images that could not be locked. */
  readonly failed: readonly string[]
  /** Those of them for which an earlier run has proposed something that stays. */
  readonly carried: readonly string[]
  readonly runUrl: string | undefined
}

/**
 * Several images as Markdown of at most `limit` bytes: what they have in common, then a section for each that changes. They
 * share the room: what a small section leaves over, the larger ones have.
 */
export function renderImages(all: ImagesReport, limit: number): string {
  const changing = all.images.filter(({ changed }) => changed)
  const head = renderHead(all, changing)
  return [head, ...shareRoom(sectionsOf(changing), limit - Buffer.byteLength(head))].join('\n')
}

interface Section {
  readonly title: string
  readonly report: Report
}

function sectionsOf(changing: readonly ImageReport[]): Section[] {
  const { common, images } = shareCommon(changing)
  const compared = images.filter(({ report }) => report.before !== undefined)
  const which = compared.length === images.length ? 'every image that changes' : codes(compared.map(({ name }) => name))
  return [
    ...(common === undefined ? [] : [{ title: `The same in ${which}`, report: common }]),
    ...images.map(({ name, report }) => ({ title: code(name), report }))
  ]
}

function renderHead({ images, failed, carried, runUrl }: ImagesReport, changing: readonly ImageReport[]): string {
  const unchanged = images.filter(({ changed }) => !changed).map(({ name }) => name)
  const isReviewed = changing.some(({ report }) => report.audience === 'section')
  return `${blocks([
    `**${howMany(changing.length, images.length + failed.length)}.**${isReviewed ? ' **If this is what you want, merge it.** To change something, edit the environment file of that image on the base branch: the next run updates this pull request.' : ''}`,
    renderFailed(failed, carried, runUrl),
    renderMixedCommits(images),
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

function howMany(changing: number, all: number): string {
  if (changing === all) return `All ${all} images change`
  return `${changing} of ${plural(all, 'image')} ${changing === 1 ? 'changes' : 'change'}`
}

function renderFailed(failed: readonly string[], carried: readonly string[], runUrl: string | undefined): string {
  if (failed.length === 0) return ''
  const run = runUrl === undefined ? '' : `; the ${link('run', runUrl)} says why`
  const left = failed.filter(name => !carried.includes(name))
  const sentences = [
    `${codes(failed)} could not be locked this time${run}.`,
    left.length === 0 ? '' : `${codes(left)} ${left.length === 1 ? 'keeps its' : 'keep their'} lockfiles as they are.`,
    carried.length === 0
      ? ''
      : `What an earlier run has proposed for ${codes(carried)} is in this pull request as before, from the same environment files.`
  ]
  return `> [!WARNING]\n> ${sentences.filter(sentence => sentence !== '').join(' ')}`
}

/** Images that were locked at the same time, and yet from different commits of the same upstream repository. */
export function findMixedCommits(images: readonly ImageReport[]): (readonly ImageReport[])[] {
  const following = images.filter(({ report }) => report.upstream !== undefined)
  return groupBy(following, ({ report }) => report.upstream?.url ?? '')
    .map(([, group]) => group)
    .filter(group => groupBy(group, commitOf).length > 1)
}

function commitOf({ report }: ImageReport): string {
  return report.upstream?.commit ?? ''
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

function renderMixedCommits(images: readonly ImageReport[]): string {
  const sentences = findMixedCommits(images).map(group => {
    const commits = groupBy(group, commitOf)
    const parts = commits.map(
      ([commit, members]) => `${code(shortSha(commit))} for ${codes(members.map(({ name }) => name))}`
    )
    const repository = code(group[0]?.report.upstream?.repository ?? '')
    return `> [!NOTE]\n> ${repository} has moved while the images were locked: ${enumerate(parts)}. The next run takes the same commit for all.`
  })
  return sentences.join('\n\n')
}

/** The packages that have to be the same, in one image as in the other. */
function renderCommonParity(images: readonly ImageReport[]): string {
  const { parity, platforms } = commonParity(images)
  return renderParity(parity, platforms)
}

/** Where images have different versions of packages that have to be the same, as sentences without Markdown. */
export function findDifferentVersions(images: readonly ImageReport[]): string[] {
  const { parity, platforms } = commonParity(images)
  return tellParity(parity, platforms)
}

function commonParity(images: readonly ImageReport[]): ReturnType<typeof parityOf> {
  return parityOf(
    images.map(({ name, report: { after, platforms, parity } }) => ({
      title: name,
      packages: after,
      platforms,
      names: parity.names
    }))
  )
}

/** The sections, in their order; the smallest take what they need first. */
function shareRoom(sections: readonly Section[], room: number): string[] {
  const whole = sections.map(({ report }) => Buffer.byteLength(renderReport(report, Infinity)))
  const bySize = sections.map((_, index) => index).sort((left, right) => (whole[left] ?? 0) - (whole[right] ?? 0))
  const texts = new Map<number, string>()
  let left = room
  for (const [place, index] of bySize.entries()) {
    const section = sections[index]
    if (section === undefined) continue
    const title = `\n## ${section.title}\n\n`
    const share = Math.floor(left / (bySize.length - place))
    const text = `${title}${renderReport(section.report, share - Buffer.byteLength(title) - 1)}`
    texts.set(index, text)
    left -= Buffer.byteLength(text) + 1
  }
  return sections.map((_, index) => texts.get(index) ?? '')
}
