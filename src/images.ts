import { createHash } from 'node:crypto'
import { imageName, type Bundle } from './bundle/bundle.js'
import { SyncError } from './errors.js'
import { INPUTS_HASH } from './lockfile/propose.js'
import type { Contents, PreviousLocks } from './lockfile/previous.js'
import { loadVersionOrder } from './lockfile/version-order.js'
import { warn } from './log.js'
import type { Proposal } from './publish/publish.js'
import { renderImages } from './report/images.js'
import { makeReport } from './report/make.js'
import { renderReport } from './report/report.js'
import type { Report } from './report/values.js'
import type { Runner } from './runner.js'
import { isContent, type RepositoryFile } from './workspace.js'

/** A locked environment beside what was there before. */
export interface Image {
  readonly name: string
  readonly bundle: Bundle
  readonly report: Report
  /** Whether any of its files is not what it was. */
  readonly changed: boolean
}

/** A bundle, and the locks that its lockfiles replace. */
export interface Candidate {
  readonly bundle: Bundle
  readonly previous: PreviousLocks
}

/** All images of a run, and the names of those that could not be locked. */
export interface Images {
  readonly images: readonly Image[]
  readonly failed: readonly string[]
}

/**
 * Compares locked environments with what was there before.
 * @param isReviewed whether somebody is asked to merge what has changed
 */
export async function compareImages(
  candidates: readonly Candidate[],
  old: Contents,
  runner: Runner,
  isReviewed: boolean
): Promise<Image[]> {
  const order = await loadVersionOrder()
  return candidates.map(({ bundle, previous }) => {
    const { settings, files } = bundle
    previous.warnings.forEach(warn)
    const changed = files.some(file => !isContent(file, old.get(file.path)))
    const reader = candidates.length > 1 ? 'section' : 'reviewer'
    const audience = isReviewed && changed ? reader : 'owner'
    return {
      name: imageName(settings),
      bundle,
      changed,
      report: makeReport({ bundle, audience, runner, old, previous }, order)
    }
  })
}

/** What is told of all images, as Markdown of at most so many bytes. */
export function tellImages({ images, failed }: Images, limit: number): string {
  const [only, ...others] = images
  if (only === undefined) throw new Error('there is no image to tell of')
  if (others.length === 0 && failed.length === 0) return renderReport(only.report, limit)
  return renderImages({ images, failed, runUrl: only.report.runUrl }, limit)
}

/**
 * All images as one proposal.
 * @throws SyncError of kind `bundle` if two of them want a file to be different
 */
export function proposalOf({ images, failed }: Images): Proposal {
  const bundles = images.map(({ bundle }) => bundle)
  return {
    files: united(images, ({ files }) => files),
    inputs: united(images, ({ inputs }) => inputs),
    metadata: metadataOf(bundles),
    report: limit => tellImages({ images, failed }, limit)
  }
}

interface Named {
  readonly path: string
  readonly content: RepositoryFile['content'] | undefined
}

/** Images may share a copy of an upstream file. */
function united<T extends Named>(images: readonly Image[], filesOf: (bundle: Bundle) => readonly T[]): T[] {
  const known = new Map<string, { readonly file: T; readonly name: string }>()
  for (const { bundle, name } of images) {
    for (const file of filesOf(bundle)) {
      const other = known.get(file.path)
      if (other !== undefined && !isContent(file, other.file.content)) throw disagree(file.path, other.name, name)
      known.set(file.path, { file, name })
    }
  }
  return [...known.values()].map(({ file }) => file)
}

function disagree(path: string, left: string, right: string): SyncError {
  return new SyncError('bundle', `The images ${left} and ${right} both have \`${path}\`, with different content.`, {
    hint: 'If it is a copy of an upstream file, upstream has moved while they were locked: run the workflow again. Otherwise give each image a file of its own.'
  })
}

/** For one image what its lockfile says; of several only what they were made from counts. */
function metadataOf(bundles: readonly Bundle[]): Readonly<Record<string, string>> {
  const [only, ...others] = bundles
  if (only !== undefined && others.length === 0) return only.unified.custom
  const hash = createHash('sha256')
  for (const { settings, unified } of bundles)
    hash.update(`${settings.lockfile} ${unified.custom[INPUTS_HASH] ?? ''}\n`)
  return { [INPUTS_HASH]: hash.digest('hex') }
}
