import { fileURLToPath } from 'node:url'
import { ahead } from './ahead.js'
import { isProposed, knownCopies, lookAtGitHub, readOldFiles } from './before.js'
import { lockPaths, type Bundle } from './bundle/bundle.js'
import { asUpstream, judge, readCopies } from './check.js'
import type { Deadline } from './deadline.js'
import { compareAndDeliver, deliverStanding, type Delivered, type Done } from './deliver.js'
import { connect } from './github.js'
import { compareImages } from './images.js'
import type { Inputs } from './inputs.js'
import type { BundleInputs, Mode } from './inputs/mode.js'
import type { Job } from './job.js'
import { earlyTools } from './lock/tools.js'
import { readPreviousLocks } from './lockfile/previous.js'
import { parseLockHead } from './lockfile/unified.js'
import { loadVersionOrder } from './lockfile/version-order.js'
import { lock, type Sources } from './locking.js'
import { log, stage } from './log.js'
import { inputFiles, readOwn } from './own.js'
import { makePlan } from './plan.js'
import { readUpstreamLocks } from './report/upstream-locks.js'
import type { Runner } from './runner.js'
import { findStanding, type Standing } from './standing.js'
import { takeBundles } from './taken.js'
import { fetchUpstream, fetchUpstreamLock, type Upstream } from './upstream/fetch.js'
import { blobShas, isContent } from './workspace.js'

/** What a run has done. */
export type Outcome = Compared | Kept

interface Compared extends Delivered {
  readonly kind: 'compared'
}

/** Nothing was solved, because what stands is a lock of the same inputs. */
export interface Kept {
  readonly kind: 'kept'
  /** Whether it is the open pull request that stands. */
  readonly changed: boolean
  readonly upstream: Upstream
  readonly done: Done
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
  const tools = earlyTools(inputs, runner, SOLVER, deadline)
  const job = { inputs, runner, deadline, tools, dryRun }
  try {
    if (inputs.mode.kind === 'check') return await check(job)
    const given = bundlesOf(inputs.mode)
    if (given === undefined) return await lockAndDeliver(job)
    return { kind: 'compared', ...(await compareAndDeliver(await takeBundles(given, job), job)) }
  } finally {
    await tools.close()
  }
}

function bundlesOf(mode: Mode): BundleInputs | undefined {
  return mode.kind === 'publish' || mode.kind === 'commit' ? mode.bundles : undefined
}

/** Compares the lockfiles of the checkout with what they were made from; only what no hash can decide is solved. */
async function check({ inputs, runner, tools }: Job): Promise<Outcome> {
  const own = await readOwn(inputs, runner)
  const local = inputs.upstream.files.map(file => file.local)
  const copies = await readCopies(runner.workspace, local)
  const old = await readOldFiles(lockPaths(inputs), runner, { kind: 'nothing' })
  const previous = readPreviousLocks(old, inputs.lockfile, inputs.explicitLockfile, inputs.platforms)
  const upstream = asUpstream(inputs, copies, previous)
  const plan = makePlan(inputs, upstream, own.environments, [], own)
  const verdict = judge(inputs, plan, old, previous)
  const sources = { inputs, own, upstream, plan, old, previous }
  const bundle = verdict.bundle ? { ...verdict.bundle, inputs: inputFiles(own), upstream } : await lock(sources, tools)
  const before = new Map([...old, ...copies.map(({ path, content }) => [path, content] as const)])
  const images = await compareImages([{ bundle, previous }], before, runner, false)
  const done: Done = { operation: 'checked', problem: verdict.problem }
  return { kind: 'compared', images, failed: [], kept: [], seconds: bundle.seconds, done }
}

/** The locking half: one environment, of files that are here. What it makes is delivered. */
async function lockAndDeliver(job: Job): Promise<Outcome> {
  const { inputs, runner, deadline, tools } = job
  // Python loads conda-lock while GitHub is asked. Where a solve may not be needed, nothing is loaded for it.
  if (inputs.relock.kind === 'always') tools.begin()
  const own = await readOwn(inputs, runner)
  const written = [...inputs.upstream.files.map(file => file.local), ...lockPaths(inputs)]
  const read = inputFiles(own).map(file => file.path)
  const upstreamGitHub = connect({ ...inputs.upstream, deadline, log })
  const fetching = ahead(stage('Fetching upstream', () => fetchUpstream(upstreamGitHub, inputs.upstream)))
  const github = await lookAtGitHub(inputs, runner, [...read, ...written], deadline)
  const observed = github.kind === 'pull-request' ? github.observed : undefined
  const old = await readOldFiles(written, runner, github)
  const upstream = await fetching
  log(`Upstream: ${upstream.repository} at ${upstream.commit}.`)

  const base = blobShas(old)
  const custom = parseLockHead(Buffer.from(old.get(inputs.lockfile) ?? []).toString('utf8'))
  const plan = makePlan(inputs, upstream, own.environments, knownCopies(base, custom, observed), own)
  const standing = findStanding({ inputs, plan, old, base, custom, observed })
  if (standing !== undefined && inputs.mode.kind !== 'lock') {
    logStanding(standing)
    const proposal = { inputs: inputFiles(own), metadata: plan.metadata, images: {}, report: () => '' }
    const done = await deliverStanding(standing, proposal, github, inputs.mode)
    return { kind: 'kept', changed: standing.kind === 'proposed', upstream, done }
  }

  const previous = readPreviousLocks(old, inputs.lockfile, inputs.explicitLockfile, inputs.platforms)
  const sources = { inputs, own, upstream, plan, old, previous }
  void ahead(loadVersionOrder()) // while conda-lock is at work
  const bundle = bundleStanding(standing, sources) ?? (await lock(sources, tools))
  const isNews = bundle.files.some(file => !isContent(file, old.get(file.path))) && !isProposed(bundle.files, observed)
  const theirs = isNews ? await fetchUpstreamLock(upstreamGitHub, inputs.upstream, upstream.commit) : undefined
  const upstreamVersions = readUpstreamLocks(theirs === undefined ? [] : [theirs], inputs.sameVersion)
  const candidates = [{ bundle: { ...bundle, upstreamVersions }, previous }]
  const work = { candidates, isOwn: true, failed: [], kept: [], old, github }
  return { kind: 'compared', ...(await compareAndDeliver(work, job)) }
}

function logStanding({ kind, lockedOn }: Standing): void {
  const since = lockedOn === '' ? '' : ` of ${lockedOn}`
  log(`Nothing is solved: the inputs are those of the lock${since}${kind === 'base' ? '' : ' that is proposed'}.`)
}

/** What stands, for a job that publishes bundles; undefined if its files do not fit each other, which no job would accept. */
function bundleStanding(standing: Standing | undefined, sources: Sources): Bundle | undefined {
  if (standing?.kind !== 'base') return undefined
  const { inputs, own, upstream, plan, old, previous } = sources
  const { problem, bundle } = judge(inputs, plan, old, previous)
  if (problem !== undefined || bundle === undefined) return undefined
  logStanding(standing)
  return { ...bundle, inputs: inputFiles(own), files: standing.files, upstream }
}
