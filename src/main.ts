import { fileURLToPath } from 'node:url'
import { lockPaths, writtenPaths, type Bundle } from './bundle/bundle.js'
import { collectBundles } from './bundle/collect.js'
import { writeBundle } from './bundle/write.js'
import type { Deadline } from './deadline.js'
import type { Merge } from './environment/merge.js'
import { checkMerge } from './environment/preflight.js'
import { SyncError } from './errors.js'
import { connect } from './github.js'
import { asUpstream, judge } from './check.js'
import { compareImages, proposalOf, type Images } from './images.js'
import type { BundleInputs, Inputs, Mode } from './inputs.js'
import { openLocker, type Locked } from './lock/lock.js'
import { checkOrigins } from './lock/origins.js'
import { readPreviousLocks, type Contents, type PreviousLocks } from './lockfile/previous.js'
import { proposeCompanions } from './lock/companion.js'
import { proposeLockfiles } from './lockfile/propose.js'
import { log, stage, warnAt } from './log.js'
import { readLookup } from './lookup.js'
import { makePlan, type KnownCopies, type Plan } from './plan.js'
import { observe, readBaseFile, type Observed } from './publish/observe.js'
import { publish, type Published } from './publish/publish.js'
import type { Blobs } from './publish/repository.js'
import { commitStraight, observeBranch, type ObservedBranch } from './publish/straight.js'
import { lostSpecs, namedPackages } from './report/named.js'
import { readUpstreamLocks } from './report/upstream-locks.js'
import type { Runner } from './runner.js'
import { fetchUpstream, fetchUpstreamLock, type Upstream } from './upstream/fetch.js'
import { checkUpstream, defaultChannels } from './upstream/policy.js'
import {
  blobSha,
  isContent,
  placeFiles,
  readEnvironmentFiles,
  readWorkspaceFile,
  type DesiredFile,
  type RepositoryFile
} from './workspace.js'

/** What a run has done. */
export interface Outcome extends Images {
  readonly done: Done
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<string, number>>
}

/** What has become of the locked files. */
export type Done =
  | Published
  | { readonly operation: 'files' }
  | { readonly operation: 'bundled'; readonly folder: string }
  | {
      readonly operation: 'checked'
      /** Why the check fails. */
      readonly problem: string | undefined
    }

/** Beside `src/` as beside `dist/`. */
const SOLVER = fileURLToPath(new URL('../solver', import.meta.url))

/**
 * The whole job: upstream's files and the repository's own are locked in one solve, checked, compared with what was there
 * before, and delivered. The two halves, locking and publishing, meet in bundles, which may come from other jobs.
 * @param dryRun whether no file is to change; for modes that change nothing else
 * @throws SyncError; nothing has changed then, unless it is GitHub that failed at the very end
 */
export async function sync(inputs: Inputs, runner: Runner, deadline: Deadline, dryRun = false): Promise<Outcome> {
  if (inputs.mode.kind === 'check') return check(inputs, runner, deadline)
  const given = bundlesOf(inputs.mode)
  const { bundles, failed, old, github } =
    given === undefined ? await lockHere(inputs, runner, deadline) : await takeBundles(given, inputs, runner, deadline)
  const isReviewed = github.kind === 'pull-request'
  const images = await stage('Comparing', () => compareImages(bundles, old, runner, isReviewed))
  if (given === undefined && inputs.mode.kind !== 'lock' && !dryRun) {
    await placeInWorkspace(
      runner.workspace,
      bundles.flatMap(({ files }) => files)
    )
  }
  const [first] = bundles
  const seconds = first === undefined || bundles.length > 1 ? {} : first.seconds
  const done: Done = dryRun ? { operation: 'files' } : await deliver({ images, failed }, github, inputs.mode)
  return { images, failed, seconds, done }
}

/** Compares the lockfiles of the checkout with what they were made from; only what no hash can decide is solved. */
async function check(inputs: Inputs, runner: Runner, deadline: Deadline): Promise<Outcome> {
  const own = await readEnvironmentFiles(runner.workspace, inputs.environmentFiles)
  const copies = await readEnvironmentFiles(
    runner.workspace,
    inputs.upstream.files.map(file => file.local)
  )
  const old = await readOldFiles(lockPaths(inputs), runner, { kind: 'nothing' })
  const previous = readPreviousLocks(old, inputs.lockfile, inputs.explicitLockfile, inputs.platforms)
  const upstream = asUpstream(inputs, copies, previous)
  const plan = makePlan(inputs, upstream, own, [], await readLookup(inputs, runner))
  const verdict = judge(inputs, plan, old, previous)
  const bundle = verdict.bundle ?? (await lock(inputs, own, upstream, plan, old, previous, runner, deadline))
  const before = new Map([...old, ...copies.map(({ path, content }) => [path, content] as const)])
  const images = await compareImages([{ ...bundle, inputs: own, upstream }], before, runner, false)
  return { images, failed: [], seconds: bundle.seconds, done: { operation: 'checked', problem: verdict.problem } }
}

