import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../common/errors.js'
import { OUT_OF_TIME, startGroup } from '../runner/group.js'
import { log } from '../runner/log.js'

/** A folder in the runner's cache service, on which nothing that matters may depend. */
export interface CachedFolder {
  readonly folder: string
  /** The content under a key never changes. */
  readonly key: string
}

/** To restore a folder, and to save one. */
const MILLISECONDS = 5000

/** What is to be saved when the run is over: it outlives the job that has made it. */
const pending: CachedFolder[] = []

/**
 * Restores a folder. Whatever goes wrong costs a line in the log, and five seconds at most.
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

/** Saves what was left for later, in five seconds or not at all. To be called when the result of the run is known. */
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
  const group = startGroup(process.execPath, args, { environment: process.env, milliseconds: MILLISECONDS })
  group.stdin.end()
  group.stderr.pipe(process.stderr)
  const [printed, ending] = await Promise.all([text(group.stdout), group.ended])
  if (ending === OUT_OF_TIME) return { printed, problem: `it did not answer within ${MILLISECONDS / 1000} s` }
  // The library tells of failures in workflow commands, which would be annotations.
  const told = /^::(?:warning|error)[^:]*::(.*)$/m.exec(printed)?.[1]
  return { printed, problem: told ?? (ending === 0 ? undefined : `it ended with exit code ${ending}`) }
}
