import { lockPaths, type Bundle } from '../bundle/bundle.js'
import { readBlob, readBlobs } from '../github/blobs.js'
import { readTip } from '../github/branches.js'
import { connect } from '../github/client.js'
import { readCommit } from '../github/commits.js'
import { localCopies } from '../inputs/upstream.js'
import { previousFiles, readPreviousLocks } from '../lockfile/previous.js'
import { isActionCommit } from '../publish/action-commit.js'
import { nameBranches } from '../publish/observe.js'
import { log } from '../runner/log.js'
import { bundleOfCurrent } from './current-bundle.js'
import type { Job } from './job.js'
import type { Sources } from './sources.js'
import { isCurrentLock } from './up-to-date.js'

/**
 * The lock of the plan that an earlier run has proposed, if it is young enough for `relock`: while its pull request is open, a
 * channel that has moved is no reason to solve. Only what the action itself has committed counts.
 */
export async function findProposedLock({ plan }: Pick<Sources, 'plan'>, job: Job): Promise<Bundle | undefined> {
  const { inputs, runner, deadline } = job
  const { mode, relock } = inputs
  if (mode.kind !== 'lock' || mode.proposed === undefined || relock.kind === 'always') return undefined
  const github = connect({ apiUrl: runner.apiUrl, token: mode.proposed.token, deadline, log })
  const repository = { github, ...mode.proposed.repository, repositoryId: undefined }
  const { head: branch } = await nameBranches(repository, mode.proposed, runner)
  const tip = await readTip(repository, branch)
  const commit = tip === undefined ? undefined : await readCommit(repository, tip)
  if (commit === undefined || !isActionCommit(commit)) return undefined
  const paths = [...localCopies(inputs.upstream), ...lockPaths(inputs, inputs.platforms)]
  const { blobs } = await readBlobs(repository, commit.tree, paths)
  if (!blobs.has(inputs.lockfile)) return undefined
  const entries = [...blobs].map(async ([path, sha]) => [path, await readBlob(repository, sha)] as const)
  const contents = new Map(await Promise.all(entries))
  if (!isCurrentLock(previousFiles(contents, inputs.lockfile).metadata, blobs, inputs, plan)) return undefined
  const files = paths.map(path => ({ path, content: contents.get(path) }))
  const bundle = await bundleOfCurrent(files, plan, readPreviousLocks(contents, inputs, inputs.platforms), job)
  if (bundle !== undefined) log(`Nothing is solved: \`${branch}\` has a lock of the same inputs.`)
  return bundle
}
