import { endGroup, info, startGroup } from '@actions/core'

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
