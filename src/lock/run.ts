import { readFile, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { isMapping, toMapping } from '../guards.js'
import type { Platform } from '../platforms.js'
import type { RepositoryFile } from '../workspace.js'
import type { Driver } from './driver.js'
import { writeFrontEnd } from './front-end.js'

export interface LockTask {
  /** All environment files in conda-lock's order: of two specs for one package the last file's wins, silently. */
  readonly environmentFiles: readonly RepositoryFile[]
  readonly platforms: readonly Platform[]
  /** Path of `conda-lock.yml`, relative to the root of the repository. */
  readonly lockfile: string
  readonly workingDirectory: string
  /** Flat texts that go into the lockfile's `custom_metadata`. */
  readonly metadata: Readonly<Record<string, string>>
  readonly channelAlias: string
  readonly condaExecutable: string | undefined
  /** Absolute path of a table of PyPI and conda names; without it conda-lock fetches one for a `pip:` section. */
  readonly lookupFile: string | undefined
  readonly steering: Steering
}

/** What the solve depends on besides specs and channels. */
export interface Steering {
  readonly update: 'all' | 'minimal'
  /** Addresses of the records to keep where they can be. */
  readonly locked: ReadonlyMap<Platform, readonly string[]>
  /** Later uploads are not considered. */
  readonly cutoff: Date | undefined
  /** Names that the cutoff does not concern. */
  readonly exempt: readonly string[]
  /** Path of a file of virtual packages. */
  readonly virtualPackages: string | undefined
  readonly cuda: string | undefined
}

/** Where and with what a lock is made. */
export interface Laboratory {
  readonly driver: Driver
  readonly solverFolder: string
  readonly folders: {
    readonly scratch: string
    /** Laid out like the repository, with the environment files in it. */
    readonly work: string
    /** The working directory in it. */
    readonly directory: string
    readonly explicit: string
    readonly readBack: string
  }
  /** Folder for repodata and packages that outlives the run. */
  readonly cache: string
  /** The Python of the toolchain. */
  readonly python: string
  /** Variables that the addresses of private channels name. */
  readonly credentials: Readonly<Record<string, string>>
}

/** What conda-lock wrote, nothing of it in the repository yet. */
export interface LockOutput {
  readonly lockfile: string
  /** Explicit lockfiles by platform. */
  readonly explicit: ReadonlyMap<Platform, string>
  /** What conda-lock renders from its own lockfile after reading it back, by platform. */
  readonly readBack: ReadonlyMap<Platform, string>
  readonly tools: ToolVersions
  readonly seconds: Readonly<Record<string, number>>
  /** SHA-256 of each table of PyPI and conda names that was downloaded, by its address. */
  readonly tables: Readonly<Record<string, string>>
}

export interface ToolVersions {
  readonly condaLock: string
  readonly pyRattler: string
}

const EXPLICIT = 'conda-{platform}.lock'

/** The built-in solver's own folder for repodata. */
export function repodataFolder(cache: string): string {
  return join(cache, 'repodata')
}

/** The file in which the built-in solver says how its solves went. */
export function solverReport({ folders }: Laboratory): string {
  return join(folders.scratch, 'solver-report.jsonl')
}

/**
 * Runs conda-lock once, and lets it read its lockfile back.
 * @throws DriverError when conda-lock fails
 */
export async function runCondaLock(task: LockTask, laboratory: Laboratory): Promise<LockOutput> {
  const { driver, folders } = laboratory
  const local = (path: string) => posix.relative(task.workingDirectory, path)
  const answer = await driver.request('lock', {
    directory: folders.directory,
    files: task.environmentFiles.map(file => local(file.path)),
    platforms: task.platforms,
    lockfile: local(task.lockfile),
    explicit: join(folders.explicit, EXPLICIT),
    readback: folders.readBack,
    conda: task.condaExecutable ?? (await writeFrontEnd(laboratory.solverFolder, folders.scratch)),
    metadata: task.metadata,
    ...virtualPackages(task),
    ...(task.lookupFile === undefined ? {} : { lookup: task.lookupFile }),
    environment: {
      ...laboratory.credentials,
      CONDA_CHANNEL_ALIAS: task.channelAlias,
      MAMBA_CHANNEL_ALIAS: task.channelAlias,
      RATTLER_CONDA_CACHE: repodataFolder(laboratory.cache),
      // Poetry keeps what it has read of a package for good, by the address of the index.
      POETRY_CACHE_DIR: join(folders.scratch, 'poetry'),
      RATTLER_CONDA_REPORT: solverReport(laboratory),
      RATTLER_CONDA_STEERING: await writeSteering(task, laboratory)
    }
  })
  return {
    lockfile: await readFile(join(folders.work, task.lockfile), 'utf8'),
    explicit: await readPlatforms(task, folders.explicit),
    readBack: await readPlatforms(task, folders.readBack),
    ...parseAnswer(answer)
  }
}

/** Fields of the driver's request that are only there when they are set. */
function virtualPackages({ steering, workingDirectory }: LockTask): Record<string, string> {
  const { virtualPackages: path, cuda } = steering
  return {
    ...(path === undefined ? {} : { virtual_packages: posix.relative(workingDirectory, path) }),
    ...(cuda === undefined ? {} : { cuda })
  }
}

/** What solver/steering.py reads. */
async function writeSteering({ steering }: LockTask, { folders }: Laboratory): Promise<string> {
  const path = join(folders.scratch, 'steering.json')
  const { locked, cutoff, exempt } = steering
  await writeFile(path, JSON.stringify({ locked: Object.fromEntries(locked), cutoff, exempt }))
  return path
}

async function readPlatforms(task: LockTask, folder: string): Promise<ReadonlyMap<Platform, string>> {
  const entries = task.platforms.map(async platform => {
    const name = EXPLICIT.replace('{platform}', platform)
    return [platform, await readFile(join(folder, name), 'utf8')] as const
  })
  return new Map(await Promise.all(entries))
}

function parseAnswer(answer: unknown): Pick<LockOutput, 'tools' | 'seconds' | 'tables'> {
  if (!isMapping(answer)) throw new Error('solver/driver.py gave no answer')
  const text = (key: string) => String(answer[key])
  const entries = (key: string) => Object.entries(toMapping(answer[key]))
  return {
    tools: { condaLock: text('conda_lock'), pyRattler: text('py_rattler') },
    seconds: Object.fromEntries(entries('seconds').map(([name, value]) => [name, Number(value)])),
    tables: Object.fromEntries(entries('tables').map(([name, value]) => [name, String(value)]))
  }
}
