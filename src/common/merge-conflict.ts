/**
 * The line of the first mark that git leaves where two sides of a merge differ; undefined if a text has none. A parser's words
 * for such a file tell nobody what has happened to it.
 */
export function conflictLine(text: string): number | undefined {
  const index = text.search(/^(?:<{7}|>{7}) /m)
  return index < 0 ? undefined : text.slice(0, index).split('\n').length
}

/** What is wrong with such a file, as the end of a sentence about it. */
export const CONFLICTED = 'has a merge conflict that nobody has resolved'
