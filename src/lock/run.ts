import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join, posix } from 'node:path'
import type { Platform } from '../inputs.js'
import { readFailure } from './failure.js'
import { childEnvironment, runProcess, type ProcessResult } from './process.js'
import type { RepositoryFile } from '../workspace.js'
import type { Toolchain } from './toolchain.js'

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
  /** The run's time that is left. */
  readonly seconds: number
}

export interface LockPlaces {
  readonly toolchain: Toolchain
  readonly solverFolder: string
  /** An empty folder. */
  readonly scratch: string
  /** Folder for repodata that outlives the run. */
  readonly repodataCache: string
  readonly log: (text: string) => void
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
}

export interface ToolVersions {
  readonly condaLock: string
  readonly pyRattler: string
}

const EXPLICIT = 'conda-{platform}.lock'

/**
 * Runs conda-lock once in a scratch folder that is laid out like the repository, so that the lockfile says of its
 * sources what it would say if it were made in place.
 * @throws SyncError of kind `solve` (or the kind that the failure turns out to be of)
 */
export async function runCondaLock(task: LockTask, places: LockPlaces): Promise<LockOutput> {
  const folders = await layOut(task, places)
  const conda = task.condaExecutable ?? (await installFrontEnd(places))
  const report = join(places.scratch, 'solver-report.jsonl')
  const result = await runProcess(join(places.toolchain.bin, 'python'), [join(places.solverFolder, 'driver.py')], {
    environment: solverEnvironment(task, places, report),
    input: JSON.stringify(driverTask(task, folders, conda))
  })
  places.log(withoutCredentials(result?.stderr ?? ''))
  if (result?.exitCode !== 0) throw await readFailure(task, report, result)
  return readOutput(task, folders, result)
}

/** After a failed solve conda-lock prints the whole command, with the credentials of private channels. */
function withoutCredentials(text: string): string {
  return text.replace(/(?<=:\/\/)[^/\s@'"]+@|(?<=\/t\/)[^/\s'"]+/g, '***')
}

interface Folders {
  readonly work: string
  readonly explicit: string
  readonly readBack: string
}

async function layOut(task: LockTask, { scratch }: LockPlaces): Promise<Folders> {
  const folders = {
    work: join(scratch, 'work'),
    explicit: join(scratch, 'explicit'),
    readBack: join(scratch, 'read-back')
  }
  await mkdir(join(folders.work, task.workingDirectory), { recursive: true })
  await mkdir(folders.explicit)
  await mkdir(folders.readBack)
  for (const file of task.environmentFiles) {
    const path = join(folders.work, file.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.content)
  }
  return folders
}

/** conda-lock wants one executable file; this one starts with the Python that is first on PATH. */
async function installFrontEnd({ solverFolder, scratch }: LockPlaces): Promise<string> {
  const executable = join(scratch, 'rattler-conda')
  await copyFile(join(solverFolder, 'rattler_conda.py'), executable)
  await chmod(executable, 0o755)
  return executable
}

function solverEnvironment(task: LockTask, places: LockPlaces, report: string): Record<string, string> {
  return childEnvironment(process.env, {
    PATH: `${places.toolchain.bin}${delimiter}${process.env.PATH ?? ''}`,
    // conda-lock leaves folders there when it is killed.
    TMPDIR: places.scratch,
    PYTHONDONTWRITEBYTECODE: '1',
    CONDA_CHANNEL_ALIAS: task.channelAlias,
    MAMBA_CHANNEL_ALIAS: task.channelAlias,
    RATTLER_CONDA_CACHE: places.repodataCache,
    RATTLER_CONDA_REPORT: report
  })
}

/** The task as solver/driver.py reads it. */
function driverTask(task: LockTask, folders: Folders, conda: string): unknown {
  const local = (path: string) => posix.relative(task.workingDirectory, path)
  return {
    directory: join(folders.work, task.workingDirectory),
    files: task.environmentFiles.map(file => local(file.path)),
    platforms: task.platforms,
    lockfile: local(task.lockfile),
    explicit: join(folders.explicit, EXPLICIT),
    readback: folders.readBack,
    conda,
    metadata: task.metadata,
    seconds: task.seconds
  }
}

async function readOutput(task: LockTask, folders: Folders, result: ProcessResult): Promise<LockOutput> {
  const done = parseResult(result.stdout)
  return {
    lockfile: await readFile(join(folders.work, task.lockfile), 'utf8'),
    explicit: await readPlatforms(task, folders.explicit),
    readBack: await readPlatforms(task, folders.readBack),
    ...done
  }
}

async function readPlatforms(task: LockTask, folder: string): Promise<ReadonlyMap<Platform, string>> {
  const entries = task.platforms.map(async platform => {
    const name = EXPLICIT.replace('{platform}', platform)
    return [platform, await readFile(join(folder, name), 'utf8')] as const
  })
  return new Map(await Promise.all(entries))
}

function parseResult(stdout: string): Pick<LockOutput, 'tools' | 'seconds'> {
  const result: unknown = JSON.parse(stdout)
  if (typeof result !== 'object' || result === null) throw new Error('solver/driver.py printed no result')
  const text = (key: string) => String(Object.getOwnPropertyDescriptor(result, key)?.value)
  const seconds: unknown = 'seconds' in result ? result.seconds : {}
  const entries = Object.entries(typeof seconds === 'object' && seconds !== null ? seconds : {})
  return {
    tools: { condaLock: text('conda_lock'), pyRattler: text('py_rattler') },
    seconds: Object.fromEntries(entries.map(([name, value]) => [name, Number(value)]))
  }
}
