import { SyncError } from '../common/errors.js'
import { enumerate } from '../common/sentences.js'
import { code } from '../common/markdown.js'
import { readBlobs } from '../github/blobs.js'
import type { ImageMemory } from './marker.js'
import type { ObservedPullRequest, OpenPull } from './observe.js'
import type { Proposal } from './proposal.js'

type Images = Readonly<Record<string, ImageMemory>>

/**
 * Refuses to take over a pull request that proposes images which this run does not know: two workflows with one branch would
 * throw each other's out, every night. An image whose environment files the base branch no longer has may go.
 * @throws SyncError of kind `github` that names both
 */
export async function refuseForeign(
  { repository, branches, base }: ObservedPullRequest,
  { pull, memory }: OpenPull,
  { images, failed = [] }: Proposal
): Promise<void> {
  const own = lockfilesOf(images)
  const others = Object.entries(memory?.images ?? {}).filter(
    ([folder, { hashes }]) => !failed.includes(folder) && Object.keys(hashes).some(lockfile => !own.includes(lockfile))
  )
  if (others.length === 0) return
  const paths = others.flatMap(([, { inputs }]) => Object.keys(inputs))
  const { blobs } = await readBlobs(repository, base.tree, paths)
  const foreign = others.filter(([, { inputs }]) => {
    const read = Object.keys(inputs)
    return read.length === 0 || read.some(path => blobs.has(path))
  })
  if (foreign.length === 0) return
  const theirs = names(lockfilesOf(Object.fromEntries(foreign)).filter(lockfile => !own.includes(lockfile)))
  throw new SyncError(
    'github',
    `Pull request #${pull.number} from \`${branches.head}\` proposes ${theirs}, and this run is for ${names(own)} only.`,
    {
      hint: 'Give each workflow a `branch` of its own, or publish all images by one (`mode: publish`). If nothing locks the other any more, close that pull request.'
    }
  )
}

function lockfilesOf(images: Images): string[] {
  return Object.values(images).flatMap(({ hashes }) => Object.keys(hashes))
}

function names(lockfiles: readonly string[]): string {
  return enumerate(lockfiles.map(code))
}
