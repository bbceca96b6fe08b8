import { lookAtGitHub, readOldFiles, type Look } from './before.js'
import { writtenPaths, type Bundle } from './bundle/bundle.js'
import { collectBundles } from './bundle/collect.js'
import { checkReplaced } from './bundle/replaced.js'
import type { Work } from './deliver.js'
import { SyncError } from './errors.js'
import type { KeptImage } from './images.js'
import type { BundleInputs } from './inputs/mode.js'
import type { Job } from './job.js'
import { samePackages } from './lockfile/package.js'
import { readPreviousLocks } from './lockfile/previous.js'
import { INPUTS_HASH } from './lockfile/propose.js'
import { parseUnifiedLock } from './lockfile/unified.js'
import type { Observed, Open } from './publish/observe.js'
import { differing } from './publish/proposal.js'
import { readBlob, readBlobs, type Blobs, type Target } from './publish/repository.js'
import { webUrl } from './upstream/fetch.js'
import { blobSha, type DesiredFile } from './workspace.js'

/**
 * Takes the locked environments of other jobs, and looks at what they are for.
 * @throws SyncError of kind `bundle` or `github`
 */
export async function takeBundles(given: BundleInputs, { inputs, runner, deadline }: Job): Promise<Work> {
  const servers = ['https://github.com', runner.serverUrl, new URL(webUrl(inputs.upstream)).origin]
  const { bundles, failed } = await collectBundles(given, { ...inputs, servers: [...new Set(servers)] })
  const written = bundles.flatMap(writtenPaths)
  const own = bundles.flatMap(bundle => bundle.inputs.map(file => file.path))
  const github = await lookAtGitHub(inputs, runner, [...own, ...written], deadline)
  if (github.kind !== 'nothing') checkInputs(bundles, github.observed.base.blobs)
  const { bundles: fitted, ...seen } = await fitIn(bundles, failed, github)
  const old = await readOldFiles(written, runner, github)
  for (const bundle of fitted) checkReplaced(bundle, old)
  const candidates = fitted.map(bundle => {
    const { settings, solve } = bundle
    const previous = readPreviousLocks(old, settings.lockfile, settings.explicitLockfile, solve.platforms)
    return { bundle, previous }
  })
  return { ...seen, candidates, isOwn: false, failed, old }
}

/** What no branch has, nobody can have reviewed. */
function checkInputs(bundles: readonly Bundle[], base: Blobs): void {
  const odd = bundles.flatMap(({ inputs }) => inputs).find(({ path }) => !base.has(path))
  if (odd === undefined) return
  throw new SyncError('bundle', `A bundle was made from \`${odd.path}\`, which the base branch does not have.`, {
    hint: 'Commit the environment file, or use `mode: pull-request`, where an earlier step of the job may make it.'
  })
}

/** The jobs that locked have not seen the open pull request; what it has already, and is still right, stays as it is. */
async function fitIn(
  bundles: readonly Bundle[],
  failed: readonly string[],
  github: Look
): Promise<Pick<Work, 'kept' | 'github'> & { bundles: readonly Bundle[] }> {
  const observed = github.kind === 'pull-request' ? github.observed : undefined
  const open = observed?.open
  // What somebody else has committed there says nothing.
  if (observed === undefined || open === undefined || open.memory?.commit !== open.pull.headCommit) {
    return { bundles, kept: [], github }
  }
  const fitted = await Promise.all(bundles.map(bundle => keepBytes(bundle, open, observed.target)))
  const found = await Promise.all(failed.map(directory => keepFailed(directory, open, observed, fitted)))
  // Nobody knew before that these files count.
  const blobs = new Map([observed.base.blobs, ...found.flat().map(({ base }) => base)].flatMap(more => [...more]))
  const base = { ...observed.base, blobs }
  const kept = found.flat().map(({ image }) => image)
  return { bundles: fitted, kept, github: { kind: 'pull-request', observed: { ...observed, base } } }
}

/**
 * A lockfile with the packages that the pull request proposes for the same inputs keeps its bytes: the day of the lock and an
 * unrelated commit of upstream are no reason to update the pull request.
 */
async function keepBytes(bundle: Bundle, open: Open, target: Target): Promise<Bundle> {
  const { lockfile } = bundle.settings
  const [odd, ...others] = differing(bundle.files, open.blobs)
  const sha = open.blobs.get(lockfile)
  if (odd?.path !== lockfile || others.length > 0 || sha === undefined) return bundle
  const content = await readBlob(target, sha)
  const unified = parseUnifiedLock(Buffer.from(content).toString('utf8'))
  const isSame =
    unified.custom[INPUTS_HASH] === bundle.unified.custom[INPUTS_HASH] &&
    samePackages(unified.packages, bundle.unified.packages)
  if (!isSame) return bundle
  const files = bundle.files.map(file => (file.path === lockfile ? { path: lockfile, content } : file))
  return { ...bundle, unified, files }
}

/**
 * What the pull request proposes for an image that could not be locked this time, as long as the base branch has the
 * environment files that it was made from, and no other image wants a copy that both have to be different.
 */
async function keepFailed(
  directory: string,
  { memory, blobs }: Open,
  { target, base }: Observed,
  bundles: readonly Bundle[]
): Promise<{ image: KeptImage; base: Blobs }[]> {
  const image = memory?.images[directory]
  if (image === undefined) return []
  const wanted = new Map(
    bundles.flatMap(({ files }) => files.map(({ path, content }) => [path, content && blobSha(content)] as const))
  )
  if (image.files.some(path => wanted.has(path) && wanted.get(path) !== blobs.get(path))) return []
  const inputs = Object.keys(image.inputs)
  const now = (await readBlobs(target, base.tree, [...inputs, ...image.files])).blobs
  if (inputs.some(path => now.get(path) !== image.inputs[path])) return []
  const files = image.files.map(async (path): Promise<DesiredFile> => {
    const sha = blobs.get(path)
    return { path, content: sha === undefined ? undefined : await readBlob(target, sha) }
  })
  return [{ image: { directory, memory: image, files: await Promise.all(files) }, base: now }]
}
