import { fileURLToPath } from 'node:url'
import type { Deadline } from './deadline.js'
import type { Merge } from './environment/merge.js'
import { checkMerge } from './environment/preflight.js'
import { readVirtualPackages, type VirtualPackagesFile } from './environment/virtual-packages.js'
import { connect } from './github.js'
import { forPlatform, PLATFORMS, type Inputs } from './inputs.js'
import { openLocker, type Locked } from './lock/lock.js'
import { checkOrigins } from './lock/origins.js'
import { readPreviousLocks, type Contents, type PreviousLocks } from './lockfile/previous.js'
import { proposeCompanions } from './lock/companion.js'
import { proposeLockfiles } from './lockfile/propose.js'
import { loadVersionOrder } from './lockfile/version-order.js'
import { log, warn, warnAt } from './log.js'
import { readLookup } from './lookup.js'
import { makePlan, type KnownCopies, type Plan } from './plan.js'
import { observe, readBaseFile, type Observed } from './publish/observe.js'
import { publish, type Published } from './publish/publish.js'
import { makeReport } from './report/make.js'
import { renderReport } from './report/report.js'
import { steeringNotes } from './report/steering.js'
import type { Report } from './report/values.js'
import type { Runner } from './runner.js'
import { fetchUpstream, fetchUpstreamLock, type Upstream } from './upstream/fetch.js'
import { checkUpstream, defaultChannels } from './upstream/policy.js'
import { blobSha, placeFiles, readEnvironmentFiles, readWorkspaceFile, type DesiredFile } from './workspace.js'

/** What a run has done. */
export interface Outcome {
  readonly changed: boolean
  readonly published: Published | { readonly operation: 'files' }
  readonly upstream: Upstream
  readonly report: Report
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<string, number>>
}

/** Beside `src/` as beside `dist/`. */
const SOLVER = fileURLToPath(new URL('../solver', import.meta.url))

/**
 * The whole job: upstream's files and the repository's own are locked in one solve, checked, compared with what was there
 * before, put into place, and proposed.
 * @throws SyncError; nothing has changed then, unless it is GitHub that failed at the very end
 */
export async function sync(inputs: Inputs, runner: Runner, deadline: Deadline): Promise<Outcome> {
  const own = await readEnvironmentFiles(runner.workspace, inputs.environmentFiles)
  const virtual = await readVirtual(inputs, runner)
  const observed = await lookAtGitHub(inputs, runner, deadline)
  const old = await readOldFiles(inputs, runner, observed)
  const upstreamGitHub = connect({ ...inputs.upstream, deadline, log })
  const upstream = await fetchUpstream(upstreamGitHub, inputs.upstream)
  log(`Upstream: ${upstream.repository} at ${upstream.commit}.`)

  const previous = readPreviousLocks(old, inputs.lockfile, inputs.explicitLockfile, inputs.platforms)
  previous.warnings.forEach(warn)
  const plan = makePlan(inputs, upstream, own, knownCopies(old, previous, observed), {
    lookup: await readLookup(inputs, runner),
    virtualPackages: virtual
  })
  const { locked, merge } = await lockChecked(plan, inputs, runner, previous, deadline)
  steeringNotes({ inputs, previous, locked }).forEach(log)

  const copies = upstream.files.map(({ local, content }) => ({ path: local, content }))
  const files = [...copies, ...proposeLockfiles(old, previous, locked), ...proposeCompanions(old, locked.companions)]
  const changed = files.some(file => !isContent(file, old.get(file.path)))
  const isNews = changed && !isProposed(files, observed)
  const upstreamLock = isNews ? await fetchUpstreamLock(upstreamGitHub, inputs.upstream, upstream.commit) : undefined
  const facts = { inputs, runner, upstream, upstreamLock, old, previous, plan, merge, locked, changed }
  const report = makeReport(facts, await loadVersionOrder())
  const result = { changed, upstream, report, seconds: locked.seconds }
  await placeInWorkspace(runner.workspace, files)
  if (observed === undefined) return { ...result, published: { operation: 'files' } }
  const proposal = {
    files,
    inputs: virtual === undefined ? own : [...own, virtual.file],
    metadata: plan.metadata,
    report: (limit: number) => renderReport(report, limit)
  }
  return { ...result, published: await publish(observed, proposal) }
}

