import { isActionCommit, isActionMessage } from './action-commit.js'
import { block, code } from '../common/markdown.js'
import { enumerate } from '../common/sentences.js'
import { readBlobs } from '../github/blobs.js'
import { readAhead, type ChangedFile } from '../github/compare.js'
import type { PullMemory } from './marker.js'
import type { ObservedPullRequest, OpenPull } from './observe.js'

/**
 * Whether what others have done to the branch is to have brought it up to date, as the button "Update branch" does: the action's
 * own commit, merges of the base or a rebase of it, and in the end the action's files with the action's content, and no more.
 */
export async function isOnlyUpdated(observed: ObservedPullRequest, { pull, memory }: OpenPull): Promise<boolean> {
  if (memory === undefined) return false
  const { commits, files, isComplete } = await readAhead(observed.repository, observed.base.commit, pull.headCommit)
  const isWork = commits.some(({ message, parents }) => !isActionMessage(message) && parents.length < 2)
  if (!isComplete || isWork) return false
  const others = files.filter(file => !isProposedFile(observed, memory, file))
  if (others.length === 0) return true
  // A merge may keep what was there before (`-s ours`); that is nobody's work either.
  if (!commits.some(({ sha }) => sha === memory.commit)) return false
  const paths = others.map(({ path }) => path)
  const { blobs } = await readBlobs(observed.repository, memory.commit, paths)
  return others.every(({ path, sha }) => blobs.get(path) === sha)
}

function isProposedFile({ base }: ObservedPullRequest, { files, images }: PullMemory, file: ChangedFile): boolean {
  const known = [...Object.keys(files), ...Object.values(images).flatMap(image => image.files)]
  const path = known.find(one => (base.places.get(one)?.path ?? one) === file.path)
  return path !== undefined && files[path] === file.sha
}

/**
 * What to do about programs that change the action's files on its branch, as formatters do; empty if there are none. They would
 * do it again after every update.
 */
export async function adviceOnBots(observed: ObservedPullRequest, { pull, memory }: OpenPull): Promise<string> {
  if (memory === undefined) return ''
  const { commits, files } = await readAhead(observed.repository, observed.base.commit, pull.headCommit)
  const bots = commits.filter(commit => commit.isBot && !isActionCommit(commit)).map(({ author }) => author)
  const own = Object.keys(memory.files).toSorted()
  const edited = files.filter(({ path }) => own.includes(path)).filter(file => !isProposedFile(observed, memory, file))
  if (bots.length === 0 || edited.length === 0) return ''
  const who = enumerate([...new Set(bots)].map(code))
  return [
    `${who} changed ${enumerate(edited.map(({ path }) => code(path)))}, which the action keeps byte for byte, and would do so after every update. Let it leave the action's files alone; for pre-commit that is a line in \`.pre-commit-config.yaml\`:`,
    block('yaml', `exclude: ^(${own.map(path => path.replace(/[^\w/-]/g, '\\$&')).join('|')})$`)
  ].join('\n\n')
}
