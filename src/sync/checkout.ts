import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { SyncError } from '../common/errors.js'
import type { RepositoryFile } from '../common/files.js'
import { shortSha } from '../common/sentences.js'
import { hasCommit } from '../github/commits.js'
import { findOtherInput } from '../publish/proposal.js'
import { log } from '../runner/log.js'
import type { Runner } from '../runner/runner.js'
import type { Observation } from './observe.js'
import { committedEntry, openGit, readCheckedOut, readObject, storedSha, type CheckedOut, type Git } from './git.js'
import { pathInCheckout } from './stored-files.js'

/**
 * Where the base branch has other environment files than the checkout, says whose doing it is. Only if somebody has pushed since
 * the checkout will the next run do better; everything else would end the same every night.
 * @param files as git stores them
 * @throws SyncError that names the file, what differs, and what to do
 */
export async function refuseOtherCheckout(
  files: readonly RepositoryFile[],
  observation: Observation,
  { workspace, ref }: Pick<Runner, 'workspace' | 'ref'>
): Promise<void> {
  if (observation.kind === 'nothing') return
  const { repository, base } = observation.observed
  const file = findOtherInput(base.blobs, files)
  if (file === undefined) return
  const git = await openGit(workspace)
  const head = git === undefined ? undefined : await readCheckedOut(git)
  if (git === undefined || head === undefined) {
    log(`There is no git here to ask, so nobody knows why \`${file.path}\` differs from the base branch.`)
    return
  }
  const edit = await findEdit(git, workspace, file)
  if (edit !== undefined) throw edited(file.path, edit)
  const branch = observation.kind === 'branch' ? observation.observed.branch : observation.observed.branches.base
  if (!isOn(branch, head, ref)) throw otherBranch(file.path, head, branch)
  if (!(await hasCommit(repository, head.commit))) throw unpushed(file.path, head)
}

/** A checkout of a single commit is on the branch that the run is on. */
function isOn(branch: string, head: CheckedOut, ref: string): boolean {
  return head.branch === undefined ? ref === `refs/heads/${branch}` : head.branch === branch
}

type Edit = 'link' | 'line-ends' | 'content'

/** How a file differs from the one that was checked out. */
async function findEdit(git: Git, workspace: string, { path, content }: RepositoryFile): Promise<Edit | undefined> {
  const place = await pathInCheckout(workspace, path)
  const [stored, itself, there] = await Promise.all([
    storedSha(git, place),
    committedEntry(git, path),
    committedEntry(git, place)
  ])
  const wasLink = itself?.mode === '120000'
  if (itself !== undefined && wasLink !== (await lstat(join(workspace, path))).isSymbolicLink()) return 'link'
  if (there === undefined || there.sha === stored) return undefined
  const before = (await readObject(git, there.sha)) ?? ''
  return withoutReturns(before) === withoutReturns(Buffer.from(content).toString('utf8')) ? 'line-ends' : 'content'
}

function withoutReturns(text: string): string {
  return text.replaceAll('\r', '')
}

const EDITS: Readonly<Record<Edit, string>> = {
  link: 'It is a link in one of them, and a file in the other.',
  'line-ends': 'Only its line ends differ.',
  content: 'Its content differs.'
}

function edited(path: string, edit: Edit): SyncError {
  return new SyncError(
    'environment',
    `\`${path}\` is not as it was checked out, so the base branch does not have what would be locked. ${EDITS[edit]}`,
    {
      hint: 'Remove the earlier step that changes it, or commit what that step makes of it.',
      place: { file: path }
    }
  )
}

function otherBranch(path: string, { commit, branch }: CheckedOut, base: string): SyncError {
  const what = branch === undefined ? `commit ${shortSha(commit)}` : `branch \`${branch}\``
  return new SyncError(
    'environment',
    `The ${what} is checked out, whose \`${path}\` is not that of \`${base}\`, which is to be changed.`,
    { hint: `Give actions/checkout \`ref: ${base}\`, or correct \`base\` or \`branch\`.`, place: { file: path } }
  )
}

function unpushed(path: string, { commit }: CheckedOut): SyncError {
  return new SyncError(
    'environment',
    `\`${path}\` comes from the commit ${shortSha(commit)}, which is in the checkout and not on GitHub.`,
    { hint: 'Push that commit in the step that makes it, before this one.', place: { file: path } }
  )
}
