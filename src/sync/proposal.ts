import type { ImageMemory } from '../publish/marker.js'
import type { Proposal } from '../publish/proposal.js'
import { SyncError } from '../common/errors.js'
import { blobShas, isContent, type DesiredFile } from '../common/files.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import { renderOutcome, type ComparedImages } from './images.js'

/**
 * All images as one proposal.
 * @throws SyncError of kind `bundle` if two of them want a file to be different
 */
export function proposalOf(all: ComparedImages): Proposal {
  const [single] = all.images.length === 1 && all.failed.length === 0 ? all.images : []
  const locked = all.images.map(({ name, bundle }) => ({ name, files: bundle.files }))
  const kept = all.carried.map(({ directory, files }) => ({ name: directory, files }))
  return {
    files: united([...locked, ...kept]),
    inputFiles: united(all.images.map(({ name, bundle }) => ({ name, files: bundle.inputFiles }))),
    // With several images each has a memory of its own.
    metadata: single?.bundle.unified.custom ?? {},
    images: memoriesOf(all),
    failed: all.failed,
    isProvisional: all.images.some(({ bundle }) => bundle.upstreamVersions.some(({ kind }) => kind === 'unfetched')),
    report: limit => renderOutcome(all, limit)
  }
}

interface FilesOfImage<T> {
  readonly name: string
  readonly files: readonly T[]
}

/** Images may share a copy of an upstream file. */
function united<T extends DesiredFile>(images: readonly FilesOfImage<T>[]): T[] {
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

/** By folder, as the input `images` names them. */
function memoriesOf({ images, carried }: ComparedImages): Readonly<Record<string, ImageMemory>> {
  const memories = new Map(carried.map(({ directory, memory }) => [directory, memory]))
  for (const { bundle } of images) {
    const { workingDirectory, lockfile } = bundle.layout
    const others = memories.get(workingDirectory)
    memories.set(workingDirectory, {
      hashes: { ...others?.hashes, [lockfile]: bundle.unified.custom[INPUTS_HASH] ?? '' },
      inputs: {
        ...others?.inputs,
        ...Object.fromEntries(blobShas(bundle.inputFiles.map(({ path, content }) => [path, content])))
      },
      files: [...(others?.files ?? []), ...bundle.files.map(({ path }) => path)]
    })
  }
  return Object.fromEntries(memories)
}
