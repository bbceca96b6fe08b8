import type { NamedPackages } from '../environment/named.js'
import { type Change, packageOf } from '../lockfile/compare.js'
import { namedIn } from './changes.js'
import { sourceOf } from './channels.js'
import type { Report, UpstreamReport } from './values.js'

/** An image, and what is told of it. */
export interface ImageReport {
  /** Its folder or its lockfile. */
  readonly name: string
  readonly report: Report
  /** Whether any of its files is not what it was. */
  readonly changed: boolean
}

/** Several images, what they have in common told apart. */
export interface SharedChanges {
  /** What happened alike to all images that had a lock before; undefined if that is nothing. */
  readonly common: Report | undefined
  readonly images: readonly ImageReport[]
}

/**
 * Takes out of the reports what happened alike in all images, so that a reader reads it once. Images on one base mostly change
 * alike; one that is locked for the first time has nothing to be compared with.
 */
export function shareCommon(images: readonly ImageReport[]): SharedChanges {
  const compared = images.filter(({ report }) => report.before !== undefined)
  const [first, ...others] = compared
  if (first === undefined || others.length === 0) return { common: undefined, images }
  const shared = intersect(compared.map(signaturesOf))
  const upstream = commonUpstream(compared)
  if (shared.size === 0 && upstream === undefined) return { common: undefined, images }
  return {
    common: commonReport(first, shared, upstream),
    images: images.map(image => (compared.includes(image) ? withoutCommon(image, shared, upstream) : image))
  }
}

/**
 * What happened to each package: by platform and name, because what changes between conda and pip is removed from one and
 * added to the other.
 */
type Signatures = ReadonlyMap<string, string>

function signaturesOf({ name, report }: ImageReport): Signatures {
  const known = new Set(report.before?.map(sourceOf))
  const signatures = new Map<string, string>()
  for (const change of report.comparison.changes) {
    const { manager, version, url, hash } = packageOf(change)
    const from = change.kind === 'added' ? '' : [change.previous.version, change.previous.url]
    const file = localName(name, namedIn(report, change) ?? '')
    const source = change.kind === 'removed' || known.has(sourceOf(change.next))
    const signature = JSON.stringify([change.kind, manager, from, version, url, hash, file, source])
    signatures.set(platformAndName(change), `${signatures.get(platformAndName(change)) ?? ''}${signature}`)
  }
  return signatures
}

function platformAndName(change: Change): string {
  const { platform, name } = packageOf(change)
  return `${platform} ${name}`
}

/** The places that all have, with the same signature. */
function intersect([first, ...others]: readonly Signatures[]): ReadonlySet<string> {
  const places = [...(first ?? [])].filter(([place, signature]) =>
    others.every(signatures => signatures.get(place) === signature)
  )
  return new Set(places.map(([place]) => place))
}

/** The name of a file within the image's folder. */
function localName(image: string, path: string): string {
  return path.startsWith(`${image}/`) ? path.slice(image.length + 1) : path
}

/** What upstream changed, if it is the same for all. */
function commonUpstream(images: readonly ImageReport[]): UpstreamReport | undefined {
  const local = images.map(
    ({ name, report: { upstream } }) =>
      upstream && {
        ...upstream,
        patches: upstream.patches.map(patch => ({ ...patch, local: localName(name, patch.local) }))
      }
  )
  const [first, ...others] = local
  const isSame = others.every(other => JSON.stringify(other) === JSON.stringify(first))
  return isSame && first !== undefined && first.patches.length > 0 ? first : undefined
}

function withoutPatches(upstream: UpstreamReport | undefined): UpstreamReport | undefined {
  return upstream && { ...upstream, patches: [] }
}

function commonReport(
  { name, report }: ImageReport,
  shared: ReadonlySet<string>,
  upstream: UpstreamReport | undefined
): Report {
  const local = (named: NamedPackages) => new Map([...named].map(([key, file]) => [key, localName(name, file)]))
  return {
    ...report,
    audience: 'common',
    downloads: [],
    clashes: [],
    comparison: {
      changes: report.comparison.changes.filter(change => shared.has(platformAndName(change))),
      droppedPlatforms: []
    },
    named: { before: local(report.named.before), after: local(report.named.after) },
    upstream: upstream ?? withoutPatches(report.upstream)
  }
}

function withoutCommon(
  image: ImageReport,
  shared: ReadonlySet<string>,
  upstream: UpstreamReport | undefined
): ImageReport {
  const { report } = image
  const { changes, droppedPlatforms } = report.comparison
  return {
    ...image,
    report: {
      ...report,
      comparison: { changes: changes.filter(change => !shared.has(platformAndName(change))), droppedPlatforms },
      apart: shared.size > 0,
      upstream: upstream === undefined ? report.upstream : withoutPatches(report.upstream)
    }
  }
}
