import { shortSha } from '../sentences.js'
import { isOwn, readCommit } from './commit.js'
import type { Observed, Open } from './observe.js'
import type { Published } from './proposal.js'
import { keepComment } from './pulls.js'

/** Somebody else has been quicker. */
export function superseded({ open }: Observed, message: string): Published {
  const hint = 'A newer run has to do it; if none is on its way, start the workflow again.'
  return { operation: 'superseded', pull: open?.pull, reason: { message, hint } }
}

/** Why a run whose files are no longer those of the base branch makes way. */
export function baseMoved({ branches }: Observed): string {
  return `The files on \`${branches.base}\` are no longer those that this run has worked with.`
}

function headMoved({ branches }: Observed): string {
  return `Something else has moved the branch \`${branches.head}\` while this run was at work.`
}

/** Whether the branch has nobody's commit but the action's own. */
export async function mayMove({ target, inputs }: Observed, { pull, memory }: Open): Promise<boolean> {
  if (inputs.overwrite || memory?.commit === pull.headCommit) return true
  return isOwn(await readCommit(target, pull.headCommit))
}

/** Leaves the branch to people: says so where they see it. */
export async function block(observed: Observed, tip: string): Promise<Published> {
  const { target, branches, open, runner } = observed
  const reason = {
    message: `The branch \`${branches.head}\` has commits that are not this action's (the last is ${shortSha(tip)}); they stay, and nothing was pushed.`,
    hint: 'Merge or close the pull request, or delete the branch, and the next run starts afresh; `overwrite: true` lets runs replace such commits.'
  }
  if (open !== undefined) {
    const run = runner.runUrl === undefined ? '' : `\n\nLast seen by [this run](${runner.runUrl}).`
    await keepComment(target, open.pull.number, 'blocked', `**Not updated.** ${reason.message}\n\n${reason.hint}${run}`)
  }
  return { operation: 'blocked', pull: open?.pull, reason }
}

/** The branch is not where it was: another run's result stands, and people's commits stay. */
export async function yieldTo(observed: Observed, tip: string | undefined): Promise<Published> {
  const { target, inputs } = observed
  const isPersons = tip !== undefined && !inputs.overwrite && !isOwn(await readCommit(target, tip))
  return isPersons ? block(observed, tip) : superseded(observed, headMoved(observed))
}
