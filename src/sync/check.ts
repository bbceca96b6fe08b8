import { imageName, lockPaths, type Bundle } from '../bundle/bundle.js'
import { combine, SyncError } from '../common/errors.js'
import type { DesiredFile, RepositoryFile } from '../common/files.js'
import { inMergeOrder } from '../environment/files.js'
import { namesIn } from '../environment/named.js'
import { inputFiles, ownPaths, readOwnFiles } from '../environment/own-files.js'
import { pypiName } from '../environment/pypi-name.js'
import { readWanted, type Wanted } from '../environment/wanted.js'
import type { Inputs } from '../inputs/inputs.js'
import { localCopies } from '../inputs/upstream.js'
import { lockKey, makePlan, type Plan } from '../lock/plan.js'
import { NO_STEERING } from '../lock/steering.js'
import { namesOnPypi } from '../lock/package-checks.js'
import { readPypiNames } from '../lock/verified-lock.js'
import { loadVersionMatch } from '../lockfile/constraint.js'
import { forPlatform } from '../lockfile/platforms.js'
import { provenanceCommit, readPreviousLocks, type PreviousLocks } from '../lockfile/previous.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { loadVersionOrder } from '../lockfile/version-order.js'
import type { Finding } from '../report/check.js'
import { makeReport } from '../report/make.js'
import { readWorkspaceFile } from '../runner/workspace.js'
import { webUrl, type Upstream } from '../upstream/fetch.js'
import { findProblems, type Against } from './findings.js'
import type { Job } from './job.js'
import { readEarlierLocks } from './earlier.js'
import { lock } from './lock.js'
import { readPreviousContents } from './observe.js'
import { refuseSparse } from './stored-files.js'
import type { CheckedOutcome, Outcome } from './outcome.js'

/** Checks the lockfiles of the checkout against what they were made from; only to show what a stale one lacks is something solved. */
export async function check(job: Job): Promise<CheckedOutcome> {
  const { inputs, runner } = job
  const written = [...localCopies(inputs.upstream), ...lockPaths(inputs)]
  await refuseSparse(runner.workspace, [...ownPaths(inputs), ...written])
  const own = await readOwnFiles(inputs, runner.workspace)
  const copies = await readCopies(runner.workspace, localCopies(inputs.upstream))
  const observation = { kind: 'nothing' } as const
  const lockfiles = await readPreviousContents(lockPaths(inputs), runner.workspace, observation)
  const contents = new Map([...lockfiles, ...copies.map(({ path, content }) => [path, content] as const)])
  const previous = readPreviousLocks(contents, inputs, inputs.platforms)
  const plan = makePlan(inputs, copiesAsUpstream(inputs, copies, previous), own, [])
  const { findings, isStale } = checkWithoutSolving(inputs, plan, previous, await readAgainst(plan, previous, job))
  const report = {
    findings,
    lockfiles: [inputs.lockfile, ...inputs.platforms.map(platform => forPlatform(inputs.explicitLockfile, platform))],
    environmentFiles: inMergeOrder(plan.environments).map(({ file }) => file),
    packages: previous.unified?.packages.length ?? 0
  }
  const { platforms, sameVersion: names } = inputs
  const locked = [{ title: imageName(inputs), packages: previous.unified?.packages ?? [], platforms, names }]
  const outcome = { kind: 'checked', delivery: { operation: 'checked', findings }, locked, errors: [] } as const
  if (!isStale) return { ...outcome, reports: [{ ...report, again: undefined }], trialPrefixes: [], seconds: {} }
  const bundle = await lock(plan, previous, job).catch((error: unknown) => {
    throw error instanceof SyncError ? combine([...findings.map(asError), error]) : error
  })
  const again = makeReport(
    { bundle, audience: 'check', runner, previous, links: inputs.links },
    await loadVersionOrder()
  )
  const trialPrefixes = bundle.trialPrefix === undefined ? [] : [bundle.trialPrefix]
  return { ...outcome, reports: [{ ...report, again }], trialPrefixes, seconds: bundle.seconds }
}

