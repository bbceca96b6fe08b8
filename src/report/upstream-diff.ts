import { structuredPatch } from 'diff'

/** The change of one upstream file. */
export interface FilePatch {
  /** Path in the upstream repository. */
  readonly path: string
  /** Path of the local copy. */
  readonly local: string
  /** Commit that the previous content was taken from, if the lockfile says so. */
  readonly previousCommit: string | undefined
  /** Edited lines with three lines of context; empty if the copy is new. */
  readonly lines: string
}

/** The edited lines between two texts as a unified diff without its file header. */
export function diffLines(previous: string, next: string): string {
  const patch = structuredPatch('', '', previous, next, undefined, undefined, { context: 3 })
  return patch.hunks
    .flatMap(hunk => [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...hunk.lines])
    .join('\n')
}
