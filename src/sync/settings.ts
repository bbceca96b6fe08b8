import { join } from 'node:path'
import { SyncError } from '../common/errors.js'
import { exists } from '../common/exists.js'
import { readBlob, readBranchBlobs } from '../github/blobs.js'
import { connect } from '../github/client.js'
import { readDefaultBranch } from '../github/repository.js'
import type { Given } from '../inputs/images.js'
import { repositoryPath } from '../inputs/paths.js'
import { branchOf } from '../inputs/pull-request.js'
import { makeReader } from '../inputs/reader.js'
import { parseSettings, type Settings } from '../inputs/settings.js'
import { INPUTS } from '../inputs/table.js'
import { startDeadline } from '../runner/deadline.js'
import { log } from '../runner/log.js'
import type { Runner } from '../runner/runner.js'
import { readWorkspaceFile } from '../runner/workspace.js'
import { refuseSparse } from './stored-files.js'

/** Events whose runs check out a branch of the repository; others may have checked out what strangers propose. */
const OWN_EVENTS = ['schedule', 'push', 'workflow_dispatch', 'repository_dispatch']

const MINUTES = 2

/**
 * Reads the settings file, if there is one: from the checkout where that is the repository's own, otherwise from the branch on
 * GitHub that a pull request is for, or that the run is on. What a pull request says of it never counts.
 * @throws SyncError of kind `input` with the line of what is wrong, or of kind `github`
 */
export async function readSettings(given: Given, runner: Runner): Promise<Settings | undefined> {
  const path = repositoryPath('settings', '.', makeReader(given).required('settings'))
  const isOwn = await isOwnCheckout(given, runner)
  const content = isOwn ? await readWorkspaceFile(runner.workspace, path) : await readFromBranch(path, given, runner)
  if (content !== undefined) return parseSettings(path, Buffer.from(content).toString('utf8'))
  if (isOwn) await refuseSparse(runner.workspace, [path])
  if (path === INPUTS.settings.default) return undefined
  throw new SyncError('input', `There is no settings file \`${path}\`.`, { hint: 'Add it, or correct `settings`.' })
}

async function isOwnCheckout(given: Given, { event, workspace }: Runner): Promise<boolean> {
  if (event === '') return true
  // Who reads with this policy says that nobody has reviewed what is checked out.
  if (!OWN_EVENTS.includes(event) || given('policy-on').trim() === 'all') return false
  return exists(join(workspace, '.git'))
}

async function readFromBranch(path: string, given: Given, runner: Runner): Promise<Uint8Array | undefined> {
  if (runner.repository === undefined) return undefined
  const token = given('token').trim()
  const deadline = startDeadline(MINUTES)
  const github = connect({ apiUrl: runner.apiUrl, token: token === '' ? undefined : token, deadline, log })
  const repository = { github, ...runner.repository, repositoryId: undefined }
  const branch =
    runner.pullRequestBase ?? branchOf(runner.ref) ?? runner.defaultBranch ?? (await readDefaultBranch(repository))
  const sha = (await readBranchBlobs(repository, branch, [path])).blobs.get(path)
  return sha === undefined ? undefined : readBlob(repository, sha)
}
