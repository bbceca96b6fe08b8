import { imageName, type Bundle } from './bundle/bundle.js'
import { SyncError } from './errors.js'
import { INPUTS_HASH } from './lockfile/propose.js'
import type { Contents, PreviousLocks } from './lockfile/previous.js'
import { loadVersionOrder } from './lockfile/version-order.js'
import { warn } from './log.js'
import type { ImageMemory } from './publish/marker.js'
import type { Proposal } from './publish/proposal.js'
import { renderImages } from './report/images.js'
import { makeReport } from './report/make.js'
import { renderReport } from './report/report.js'
import type { Report } from './report/values.js'
import type { Runner } from './runner.js'
import { blobShas, isContent, type DesiredFile, type RepositoryFile } from './workspace.js'

/** A locked environment, and the locks that it would replace. */
export interface Candidate {
  readonly bundle: Bundle
  readonly previous: PreviousLocks
}

/** A locked environment beside what was there before. */
export interface Image {
  readonly name: string
  readonly bundle: Bundle
  readonly report: Report
  /** Whether any of its files is not what it was. */
  readonly changed: boolean
}

/** All images of a run. */
export interface Images {
  readonly images: readonly Image[]
  /** The folders of those that could not be locked. */
  readonly failed: readonly string[]
  /** What of those the open pull request proposes already. */
  readonly kept: readonly KeptImage[]
}

/** An image that could not be locked, with what an earlier run has proposed for it. */
export interface KeptImage {
  /** Its folder. */
  readonly directory: string
  readonly files: readonly DesiredFile[]
  /** What the pull request remembers of it. */
  readonly memory: ImageMemory
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
export function tellImages({ images, failed, kept }: Images, limit: number): string {
  const [only, ...others] = images
  if (only === undefined) throw new Error('there is no image to tell of')
  if (others.length === 0 && failed.length === 0) return renderReport(only.report, limit)
  const stay = kept.map(({ directory }) => directory)
  return renderImages({ images, failed, kept: stay, runUrl: only.report.runUrl }, limit)
}

/**
 * All images as one proposal.
 * @throws SyncError of kind `bundle` if two of them want a file to be different
 */
export function proposalOf(all: Images): Proposal {
  const [single] = all.images.length === 1 && all.failed.length === 0 ? all.images : []
  const locked = all.images.map(({ name, bundle }) => ({ name, files: bundle.files }))
  const kept = all.kept.map(({ directory, files }) => ({ name: directory, files }))
  return {
    files: united([...locked, ...kept]),
    inputs: united(all.images.map(({ name, bundle }) => ({ name, files: bundle.inputs }))),
    // Of several images only what each was made from counts.
    metadata: single?.bundle.unified.custom ?? {},
    images: memoriesOf(all),
    report: limit => tellImages(all, limit)
  }
}

interface Named {
  readonly path: string
  readonly content: RepositoryFile['content'] | undefined
}

interface FilesOfImage<T> {
  readonly name: string
  readonly files: readonly T[]
}

/** Images may share a copy of an upstream file. */
function united<T extends Named>(images: readonly FilesOfImage<T>[]): T[] {
  const known = new Map<string, { readonly file: T; readonly name: string }>()
  for (const { name, files } of images) {
    for (const file of files) {
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

/** By folder, because that is how the input `images` names those that fail. */
function memoriesOf({ images, kept }: Images): Readonly<Record<string, ImageMemory>> {
  const memories = new Map(kept.map(({ directory, memory }) => [directory, memory]))
  for (const { bundle } of images) {
    const { workingDirectory, lockfile } = bundle.settings
    const before = memories.get(workingDirectory)
    memories.set(workingDirectory, {
      hashes: { ...before?.hashes, [lockfile]: bundle.unified.custom[INPUTS_HASH] ?? '' },
      inputs: {
        ...before?.inputs,
        ...Object.fromEntries(blobShas(bundle.inputs.map(({ path, content }) => [path, content])))
      },
      files: [...(before?.files ?? []), ...bundle.files.map(({ path }) => path)]
    })
  }
  return Object.fromEntries(memories)
}
