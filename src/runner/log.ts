import { endGroup, info, setSecret, startGroup, warning } from '@actions/core'
import type { Place } from '../common/errors.js'
import { waitingFor } from './waiting.js'

/**
 * Text that the runner takes for text: it would execute a line that starts with `::`, and `##[` anywhere in a line. What
 * is invisible does not count for it, within a command.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function withoutCommands(text: string): string {
  return visible(text)
    .replaceAll('##[', '## [')
    .replace(/^([\t\p{Zs}]*)::/gmu, '$1: :')
}

/** Lines that a program has printed stay lines; what steers a terminal, hides or reorders text does not stay. */
function visible(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{C}\n\t]|[\u2028\u2029]/gu, ' ')
}

/** In a terminal there is nobody who reads workflow commands. */
function isOnRunner(): boolean {
  return process.env.GITHUB_ACTIONS === 'true'
}

function writeToTerminal(text: string): void {
  process.stderr.write(`${visible(text)}\n`)
}

/** Prints one line. */
export function log(text: string): void {
  if (isOnRunner()) info(withoutCommands(text))
  else writeToTerminal(text)
}

/** Prints a sentence that the reader of the run should see without opening the log. */
export function warn(text: string): void {
  if (isOnRunner()) warning(withoutCommands(text))
  else writeToTerminal(`warning: ${text}`)
}

/** Prints what a program said, if it did, folded. */
export function logGroup(title: string, text: string): void {
  if (text.trim() === '') return
  if (!isOnRunner()) {
    writeToTerminal(`${title}:\n${text}`)
    return
  }
  startGroup(withoutCommands(title))
  log(text)
  endGroup()
}

/** Prints what a program said while all went well: folded, and not at all in a terminal, which can't fold. */
export function logIfFolded(title: string, text: string): void {
  if (isOnRunner()) logGroup(title, text)
}

/** A warning on a line of a file. */
export function warnAt(message: string, place: Place): void {
  if (isOnRunner()) {
    warning(withoutCommands(message), {
      file: place.file,
      ...(place.line === undefined ? {} : { startLine: place.line })
    })
  } else {
    writeToTerminal(`warning: ${place.file}${place.line === undefined ? '' : `:${place.line}`}: ${message}`)
  }
}

/** Keeps a text out of the log from now on. */
export function maskSecret(secret: string): void {
  if (isOnRunner()) setSecret(secret)
}

/** Does a part of the work, and says how long it took. */
export async function stage<T>(title: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await waitingFor(title, work)
  log(`${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}

/** Waits until all that was printed has left the process; its end would drop what a slow reader of a pipe has not taken yet. */
export async function flushLog(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map(flush))
}

async function flush(stream: NodeJS.WriteStream): Promise<void> {
  // A reader that is gone will not take it either.
  await new Promise<void>(resolve => {
    stream.once('error', () => {
      resolve()
    })
    stream.write('', () => {
      resolve()
    })
  })
}