/** What a run has to deliver, and what it has seen on GitHub. */
interface Work {
  readonly bundles: readonly Bundle[]
  readonly failed: readonly string[]
  readonly old: Contents
  readonly github: Look
}

/** What was seen on GitHub; nothing, if the run does nothing there. */
type Look =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'pull-request'; readonly observed: Observed }
  | { readonly kind: 'branch'; readonly observed: ObservedBranch }

/** The publishing half. */
async function deliver(images: Images, github: Look, mode: Mode): Promise<Done> {
  if (mode.kind === 'lock') {
    const [image] = images.images
    if (image === undefined) throw new Error('nothing was locked')
    await writeBundle(mode.folder, image.bundle, image.report.comparison)
    return { operation: 'bundled', folder: mode.folder }
  }
  const proposal = proposalOf(images)
  if (github.kind === 'pull-request') return publish(github.observed, proposal)
  if (mode.kind === 'commit' && github.kind === 'branch') return commitStraight(github.observed, proposal, mode.message)
  return { operation: 'files' }
}

function bundlesOf(mode: Mode): BundleInputs | undefined {
  return mode.kind === 'publish' || mode.kind === 'commit' ? mode.bundles : undefined
}

/** The locked environments of other jobs. */
async function takeBundles(given: BundleInputs, inputs: Inputs, runner: Runner, deadline: Deadline): Promise<Work> {
  const { bundles, failed } = await collectBundles(given, inputs)
  const written = bundles.flatMap(writtenPaths)
  const own = bundles.flatMap(bundle => bundle.inputs.map(file => file.path))
  const github = await lookAtGitHub(inputs, runner, [...own, ...written], deadline)
  if (github.kind !== 'nothing') checkInputs(bundles, github.observed.base.blobs)
  return { bundles, failed, old: await readOldFiles(written, runner, github), github }
}

/** What no branch has, nobody can have reviewed. */
function checkInputs(bundles: readonly Bundle[], base: Blobs): void {
  const odd = bundles.flatMap(({ inputs }) => inputs).find(({ path }) => !base.has(path))
  if (odd === undefined) return
  throw new SyncError('bundle', `A bundle was made from \`${odd.path}\`, which the base branch does not have.`, {
    hint: 'Commit the environment file, or use `mode: pull-request`, where an earlier step of the job may make it.'
  })
}

/** The locking half: one environment, of files that are here. */
async function lockHere(inputs: Inputs, runner: Runner, deadline: Deadline): Promise<Work> {
  const own = await readEnvironmentFiles(runner.workspace, inputs.environmentFiles)
  const written = [...inputs.upstream.files.map(file => file.local), ...lockPaths(inputs)]
  const github = await lookAtGitHub(inputs, runner, [...inputs.environmentFiles, ...written], deadline)
  const old = await readOldFiles(written, runner, github)
  const observed = github.kind === 'pull-request' ? github.observed : undefined

  const upstreamGitHub = connect({ ...inputs.upstream, deadline, log })
  const upstream = await stage('Fetching upstream', () => fetchUpstream(upstreamGitHub, inputs.upstream))
  log(`Upstream: ${upstream.repository} at ${upstream.commit}.`)
  const previous = readPreviousLocks(old, inputs.lockfile, inputs.explicitLockfile, inputs.platforms)
  const plan = makePlan(inputs, upstream, own, knownCopies(old, previous, observed), await readLookup(inputs, runner))
  const bundle = await lock(inputs, own, upstream, plan, old, previous, runner, deadline)

  const isNews = bundle.files.some(file => !isContent(file, old.get(file.path))) && !isProposed(bundle.files, observed)
  const theirs = isNews ? await fetchUpstreamLock(upstreamGitHub, inputs.upstream, upstream.commit) : undefined
  const upstreamVersions = readUpstreamLocks(theirs === undefined ? [] : [theirs], inputs.sameVersion)
  return { bundles: [{ ...bundle, upstreamVersions }], failed: [], old, github }
}

