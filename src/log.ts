import { endGroup, info, startGroup, warning } from '@actions/core'
import type { Place } from './errors.js'

/**
 * Text that the runner takes for text: it would execute a line that starts with `::`, and `##[` anywhere in a line.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function harmless(text: string): string {
  return text.replaceAll('##[', '## [').replace(/^(\s*)::/gm, '$1: :')
}

/** Prints one line. */
export function log(text: string): void {
  info(harmless(text))
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
