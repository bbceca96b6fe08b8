import type { Bundle } from './bundle/bundle.js'
import { messageOf, SyncError } from './errors.js'
import type { Inputs } from './inputs.js'
import { forPlatform } from './platforms.js'
import { makeCompanions, type Companion } from './lock/companion.js'
import { NOT_STEERED } from './lock/steering.js'
import { checkLocks } from './lock/verify.js'
import { provenanceCommit, type Contents, type PreviousLocks } from './lockfile/previous.js'
import { INPUTS_HASH } from './lockfile/propose.js'
import { lockKey, type Plan } from './plan.js'
import { namesIn } from './report/named.js'
import { webUrl, type Upstream } from './upstream/fetch.js'
import { readWorkspaceFile, type RepositoryFile } from './workspace.js'

/** What a check says without a solve. */
export interface Verdict {
  /** One sentence; undefined if everything is as it must be. */
  readonly problem: string | undefined
  /** The environment as it should be; undefined if only a solve can tell. */
  readonly bundle: Omit<Bundle, 'inputs' | 'upstream'> | undefined
}

/**
 * Reads the copies of upstream's files, which the first lock makes.
 * @throws SyncError of kind `verify` when one is missing
 */
export async function readCopies(workspace: string, paths: readonly string[]): Promise<RepositoryFile[]> {
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
export function asUpstream(inputs: Inputs, copies: readonly RepositoryFile[], previous: PreviousLocks): Upstream {
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
export function judge(inputs: Inputs, plan: Plan, old: Contents, previous: PreviousLocks): Verdict {
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
    files: companions.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, content: Buffer.from(text) }])),
    upstreamVersions: [],
    unified,
    explicit: inputs.platforms.map(platform => ({
      platform,
      path: forPlatform(inputs.explicitLockfile, platform),
      packages: unified.packages.filter(pin => pin.platform === platform)
    })),
    named: new Map(plan.environments.flatMap(environment => [...namesIn(environment, inputs.platforms)])),
    overlaps: [],
    steered: NOT_STEERED,
    tools: [],
    tables: {},
    seconds: {}
  }
  return { problem: findDisagreement(inputs, previous, unified, companions, old), bundle }
}

function findDisagreement(
  inputs: Inputs,
  { explicit }: PreviousLocks,
  unified: Bundle['unified'],
  companions: readonly Companion[],
  old: Contents
): string | undefined {
  const lacking = inputs.platforms.find(platform => !explicit.has(platform))
  if (lacking !== undefined) return `There is no explicit lockfile for ${lacking}.`
  try {
    checkLocks({ unified, explicit }, inputs.platforms)
  } catch (error) {
    return messageOf(error)
  }
  const odd = companions.find(({ path, text }) => {
    const content = old.get(path)
    return text !== undefined && (content === undefined || Buffer.from(content).toString('utf8') !== text)
  })
  return odd && `${odd.path} does not have the pip packages of ${inputs.lockfile}.`
}
