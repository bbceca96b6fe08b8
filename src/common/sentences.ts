/** `a`, `a and b`, `a, b and c`; or with another word before the last. */
export function enumerate(parts: readonly string[], word = 'and'): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1) ?? ''}`
}

/** The same of at most so many parts; after them only how many more there are. */
export function enumerateSome(parts: readonly string[], most: number): string {
  return enumerate(parts.length > most ? [...parts.slice(0, most), `${parts.length - most} more`] : parts)
}

/** `1 package`, `2 packages`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Text without the characters that end a line, steer a terminal or hide what is written. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]+/gu, ' ').trim()
}

/** Text without any of these characters at its end. A pattern such as `/\/+$/` would take quadratic time. */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** A commit as people read it. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7)
}