/** Checks what upstream brings in and how the files merge, then locks, then checks where the packages come from. */
async function lockChecked(
  plan: Plan,
  inputs: Inputs,
  runner: Runner,
  previous: PreviousLocks,
  deadline: Deadline
): Promise<{ locked: Locked; merge: Merge }> {
  const locker = await openLocker(plan, inputs, runner, SOLVER, deadline)
  try {
    const specs = await locker.readSpecs()
    const allowedChannels = inputs.allowedChannels ?? defaultChannels(plan.own)
    checkUpstream(plan.upstream, specs, { allowedChannels, platforms: inputs.platforms })
    const { merge, warnings } = checkMerge(plan.environments, specs, inputs.onOverlap)
    for (const { message, place } of warnings) warnAt(message, place)
    const locked = await locker.lock(specs, previous.unified)
    const channels = specs.specs.map(spec => spec.channel).filter(channel => channel !== '')
    checkOrigins(locked.unified, { channels, channelAlias: inputs.channelAlias, previous: previous.unified })
    if (inputs.trialCommand !== undefined) await locker.tryInstall(locked, inputs.trialCommand)
    return { locked, merge }
  } finally {
    await locker.close()
  }
}

async function lookAtGitHub(inputs: Inputs, runner: Runner, deadline: Deadline): Promise<Observed | undefined> {
  if (inputs.mode.kind === 'files') return undefined
  const github = connect({ apiUrl: runner.apiUrl, token: inputs.mode.token, deadline, log })
  const { virtualPackages } = inputs.steering
  const read = [...inputs.environmentFiles, ...(virtualPackages === undefined ? [] : [virtualPackages])]
  return observe(github, inputs.mode, runner, [...read, ...writtenPaths(inputs)])
}

async function readVirtual({ steering, platforms }: Inputs, runner: Runner): Promise<VirtualPackagesFile | undefined> {
  const path = steering.virtualPackages
  return path === undefined ? undefined : readVirtualPackages(runner.workspace, path, platforms)
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

/** Every file that the action writes or, for a platform that is no longer asked for, has written. */
function writtenPaths(inputs: Inputs): string[] {
  return [
    ...inputs.upstream.files.map(file => file.local),
    inputs.lockfile,
    ...new Set(PLATFORMS.map(platform => forPlatform(inputs.explicitLockfile, platform))),
    ...new Set(PLATFORMS.map(platform => forPlatform(inputs.pipRequirements, platform)))
  ]
}

/** The files of before: those of the base branch, or without one those of the checkout. */
async function readOldFiles(inputs: Inputs, runner: Runner, observed: Observed | undefined): Promise<Contents> {
  const entries = writtenPaths(inputs).map(async path => {
    const content = await (observed === undefined
      ? readWorkspaceFile(runner.workspace, path)
      : readBaseFile(observed, runner.workspace, path))
    return content === undefined ? [] : [[path, content] as const]
  })
  return new Map((await Promise.all(entries)).flat())
}

/** Whether the open pull request has these very files, so that nobody needs to be told again. */
function isProposed(files: readonly DesiredFile[], observed: Observed | undefined): boolean {
  const blobs = observed?.open?.blobs
  return blobs !== undefined && files.every(({ path, content }) => blobs.get(path) === (content && blobSha(content)))
}

function isContent(file: DesiredFile, content: Uint8Array | undefined): boolean {
  if (file.content === undefined || content === undefined) return file.content === content
  return Buffer.compare(file.content, content) === 0
}

async function placeInWorkspace(workspace: string, files: readonly DesiredFile[]): Promise<void> {
  const present = await Promise.all(files.map(file => readWorkspaceFile(workspace, file.path)))
  await placeFiles(
    workspace,
    files.filter((file, index) => !isContent(file, present[index]))
  )
}
