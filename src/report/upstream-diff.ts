import { structuredPatch } from 'diff'

/** The change of one upstream file. */
export interface FilePatch {
  /** Path in the upstream repository. */
  readonly path: string
  /** Path of the local copy. */
  readonly local: string
  /** Commit that the previous content was taken from, if the lockfile says so. */
  readonly previousCommit: string | undefined
  /** Whether it is the copy that somebody has edited since the last lock; upstream may have changed as well. */
  readonly isEditedHere: boolean
  readonly edit: Edit
}

/** What happened to the local copy; `lines` is a unified diff without its file header. */
export type Edit =
  { readonly kind: 'new' } | { readonly kind: 'edited'; readonly lines: string } | { readonly kind: 'rewritten' }

/** The time for finding a diff grows with the square of this many edited lines; past it, nobody reads the diff anyway. */
const MOST_EDITED_LINES = 2000

/** The edited lines between two texts, with three lines of context. */
export function diffLines(previous: string, next: string): Edit {
  const options = { context: 3, maxEditLength: MOST_EDITED_LINES }
  const patch = structuredPatch('', '', previous, next, undefined, undefined, options)
  if (patch === undefined) return { kind: 'rewritten' }
  const lines = patch.hunks
    .flatMap(hunk => [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...hunk.lines])
    .join('\n')
  return { kind: 'edited', lines }
}
