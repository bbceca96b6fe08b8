import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../common/errors.js'
import { startGroup, type Group } from '../runner/group.js'
import { log } from '../runner/log.js'

/** A folder in the runner's cache service, on which nothing that matters may depend. */
export interface CachedFolder {
  readonly folder: string
  /** The content under a key never changes. */
  readonly key: string
}

const ANSWER_SECONDS = 5

/** For the folder after the answer: a busy runner and a slow line take longer than a dead service. */
const FOLDER_SECONDS = 20

/** The service has answered, and goes on: what the library prints of a folder that is there, and `cache.js` of one that is not. */
const ANSWERED = /^(?:Cache hit for: |absent=)/m

/** What is to be saved when the run is over: it outlives the job that has made it. */
const pending: CachedFolder[] = []

/**
 * Restores a folder. Whatever goes wrong costs a line in the log. A service that does not answer costs five seconds.
 * @returns whether it was there
 */
export async function restoreFolder(kept: CachedFolder): Promise<boolean> {
  const { printed, problem } = await ask('restore', kept)
  if (problem !== undefined) {
    log(`Nothing was restored from the runner's cache: ${problem}`)
    // It may have come to a half.
    await rm(kept.folder, { recursive: true, force: true })
  }
  return problem === undefined && printed.includes(`\nrestored=${kept.key}\n`)
}

/** Has a folder saved by {@link savePending}. */
export function saveFolderLater(kept: CachedFolder): void {
  pending.push(kept)
}

/** Saves what was left for later, within the same limits or not at all. To be called when the result of the run is known. */
export async function savePending(): Promise<void> {
  for (const kept of pending.splice(0)) {
    const { problem } = await ask('save', kept)
    if (problem !== undefined) log(`Nothing was kept in the runner's cache: ${problem}`)
  }
}

interface Answer {
  readonly printed: string
  readonly problem: string | undefined
}

/** Only runners have a cache service; GitHub Enterprise Server may have none. */
export function hasService(): boolean {
  return (process.env.ACTIONS_RESULTS_URL ?? process.env.ACTIONS_CACHE_URL ?? '') !== ''
}

/** Beside the entries of `dist/`. */
const PROGRAM = fileURLToPath(new URL('./cache.js', import.meta.url))

async function ask(verb: 'restore' | 'save', kept: CachedFolder): Promise<Answer> {
  if (!hasService()) return { printed: '', problem: undefined }
  try {
    return await runProgram(verb, kept)
  } catch (error) {
    return { printed: '', problem: messageOf(error) }
  }
}

async function runProgram(verb: string, { folder, key }: CachedFolder): Promise<Answer> {
  await mkdir(dirname(folder), { recursive: true })
  const args = [PROGRAM, verb, dirname(folder), basename(folder), key]
  const group = startGroup(process.execPath, args, { environment: process.env })
  group.stdin.end()
  group.stderr.pipe(process.stderr)
  const { printed, tooLate } = await readInTime(group)
  const code = await group.ended
  // The library tells of failures in workflow commands, which would be annotations.
  const told = /^::(?:warning|error)[^:]*::(.*)$/m.exec(printed)?.[1]
  return { printed, problem: tooLate ?? told ?? (code === 0 ? undefined : `it ended with exit code ${code}`) }
}

/** What a program prints until it ends, or is ended because its time is up. */
async function readInTime(program: Group): Promise<{ readonly printed: string; readonly tooLate: string | undefined }> {
  let tooLate: string | undefined
  const endAfter = (seconds: number, what: string) =>
    setTimeout(() => {
      tooLate = `${what} within ${seconds} s`
      program.kill()
    }, seconds * 1000)
  let limit = endAfter(ANSWER_SECONDS, 'it did not answer')
  let printed = ''
  let hasAnswered = false
  for await (const chunk of program.stdout.setEncoding('utf8')) {
    printed += String(chunk)
    if (hasAnswered || !ANSWERED.test(printed)) continue
    hasAnswered = true
    clearTimeout(limit)
    limit = endAfter(FOLDER_SECONDS, 'it was not done')
  }
  clearTimeout(limit)
  return { printed, tooLate }
}