async function lock(
  inputs: Inputs,
  own: readonly RepositoryFile[],
  upstream: Upstream,
  plan: Plan,
  old: Contents,
  previous: PreviousLocks,
  runner: Runner,
  deadline: Deadline
): Promise<Bundle> {
  const { locked, merge } = await lockChecked(plan, inputs, runner, previous, deadline)
  const copies = upstream.files.map(({ local, content }) => ({ path: local, content }))
  return {
    settings: inputs,
    solve: plan.settings,
    inputs: own,
    files: [...copies, ...proposeLockfiles(old, previous, locked), ...proposeCompanions(old, locked.companions)],
    upstream,
    upstreamVersions: [],
    unified: locked.unified,
    explicit: locked.explicit,
    named: namedPackages(merge),
    overlaps: lostSpecs(merge),
    tools: [
      `conda-lock ${locked.tools.condaLock}`,
      inputs.condaExecutable === undefined ? `py-rattler ${locked.tools.pyRattler}` : plan.settings.solver
    ],
    tables: locked.tables,
    seconds: locked.seconds
  }
}

/** Checks what upstream brings in and how the files merge, then locks, then checks where the packages come from. */
async function lockChecked(
  plan: Plan,
  inputs: Inputs,
  runner: Runner,
  previous: PreviousLocks,
  deadline: Deadline
): Promise<{ locked: Locked; merge: Merge }> {
  const locker = await stage('Getting conda-lock ready', () => openLocker(plan, inputs, runner, SOLVER, deadline))
  try {
    const specs = await stage('Reading the specs', () => locker.readSpecs())
    const allowedChannels = inputs.allowedChannels ?? defaultChannels(plan.own)
    checkUpstream(plan.upstream, specs, { allowedChannels, platforms: inputs.platforms })
    const { merge, warnings } = checkMerge(plan.environments, specs, inputs.onOverlap)
    for (const { message, place } of warnings) warnAt(message, place)
    const locked = await stage('Locking and reading back', () => locker.lock(specs))
    const channels = specs.specs.map(spec => spec.channel).filter(channel => channel !== '')
    checkOrigins(locked.unified, { channels, channelAlias: inputs.channelAlias, previous: previous.unified })
    if (inputs.trialCommand !== undefined) await locker.tryInstall(locked, inputs.trialCommand)
    return { locked, merge }
  } finally {
    await locker.close()
  }
}

async function lookAtGitHub(
  { mode }: Inputs,
  runner: Runner,
  paths: readonly string[],
  deadline: Deadline
): Promise<Look> {
  if (!('token' in mode)) return { kind: 'nothing' }
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log })
  return mode.kind === 'commit'
    ? { kind: 'branch', observed: await observeBranch(github, mode, paths) }
    : { kind: 'pull-request', observed: await observe(github, mode, runner, paths) }
}

/** The copies of upstream files that the base branch has, and those that the open pull request proposes. */
function knownCopies(old: Contents, previous: PreviousLocks, observed: Observed | undefined): KnownCopies[] {
  const blobs = new Map([...old].map(([path, content]) => [path, blobSha(content)]))
  const open = observed?.open
  return [
    { blobs, metadata: previous.unified?.custom ?? {} },
    ...(open === undefined ? [] : [{ blobs: open.blobs, metadata: open.memory?.metadata ?? {} }])
  ]
}

/** The files of before: those of the base branch, or without one those of the checkout. */
async function readOldFiles(written: readonly string[], { workspace }: Runner, github: Look): Promise<Contents> {
  const entries = [...new Set(written)].map(async path => {
    const content = await (github.kind === 'nothing'
      ? readWorkspaceFile(workspace, path)
      : readBaseFile(github.observed, workspace, path))
    return content === undefined ? [] : [[path, content] as const]
  })
  return new Map((await Promise.all(entries)).flat())
}

/** Whether the open pull request has these very files, so that nobody needs to be told again. */
function isProposed(files: readonly DesiredFile[], observed: Observed | undefined): boolean {
  const blobs = observed?.open?.blobs
  return blobs !== undefined && files.every(({ path, content }) => blobs.get(path) === (content && blobSha(content)))
}

async function placeInWorkspace(workspace: string, files: readonly DesiredFile[]): Promise<void> {
  const present = await Promise.all(files.map(file => readWorkspaceFile(workspace, file.path)))
  await placeFiles(
    workspace,
    files.filter((file, index) => !isContent(file, present[index]))
  )
}