/** A finding as an error on its file and line. */
function asError({ message, place, hint = LOCK_AGAIN }: Finding): SyncError {
  return new SyncError('verify', message, {
    hint,
    ...(place === undefined ? {} : { place })
  })
}

/** What is wrong with a run that has come to its end. */
export function errorsOf(outcome: Outcome): SyncError[] {
  switch (outcome.kind) {
    case 'up-to-date':
      return []
    case 'checked':
      return [...outcome.delivery.findings.map(asError), ...outcome.errors]
    case 'compared':
      return [...outcome.errors]
  }
}

const LOCK_AGAIN =
  'Lock again: run the workflow that locks, or `npx conda-lock-sync` in a checkout. The summary of the run says more.'

/** What a check says without a solve. */
export interface Verdict {
  readonly findings: readonly Finding[]
  /** Whether there is a lock that was made from something else, so that a solve can tell what would change. */
  readonly isStale: boolean
}

/**
 * A lock that is there already, for a job that publishes bundles.
 * @param files of that lock
 * @returns undefined if its files do not fit each other, which no job would accept
 */
export async function bundleOf(
  files: readonly DesiredFile[],
  plan: Plan,
  previous: PreviousLocks,
  job: Job
): Promise<Bundle | undefined> {
  const { inputs } = job
  const { findings } = checkWithoutSolving(inputs, plan, previous, await readAgainst(plan, previous, job))
  if (findings.length > 0 || previous.unified === undefined) return undefined
  return { ...bundleOfLock(inputs, plan, previous, previous.unified), files }
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

/** Checks lockfiles against each other, against what they were made from, and against those from before. */
export function checkWithoutSolving(inputs: Inputs, plan: Plan, previous: PreviousLocks, against: Against): Verdict {
  return {
    findings: findProblems(inputs, plan, previous, against),
    isStale: previous.unified !== undefined && previous.unified.custom[INPUTS_HASH] !== plan.metadata[INPUTS_HASH]
  }
}

/** Reads what lockfiles are held against. */
async function readAgainst(
  plan: Plan,
  { unified }: PreviousLocks,
  { inputs, runner, condaLock }: Job
): Promise<Against> {
  const wanted = readWanted(inMergeOrder(plan.environments), inputs.platforms)
  const isOpen = unified !== undefined && wanted.some(isRequirementWithoutPackage(unified))
  return {
    meets: await loadVersionMatch(),
    earlier: await readEarlierLocks(runner.workspace, inputs.lockfile),
    // Only the table of names knows whether conda's `pytorch` is what `torch` asks for, and that is conda-lock's to read.
    pypiNames: isOpen
      ? await readPypiNames(unified, wanted, plan, await condaLock.get())
      : namesOnPypi(unified?.packages ?? [])
  }
}

/** A requirement of pip that pip has locked nothing for, and conda nothing of that name. */
function isRequirementWithoutPackage({ packages }: UnifiedLock): (wanted: Wanted) => boolean {
  const locked = new Set(packages.map(({ platform, name }) => `${platform} ${pypiName(name)}`))
  return ({ manager, platform, name, isOptional }) =>
    manager === 'pip' && name !== '' && !isOptional && !locked.has(`${platform} ${name}`)
}

/** A lock that is as it must be, as if it had just been made. */
function bundleOfLock(inputs: Inputs, plan: Plan, { explicit }: PreviousLocks, unified: UnifiedLock): Bundle {
  return {
    layout: inputs,
    solveSettings: plan.solveSettings,
    inputFiles: inputFiles(plan.own),
    upstream: plan.upstream,
    files: [],
    upstreamVersions: [],
    unified,
    explicit: inputs.platforms.map(platform => ({
      platform,
      path: forPlatform(inputs.explicitLockfile, platform),
      packages: explicit.get(platform) ?? []
    })),
    named: new Map(inMergeOrder(plan.environments).flatMap(environment => [...namesIn(environment, inputs.platforms)])),
    overlaps: [],
    unused: [],
    condaNames: {},
    steered: NO_STEERING,
    sizes: new Map(),
    repositories: new Map(),
    tools: [],
    tables: {},
    seconds: {}
  }
}
