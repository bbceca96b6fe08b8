import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { read } from '../common/schema.js'
import type { Platform } from '../lockfile/platforms.js'
import { repositoriesOf } from './repositories.js'
import type { HeldBack } from './solver-report.js'

/** What conda-lock wrote, nothing of it in the repository yet. */
export interface LockOutput {
  readonly lockfile: string
  /** Explicit lockfiles by platform. */
  readonly explicit: ReadonlyMap<Platform, string>
  readonly tools: ToolVersions
  readonly seconds: number
  /** SHA-256 of each table of PyPI and conda names that was downloaded, by its address. */
  readonly tables: Readonly<Record<string, string>>
  /** Packages from PyPI of which cooldowns hide newer ones. */
  readonly heldBack: readonly HeldBack[]
  /** The repositories of pip packages, see {@link repositoriesOf}. */
  readonly repositories: ReadonlyMap<string, string>
}

export interface ToolVersions {
  readonly condaLock: string
  readonly pyRattler: string
}

/** What conda-lock renders from a lockfile that it has written. */
export interface ReadBack {
  /** Explicit lockfiles by platform. */
  readonly explicit: ReadonlyMap<Platform, string>
  readonly seconds: number
}

/** The name of explicit lockfiles in the folders of a run. */
export const EXPLICIT_NAME = 'conda-{platform}.lock'

/** Reads the explicit lockfiles in a folder, by platform. */
export async function readExplicit(
  platforms: readonly Platform[],
  folder: string
): Promise<ReadonlyMap<Platform, string>> {
  const entries = platforms.map(async platform => {
    const name = EXPLICIT_NAME.replace('{platform}', platform)
    return [platform, await readFile(join(folder, name), 'utf8')] as const
  })
  return new Map(await Promise.all(entries))
}

/** What solver/driver.py answers to everything. */
const timed = z.looseObject({ seconds: z.number() })

/** The seconds that conda-lock took for `render`. */
export function renderSeconds(answer: unknown): number {
  return read(timed, answer, 'render').seconds
}

/** What solver/driver.py answers to `lock`. */
const answered = z.object({
  conda_lock: z.string(),
  py_rattler: z.string(),
  seconds: z.number(),
  tables: z.record(z.string(), z.string()),
  held_back: z.array(
    z.object({
      platform: z.string(),
      name: z.string(),
      version: z.string(),
      uploaded: z.string(),
      by: z.string()
    })
  ),
  projects: z.record(z.string(), z.array(z.tuple([z.string(), z.string()])))
})

/**
 * Reads what the driver answers to `lock`: what there is to know besides the files.
 * @throws Error if the answer has another shape
 */
export function parseLockAnswer(answer: unknown): Omit<LockOutput, 'lockfile' | 'explicit'> {
  const { conda_lock: condaLock, py_rattler: pyRattler, seconds, tables, ...rest } = read(answered, answer, 'lock')
  return {
    tools: { condaLock, pyRattler },
    seconds,
    tables,
    heldBack: rest.held_back,
    repositories: repositoriesOf(rest.projects)
  }
}
