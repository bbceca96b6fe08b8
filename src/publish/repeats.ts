import { createHash } from 'node:crypto'
import { dropRef, ensureRef, listRefs } from '../github/refs.js'
import type { Repository } from '../github/repository.js'

/** A run that made way. */
export interface SupersededRun {
  /** The branch that it would have written. */
  readonly branch: string
  /** For what it made way: a file, or a branch. */
  readonly because: string
  /** What GitHub numbers the runs of a workflow with; undefined outside of one. */
  readonly runNumber: number | undefined
  /** Any commit of the repository: a ref needs one. */
  readonly commit: string
}

/**
 * Whether the run before this one has made way for the same. A run that makes way leaves nothing behind that could tell, so
 * each leaves a ref with its number, `refs/conda-lock-sync/superseded/…`, and takes away those of earlier ones.
 */
export async function isRepeated(repository: Repository, run: SupersededRun): Promise<boolean> {
  const prefix = `conda-lock-sync/superseded/${keyOf(run)}-`
  const number = run.runNumber ?? 0
  const own = `${prefix}${number}`
  const before = await listRefs(repository, prefix)
  if (!before.includes(own)) await ensureRef(repository, own, run.commit)
  for (const name of before) if (name !== own) await dropRef(repository, name)
  return before.some(name => number - Number(name.slice(prefix.length)) <= 1)
}

function keyOf({ branch, because }: SupersededRun): string {
  return createHash('sha256').update(`${branch} ${because}`).digest('hex').slice(0, 16)
}
