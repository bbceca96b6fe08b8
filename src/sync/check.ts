import { lockPaths, type Bundle } from '../bundle/bundle.js'
import { messageOf, SyncError } from '../common/errors.js'
import type { RepositoryFile } from '../common/files.js'
import { inMergeOrder } from '../environment/files.js'
import { namesIn } from '../environment/named.js'
import { inputFiles, readOwnFiles } from '../environment/own-files.js'
import type { Inputs } from '../inputs/inputs.js'
import { localCopies } from '../inputs/upstream.js'
import { makeCompanions, type Companion } from '../lock/companion.js'
import { lockKey, makePlan, type Plan } from '../lock/plan.js'
import { NO_STEERING } from '../lock/steering.js'
import { checkLocks } from '../lock/verify.js'
import { forPlatform } from '../lockfile/platforms.js'
import { provenanceCommit, readPreviousLocks, type PreviousLocks } from '../lockfile/previous.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { readWorkspaceFile } from '../runner/workspace.js'
import { webUrl, type Upstream } from '../upstream/fetch.js'
import { compareImages } from './images.js'
import type { Job } from './job.js'
import { lock } from './lock.js'
import { readPreviousContents } from './observe.js'
import type { ComparedOutcome } from './outcome.js'
import type { Sources } from './sources.js'
import { logCurrentLock, type CurrentLock } from './up-to-date.js'

/** Compares the lockfiles of the checkout with what they were made from. It solves only when the hash of the inputs differs. */
export async function check(job: Job): Promise<ComparedOutcome> {
  const { inputs, runner } = job
  const own = await readOwnFiles(inputs, runner.workspace)
  const copies = await readCopies(runner.workspace, localCopies(inputs.upstream))
  const observation = { kind: 'nothing' } as const
  const lockfiles = await readPreviousContents(lockPaths(inputs), runner.workspace, observation)
  const contents = new Map([...lockfiles, ...copies.map(({ path, content }) => [path, content] as const)])
  const previous = readPreviousLocks(contents, inputs, inputs.platforms)
  const plan = makePlan(inputs, copiesAsUpstream(inputs, copies, previous), own, [])
  const verdict = checkWithoutSolving(inputs, plan, previous)
  const bundle = verdict.bundle ?? (await lock(plan, previous, job))
  const locked = { images: [{ bundle, previous }], failed: [], carried: [], observation, isOwn: true }
  const compared = await compareImages(locked, runner)
  const delivery = { operation: 'checked', problem: verdict.problem } as const
  return { kind: 'compared', ...compared, seconds: bundle.seconds, errors: [], delivery }
}

/** What a check says without a solve. */
export interface Verdict {
  /** One sentence; undefined if everything is as it must be. */
  readonly problem: string | undefined
  /** The environment as it should be; undefined if only a solve can tell. */
  readonly bundle: Bundle | undefined
}

/**
 * A lock that the base branch has, for a job that publishes bundles; undefined if there is none, or if its files do not fit each
 * other, which no job would accept.
 */
export function bundleOf(
  current: CurrentLock | undefined,
  { plan }: Pick<Sources, 'plan'>,
  previous: PreviousLocks,
  inputs: Inputs
): Bundle | undefined {
  if (current?.kind !== 'base') return undefined
  const { problem, bundle } = checkWithoutSolving(inputs, plan, previous)
  if (problem !== undefined || bundle === undefined) return undefined
  logCurrentLock(current)
  return { ...bundle, files: current.files }
}

/**
 * Reads the copies of upstream's files, which the first lock makes.
 * @throws SyncError of kind `verify` when one is missing
 */
async function readCopies(workspace: string, paths: readonly string[]): Promise<RepositoryFile[]> {
  return Promise.all(
    paths.map(async path => {
      const content = await readWorkspaceFile(workspace, path)
      if (content !== undefined) return { path, content }
      throw new SyncError('verify', `There is no \`${path}\`, the copy of an upstream file.`, {
        hint: 'Lock first: run the workflow that locks, or `npx conda-lock-sync` in a checkout. If that makes copies of other names, correct `upstream-files`.'
      })
    })
  )
}

/** The copies of upstream's files as if they had been fetched, from where the lockfile says that they are. */
export function copiesAsUpstream(
  inputs: Inputs,
  copies: readonly RepositoryFile[],
  previous: PreviousLocks
): Upstream | undefined {
  if (inputs.upstream === undefined) return undefined
  const { repository, files } = inputs.upstream
  const name = `${repository.owner}/${repository.repo}`
  const fetched = files.map((file, index) => ({ ...file, content: copies[index]?.content ?? Buffer.alloc(0) }))
  const commits = fetched.map(file =>
    provenanceCommit(previous.unified?.custom ?? {}, lockKey(inputs, file), { repository: name, path: file.path })
  )
  return {
    repository: name,
    url: webUrl(inputs.upstream),
    commit: commits.find(commit => commit !== undefined) ?? 'HEAD',
    files: fetched
  }
}

/** Checks lockfiles against each other and, by the hash that they keep, against what they were made from. */
export function checkWithoutSolving(inputs: Inputs, plan: Plan, previous: PreviousLocks): Verdict {
  const { unified } = previous
  const [unreadable] = previous.warnings
  if (unreadable !== undefined) return { problem: unreadable, bundle: undefined }
  if (unified === undefined) return { problem: `There is no ${inputs.lockfile}.`, bundle: undefined }
  const hash = unified.custom[INPUTS_HASH]
  if (hash !== plan.metadata[INPUTS_HASH]) {
    const problem =
      hash === undefined
        ? `${inputs.lockfile} does not say what it was made from.`
        : `${inputs.lockfile} was made from other environment files or settings than those here.`
    return { problem, bundle: undefined }
  }
  const companions = makeCompanions(unified, inputs)
  const bundle = {
    settings: inputs,
    solve: plan.settings,
    inputs: inputFiles(plan.own),
    upstream: plan.upstream,
    files: companions.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, content: Buffer.from(text) }])),
    upstreamVersions: [],
    unified,
    explicit: inputs.platforms.map(platform => ({
      platform,
      path: forPlatform(inputs.explicitLockfile, platform),
      packages: unified.packages.filter(pin => pin.platform === platform)
    })),
    named: new Map(inMergeOrder(plan.environments).flatMap(environment => [...namesIn(environment, inputs.platforms)])),
    overlaps: [],
    steered: NO_STEERING,
    tools: [],
    tables: {},
    seconds: {}
  }
  return { problem: findDisagreement(inputs, previous, unified, companions), bundle }
}

function findDisagreement(
  inputs: Inputs,
  { explicit, contents }: PreviousLocks,
  unified: UnifiedLock,
  companions: readonly Companion[]
): string | undefined {
  const lacking = inputs.platforms.find(platform => !explicit.has(platform))
  if (lacking !== undefined) return `There is no explicit lockfile for ${lacking}.`
  try {
    checkLocks({ unified, explicit }, inputs.platforms)
  } catch (error) {
    return messageOf(error)
  }
  const odd = companions.find(({ path, text }) => {
    const content = contents.get(path)
    return text !== undefined && (content === undefined || Buffer.from(content).toString('utf8') !== text)
  })
  return odd && `${odd.path} does not have the pip packages of ${inputs.lockfile}.`
}
