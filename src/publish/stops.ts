import { isActionCommit } from './action-commit.js'
import { blocks, code } from '../common/markdown.js'
import { shortSha } from '../common/sentences.js'
import { readCommit } from '../github/commits.js'
import type { ObservedPullRequest, OpenPull } from './observe.js'
import type { MadeWay, Published } from './proposal.js'
import { adviceOnBots, isOnlyUpdated } from './others-commits.js'
import { upsertComment } from '../github/pulls.js'

const NEWER_RUN = 'A newer run has to do it; if none is on its way, start the workflow again.'

/** Somebody else has been quicker. Whether it is for the second time in a row is not known yet. */
export function stopSuperseded({ open }: ObservedPullRequest, why: MadeWay): Published {
  return { operation: 'superseded', pull: open?.pull, isRepeated: false, ...why }
}

/** Why a run makes way whose files are no longer those of the branch. */
export function baseMoved(branch: string, path: string, commit: string): MadeWay {
  return {
    reason: {
      message: `The files on \`${branch}\` are no longer those that this run has worked with.`,
      hint: `At ${shortSha(commit)} it has another ${code(path)}. ${NEWER_RUN}`
    },
    because: path
  }
}

/** Why a run makes way for one that has moved the branch. */
export function headMoved(branch: string): MadeWay {
  return {
    reason: {
      message: `Something else has moved the branch \`${branch}\` while this run was at work.`,
      hint: NEWER_RUN
    },
    because: branch
  }
}

/** Why a run makes way for a person who was just merging. */
export function merged(number: number): MadeWay {
  return {
    reason: { message: `Pull request #${number} was merged meanwhile.`, hint: NEWER_RUN },
    because: `#${number}`
  }
}

/** Why a run makes way for a pull request that GitHub is about to merge. */
export function queued(number: number): MadeWay {
  return {
    reason: {
      message: `Pull request #${number} is in the merge queue, and a push would throw it out.`,
      hint: 'What is new is proposed by the next run after the merge.'
    },
    because: `merge queue of #${number}`
  }
}

/** Whether the branch has nobody's work but the action's own. */
export async function mayMoveBranch(observed: ObservedPullRequest, open: OpenPull): Promise<boolean> {
  const { repository, inputs } = observed
  const { pull, memory } = open
  if (inputs.overwrite || memory?.commit === pull.headCommit) return true
  return isActionCommit(await readCommit(repository, pull.headCommit)) || (await isOnlyUpdated(observed, open))
}

/** Leaves the branch to people: says so where they see it. */
export async function stopBlocked(observed: ObservedPullRequest, tip: string): Promise<Published> {
  const { repository, branches, open, runner } = observed
  const reason = {
    message: `The branch \`${branches.head}\` has commits that are not this action's (the last is ${shortSha(tip)}); they stay, and nothing was pushed.`,
    hint: 'Merge or close the pull request, or delete the branch, and the next run starts afresh; `overwrite: true` lets runs replace such commits.'
  }
  if (open !== undefined) {
    const run = runner.runUrl === undefined ? '' : `\n\nLast seen by [this run](${runner.runUrl}).`
    const advice = await adviceOnBots(observed, open)
    const text = blocks([`**Not updated.** ${reason.message}`, advice, `${reason.hint}${run}`])
    await upsertComment(repository, open.pull.number, 'blocked', text)
  }
  return { operation: 'blocked', pull: open?.pull, reason }
}

/** The branch is not where it was: another run's result stands, and people's commits stay. */
export async function stopForMovedBranch(observed: ObservedPullRequest, tip: string | undefined): Promise<Published> {
  const { repository, inputs } = observed
  const isPersons = tip !== undefined && !inputs.overwrite && !isActionCommit(await readCommit(repository, tip))
  return isPersons ? stopBlocked(observed, tip) : stopSuperseded(observed, headMoved(observed.branches.head))
}
