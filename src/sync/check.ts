import { imageName, lockPaths } from '../bundle/bundle.js'
import { combine, SyncError } from '../common/errors.js'
import type { RepositoryFile } from '../common/files.js'
import { inMergeOrder } from '../environment/files.js'
import { ownPaths, readOwnFiles } from '../environment/own-files.js'
import type { Inputs } from '../inputs/inputs.js'
import { localCopies } from '../inputs/upstream.js'
import { lockKey, makePlan, type Plan } from '../lock/plan.js'
import { forPlatform } from '../lockfile/platforms.js'
import { provenanceCommit, readPreviousLocks, type PreviousLocks } from '../lockfile/previous.js'
import { loadVersionOrder } from '../lockfile/version-order.js'
import { makeReport } from '../report/make.js'
import { readWorkspaceFile } from '../runner/workspace.js'
import { webUrl, type Upstream } from '../upstream/fetch.js'
import { readCheckContext } from './check-context.js'
import { findProblems, isStale } from './findings.js'
import type { Job } from './job.js'
import { lock } from './lock.js'
import { readPreviousContents } from './observe.js'
import { refuseSparse } from './stored-files.js'
import { findingError, type CheckedOutcome } from './outcome.js'

/** Checks the lockfiles of the checkout against what they were made from; only to show what a stale one lacks is something solved. */
export async function check(job: Job): Promise<CheckedOutcome> {
  const { inputs, runner } = job
  const { plan, previous } = await readCheckout(job)
  const findings = findProblems(inputs, plan, previous, await readCheckContext(plan, previous, job))
  const report = {
    findings,
    lockfiles: [inputs.lockfile, ...inputs.platforms.map(platform => forPlatform(inputs.explicitLockfile, platform))],
    environmentFiles: inMergeOrder(plan.environments).map(({ file }) => file),
    packages: previous.unified?.packages.length ?? 0
  }
  const { platforms, sameVersion: names } = inputs
  const locked = [{ title: imageName(inputs), packages: previous.unified?.packages ?? [], platforms, names }]
  const outcome = { kind: 'checked', delivery: { operation: 'checked', findings }, locked, errors: [] } as const
  if (!isStale(plan, previous)) {
    return { ...outcome, reports: [{ ...report, again: undefined }], trialPrefixes: [], seconds: {} }
  }
  const bundle = await lock(plan, previous, job).catch((error: unknown) => {
    throw error instanceof SyncError ? combine([...findings.map(findingError), error]) : error
  })
  const again = makeReport(
    { bundle, audience: 'check', runner, previous, links: inputs.links },
    await loadVersionOrder()
  )
  const trialPrefixes = bundle.trialPrefix === undefined ? [] : [bundle.trialPrefix]
  return { ...outcome, reports: [{ ...report, again }], trialPrefixes, seconds: bundle.seconds }
}

/** The lockfiles of the checkout, and a plan of what they have to be made from, with copies in the place of upstream's files. */
async function readCheckout({ inputs, runner: { workspace } }: Job): Promise<Checkout> {
  const copied = localCopies(inputs.upstream)
  await refuseSparse(workspace, [...ownPaths(inputs), ...copied, ...lockPaths(inputs)])
  const own = await readOwnFiles(inputs, workspace)
  const copies = await readCopies(workspace, copied)
  const lockfiles = await readPreviousContents(lockPaths(inputs), workspace, { kind: 'nothing' })
  const contents = new Map([...lockfiles, ...copies.map(({ path, content }) => [path, content] as const)])
  const previous = readPreviousLocks(contents, inputs, inputs.platforms)
  return { plan: makePlan(inputs, copiesAsUpstream(inputs, copies, previous), own, []), previous }
}

interface Checkout {
  readonly plan: Plan
  readonly previous: PreviousLocks
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
