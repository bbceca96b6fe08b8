import { endGroup, info, startGroup, warning } from '@actions/core'
import type { Place } from './errors.js'

/**
 * Text that the runner takes for text: it would execute a line that starts with `::`, and `##[` anywhere in a line. What
 * is invisible does not count for it, neither as white space (it knows U+0085 as such) nor within a command.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function harmless(text: string): string {
  return text
    .replace(/[\p{Cf}\0]/gu, '')
    .replaceAll('##[', '## [')
    .replace(/^([\s\u0085]*)::/gm, '$1: :')
}

/** Prints one line. */
export function log(text: string): void {
  info(harmless(text))
}

/** Prints a sentence that the reader of the run should see without opening the log. */
export function warn(text: string): void {
  warning(harmless(text))
}

/** Prints what a program said, folded. */
export function logGroup(title: string, text: string): void {
  startGroup(harmless(title))
  log(text)
  endGroup()
}

/** A warning on a line of a file. */
export function warnAt(message: string, place: Place): void {
  warning(harmless(message), { file: place.file, ...(place.line === undefined ? {} : { startLine: place.line }) })
}
