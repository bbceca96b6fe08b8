import { writtenPaths, type Bundle } from '../bundle/bundle.js'
import { collectBundles } from '../bundle/collect.js'
import { checkReplaced } from '../bundle/replaced.js'
import { SyncError } from '../common/errors.js'
import type { DesiredFile } from '../common/files.js'
import { readBlob, type Blobs } from '../github/blobs.js'
import type { BundleInputs } from '../inputs/mode.js'
import { findRepublished } from '../lock/origins.js'
import { refuseProblems } from '../lock/verify.js'
import { readPreviousLocks, type PreviousLocks } from '../lockfile/previous.js'
import type { ObservedPullRequest } from '../publish/observe.js'
import { webUrl } from '../upstream/fetch.js'
import { carriedMemories, proposedLockfile, withProposedLockfile } from './fit-bundles.js'
import type { CarriedImage, LockedImages } from './images.js'
import type { Job } from './job.js'
import { observeGitHub, openPullOf, readPreviousContents, type Observation } from './observe.js'
import { refusePointers } from './stored-files.js'

/**
 * Reads the bundles of other jobs, and observes the branch that they are for.
 * @throws SyncError of kind `bundle` or `github`
 */
export async function receiveBundles(given: BundleInputs, job: Job): Promise<LockedImages> {
  const { inputs, runner } = job
  const { upstream } = inputs
  const servers = ['https://github.com', runner.serverUrl, ...(upstream ? [new URL(webUrl(upstream)).origin] : [])]
  const { bundles, failed } = await collectBundles(given, { ...inputs, servers: [...new Set(servers)] })
  return { ...(await fitBundles(bundles, failed, job)), isOwn: false }
}

/**
 * Observes the branch that some bundles are for, and fits them to what is proposed for it already.
 * @param failed the folders of images that could not be locked
 * @throws SyncError of kind `bundle` or `github`
 */
export async function fitBundles(
  bundles: readonly Bundle[],
  failed: readonly string[],
  job: Job
): Promise<Omit<LockedImages, 'isOwn'>> {
  const { runner } = job
  const written = bundles.flatMap(writtenPaths)
  const own = bundles.flatMap(bundle => bundle.inputFiles.map(file => file.path))
  const observation = await observeGitHub(job, { paths: [...own, ...written], failed })
  if (observation.kind !== 'nothing') refuseUnknownInputs(bundles, observation.observed.base.blobs)
  const fitted = await fitToPullRequest(bundles, failed, observation)
  const contents = await readPreviousContents(written, runner.workspace, observation)
  refusePointers(contents)
  for (const bundle of fitted.bundles) checkReplaced(bundle, contents)
  const images = fitted.bundles.map(bundle => ({
    bundle,
    previous: readPreviousLocks(contents, bundle.layout, bundle.solveSettings.platforms)
  }))
  for (const { bundle, previous } of images) refuseChangedPackages(bundle, previous)
  return { images, failed, carried: fitted.carried, observation }
}

/** A package under an address that the base branch has, too, is the same one. */
function refuseChangedPackages({ layout, unified }: Bundle, previous: PreviousLocks): void {
  const earlier = previous.unified === undefined ? [] : [previous.unified]
  refuseProblems(findRepublished({ lockfile: { path: layout.lockfile }, unified, earlier }))
}

/** An environment file that the base branch lacks was reviewed by nobody. */
function refuseUnknownInputs(bundles: readonly Bundle[], base: Blobs): void {
  const odd = bundles.flatMap(({ inputFiles }) => inputFiles).find(({ path }) => !base.has(path))
  if (odd === undefined) return
  throw new SyncError('bundle', `A bundle was made from \`${odd.path}\`, which the base branch does not have.`, {
    hint: 'Commit the environment file, or use `mode: pull-request`, where an earlier step of the job may make it.'
  })
}

interface FittedBundles {
  readonly bundles: readonly Bundle[]
  readonly carried: readonly CarriedImage[]
}

/** Keeps what the open pull request proposes already and is still right. If others have committed there, its memory does not count. */
async function fitToPullRequest(
  bundles: readonly Bundle[],
  failed: readonly string[],
  observation: Observation
): Promise<FittedBundles> {
  const open = openPullOf(observation)
  if (observation.kind !== 'pull-request' || open === undefined || open.memory?.commit !== open.pull.headCommit) {
    return { bundles, carried: [] }
  }
  const { repository, base } = observation.observed
  const fitted = await Promise.all(
    bundles.map(async bundle => {
      const sha = proposedLockfile(bundle, open)
      return sha === undefined ? bundle : withProposedLockfile(bundle, await readBlob(repository, sha))
    })
  )
  const carried = carriedMemories(failed, open, base.blobs, fitted).map(async ([directory, memory]) => {
    const files = memory.files.map(path => readProposed(path, open.blobs, repository))
    return { directory, memory, files: await Promise.all(files) }
  })
  return { bundles: fitted, carried: await Promise.all(carried) }
}

async function readProposed(
  path: string,
  blobs: Blobs,
  repository: ObservedPullRequest['repository']
): Promise<DesiredFile> {
  const sha = blobs.get(path)
  return { path, content: sha === undefined ? undefined : await readBlob(repository, sha) }
}
