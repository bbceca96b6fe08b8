import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../common/errors.js'
import { OUT_OF_TIME, startGroup } from '../runner/group.js'
import { log } from '../runner/log.js'

/** A folder in the runner's cache service. */
export interface CachedFolder {
  readonly folder: string
  /** The content under a key never changes. */
  readonly key: string
  /** If there is nothing under the key, the newest entry whose key starts so is taken. */
  readonly prefix?: string
}

/** The runner's cache service, of which nothing that matters may depend. */
export interface FolderCache {
  /**
   * Restores a folder. Whatever goes wrong costs a line in the log, and all restoring together at most five seconds.
   * @returns the key of what was restored
   */
  restore(kept: CachedFolder): Promise<string | undefined>
  /** Has a folder saved by {@link savePending}. */
  saveLater(kept: CachedFolder): void
}

const MILLISECONDS = 5000

/** What is to be saved when the run is over: it outlives the job that has made it. */
const pending: CachedFolder[] = []

/** The service of one run. */
export function openFolderCache(): FolderCache {
  const budget = { milliseconds: MILLISECONDS }
  return {
    restore: async kept => {
      const { printed, problem } = await ask('restore', kept, budget)
      if (problem !== undefined) {
        log(`Nothing was restored from the runner's cache: ${problem}`)
        // It may have come to a half.
        await rm(kept.folder, { recursive: true, force: true })
      }
      const key = /^restored=(.+)$/m.exec(printed)?.[1]
      return problem === undefined ? key : undefined
    },
    saveLater: kept => {
      pending.push(kept)
    }
  }
}

/** Saves what was left for later, in five seconds or not at all. To be called when the result of the run is known. */
export async function savePending(): Promise<void> {
  const budget = { milliseconds: MILLISECONDS }
  for (const kept of pending.splice(0)) {
    const { problem } = await ask('save', kept, budget)
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

async function ask(verb: 'restore' | 'save', kept: CachedFolder, budget: { milliseconds: number }): Promise<Answer> {
  if (!hasService() || budget.milliseconds <= 0) return { printed: '', problem: undefined }
  const started = performance.now()
  try {
    return await runProgram(verb, kept, budget.milliseconds)
  } catch (error) {
    return { printed: '', problem: messageOf(error) }
  } finally {
    budget.milliseconds -= performance.now() - started
  }
}

async function runProgram(verb: string, { folder, key, prefix = '' }: CachedFolder, limit: number): Promise<Answer> {
  await mkdir(dirname(folder), { recursive: true })
  const args = [PROGRAM, verb, dirname(folder), basename(folder), key, prefix]
  const group = startGroup(process.execPath, args, { environment: process.env, milliseconds: limit })
  group.stdin.end()
  group.stderr.pipe(process.stderr)
  const [printed, ending] = await Promise.all([text(group.stdout), group.ended])
  if (ending === OUT_OF_TIME) return { printed, problem: `it did not answer within ${MILLISECONDS / 1000} s` }
  // The library tells of failures in workflow commands, which would be annotations.
  const told = /^::(?:warning|error)[^:]*::(.*)$/m.exec(printed)?.[1]
  return { printed, problem: told ?? (ending === 0 ? undefined : `it ended with exit code ${ending}`) }
}
