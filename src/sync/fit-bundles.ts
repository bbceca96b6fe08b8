import type { Bundle } from '../bundle/bundle.js'
import { blobSha } from '../common/files.js'
import type { Blobs } from '../github/blobs.js'
import { samePackages } from '../lockfile/package.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import { parseUnifiedLock } from '../lockfile/unified.js'
import type { ImageMemory } from '../publish/marker.js'
import type { OpenPull } from '../publish/observe.js'
import { differing } from '../publish/proposal.js'

// The jobs that locked did not see the open pull request. What it proposes already and is still right stays unchanged.

/** The blob of the lockfile that the pull request proposes, where that is the only file in which a bundle differs from it. */
export function proposedLockfile({ layout, files }: Bundle, { blobs }: OpenPull): string | undefined {
  const [odd, ...others] = differing(files, blobs)
  return odd?.path === layout.lockfile && others.length === 0 ? blobs.get(layout.lockfile) : undefined
}

/**
 * A lockfile with the packages that the pull request proposes for the same inputs keeps the bytes that it has there: the day of
 * the lock and an unrelated commit of upstream are no reason to update the pull request.
 * @param content of {@link proposedLockfile}
 */
export function withProposedLockfile(bundle: Bundle, content: Uint8Array): Bundle {
  const { lockfile } = bundle.layout
  const unified = parseUnifiedLock(Buffer.from(content).toString('utf8'))
  const isSame =
    unified.custom[INPUTS_HASH] === bundle.unified.custom[INPUTS_HASH] &&
    samePackages(unified.packages, bundle.unified.packages)
  if (!isSame) return bundle
  const files = bundle.files.map(file => (file.path === lockfile ? { path: lockfile, content } : file))
  return { ...bundle, unified, files }
}

/**
 * What the pull request goes on to propose for images that could not be locked this time, by folder: as long as the base branch
 * has the environment files that it was made from, and no other image wants a copy that both have to be different.
 */
export function carriedMemories(
  failed: readonly string[],
  { memory, blobs }: OpenPull,
  base: Blobs,
  bundles: readonly Bundle[]
): (readonly [directory: string, memory: ImageMemory])[] {
  const wanted = new Map(
    bundles.flatMap(({ files }) => files.map(({ path, content }) => [path, content && blobSha(content)] as const))
  )
  return failed.flatMap(directory => {
    const image = memory?.images[directory]
    if (image === undefined) return []
    const clashes = image.files.some(path => wanted.has(path) && wanted.get(path) !== blobs.get(path))
    const isStale = Object.entries(image.inputs).some(([path, sha]) => base.get(path) !== sha)
    return clashes || isStale ? [] : [[directory, image] as const]
  })
}
