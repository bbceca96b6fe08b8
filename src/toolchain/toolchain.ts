import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errorCode, messageOf, SyncError } from '../common/errors.js'
import { exists } from '../common/exists.js'
import { withoutCredentials } from '../common/urls.js'
import { log } from '../runner/log.js'
import { besides, removeAbandoned } from '../runner/scratch.js'
import { restoreFolder, saveFolderLater, type CachedFolder } from './folder-cache.js'
import { keptFolder } from './kept.js'
import { findDamage, writeManifest } from './manifest.js'
import { chooseIndex, indexFor, readPackageIndex, type PackageIndex } from './package-index.js'
import { childEnvironment, lastLine, pipEnvironment, pipInstall, runProcess, type ProcessResult } from './process.js'
import { installWithUv } from './uv.js'

/** conda-lock and py-rattler, installed in one virtual environment. */
export interface Toolchain {
  /** Folder of its executables. */
  readonly bin: string
  /** Folder for the bytecode of what it runs, so that only its first run compiles. */
  readonly bytecode: string
  /** Makes it anew, because it does not work; false if it has been made in this run. */
  readonly renew: () => Promise<boolean>
  /** Has a toolchain that this run has installed saved for runs on other machines, where there is a cache service. */
  readonly saveLater: () => void
}

export interface ToolchainOptions {
  /** The Python to install with: a name on PATH, or a path. */
  readonly python: string
  /** Folder with `requirements.txt` and `uv.txt`. */
  readonly solverFolder: string
  /** Folder to keep the toolchain in for later runs. */
  readonly cache: string
  /** Folder that may have the toolchain, but cannot be written to. */
  readonly readOnly?: string
  /** What children are started from; this process's own environment unless given. */
  readonly environment?: NodeJS.ProcessEnv
}

const OLDEST_PYTHON = [3, 10] as const

/**
 * Gives the toolchain from the tool cache or the runner's cache service, or installs it from the hash-pinned requirements. One
 * that is damaged is made anew.
 * @throws SyncError of kind `toolchain` when Python is missing, too old or without `venv`, or when installing fails
 */
export async function prepareToolchain(options: ToolchainOptions): Promise<Toolchain> {
  const { environment = process.env } = options
  const version = await pythonVersion(options.python, environment)
  const name = await folderName(version, options.solverFolder)
  const installation = { ...options, environment, executable: executableOf(version) }
  const provided = options.readOnly === undefined ? undefined : join(keptFolder(options.readOnly), name)
  if (provided !== undefined && (await isSound(provided))) {
    return { ...placesIn(provided), renew: () => Promise.resolve(false), saveLater: () => undefined }
  }
  const own = keptFolder(options.cache)
  await removeAbandoned(own, '')
  const folder = join(own, name)
  const kept = { folder, key: `conda-lock-sync-toolchain-${process.platform}-${name}` }
  let isNew = !(await isSound(folder)) && (await make(installation, kept)) === 'installed'
  return {
    ...placesIn(folder),
    renew: async () => {
      if (isNew) return false
      isNew = true
      await makeAside(folder, async (work, made) => {
        await install(installation, work, made)
        await moveIntoPlace(made, folder)
      })
      return true
    },
    saveLater: () => {
      if (isNew) saveFolderLater(kept)
    }
  }
}

function placesIn(folder: string): Pick<Toolchain, 'bin' | 'bytecode'> {
  return { bin: join(folder, 'bin'), bytecode: join(folder, 'bytecode') }
}

async function folderName(version: string, solverFolder: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(join(solverFolder, 'requirements.txt')))
    .update(version)
  return `${version.replace(/\s.*/s, '')}-${hash.digest('hex').slice(0, 16)}`
}

/** Whether the folder has a whole toolchain; a damaged one is told. */
async function isSound(folder: string): Promise<boolean> {
  if (!(await exists(folder))) return false
  const damage = findDamage(folder)
  if (damage !== undefined) log(`The toolchain in ${folder} is damaged, and is not used: ${damage}.`)
  return damage === undefined
}

/** Makes the toolchain from the cache service, or else installs it. */
async function make(installation: Installation, { folder, key }: CachedFolder): Promise<'restored' | 'installed'> {
  return makeAside(folder, async (work, made) => {
    const isRestored = (await restoreFolder({ folder: made, key })) && (await isSound(made))
    if (!isRestored) await install(installation, work, made)
    // Another run on the same machine may have made the same toolchain in the meantime.
    if (findDamage(folder) !== undefined) await moveIntoPlace(made, folder)
    return isRestored ? 'restored' : 'installed'
  })
}

/**
 * Has something made next to the final folder, so that a run that is cut off leaves nothing half-made, and other runs never see
 * half of it.
 * @param work gets a scratch folder, and in it the path to make, of the same name as the final one
 */
async function makeAside<T>(folder: string, work: (scratch: string, made: string) => Promise<T>): Promise<T> {
  const scratch = besides(folder)
  try {
    await makeFolder(scratch)
    return await work(scratch, join(scratch, basename(folder)))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/**
 * Puts a whole toolchain in the place of one that does not work. Others may use that all the same: what they have opened stays,
 * and what they look for is there at any time, but for the instant between two calls.
 */
async function moveIntoPlace(made: string, folder: string): Promise<void> {
  const old = besides(folder, '.old')
  try {
    renameSync(folder, old)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
  try {
    renameSync(made, folder)
  } catch (error) {
    // Another run has put the same there in that instant.
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error
  }
  await rm(old, { recursive: true, force: true })
}

/** `3.12.1 /usr/bin/python3 x86_64 glibc 2.36`: the version, the interpreter that virtual environments point to, and its machine. */
async function pythonVersion(python: string, environment: NodeJS.ProcessEnv): Promise<string> {
  // Without `site` and the module `platform`, which would take most of the time. Only glibc knows that name.
  const program = [
    'import os, sys',
    'names = os.confstr_names if hasattr(os, "confstr") else {}',
    'try: libc = os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in names else None',
    'except (OSError, ValueError): libc = None',
    'print(sys.version.split()[0], sys.executable, os.uname().machine, libc or sys.platform, sep="\\t")'
  ].join('\n')
  const result = await runProcess(python, ['-I', '-S', '-c', program], {
    environment: childEnvironment(environment, {})
  })
  if (result === undefined) {
    throw new SyncError('toolchain', `There is no Python: \`${python}\` was not found.`, {
      hint: 'Add a step with actions/setup-python before this one, or name another Python with `python`.'
    })
  }
  const [major, minor] = result.stdout.split('.').map(Number)
  const isAnswer = result.exitCode === 0 && executableOf(result.stdout) !== ''
  if (!isAnswer || major === undefined || minor === undefined || Number.isNaN(major + minor)) {
    throw new SyncError('toolchain', `\`${python}\` does not work as a Python: ${lastLine(result)}`, {
      hint: 'Add a step with actions/setup-python before this one, or name another Python with `python`.'
    })
  }
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
    throw new SyncError('toolchain', `\`${python}\` is Python ${major}.${minor}, which is too old.`, {
      hint: `conda-lock needs Python ${OLDEST_PYTHON.join('.')} or newer: add a step with actions/setup-python before this one.`
    })
  }
  return result.stdout.trim()
}

function executableOf(version: string): string {
  return version.split('\t')[1] ?? ''
}

interface Installation extends ToolchainOptions {
  /** Absolute path of the Python, which uv, unlike `venv`, would look for by itself. */
  readonly executable: string
  readonly environment: NodeJS.ProcessEnv
}

async function install(options: Installation, work: string, made: string): Promise<void> {
  const { python, executable, solverFolder } = options
  // What pip leaves when it is killed is then removed with the rest.
  const environment = { ...options.environment, TMPDIR: work }
  await rm(made, { recursive: true, force: true })
  const index = await chooseIndex(await readPackageIndex(python, environment))
  const obstacle = await installWithUv({ python: executable, solverFolder, work, made, index, environment })
  if (obstacle !== undefined) {
    log(`The toolchain is installed with pip, because uv cannot do it: ${withoutCredentials(obstacle)}`)
    await installWithPip(python, join(solverFolder, 'requirements.txt'), made, { index, environment })
  }
  await writeManifest(made)
}

/** @throws SyncError of kind `toolchain` if the folder cannot be made */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new SyncError('toolchain', `The toolchain has no place: ${messageOf(error)}.`, {
      hint: 'Set RUNNER_TOOL_CACHE to a folder that can be written to, or make room on the disk.',
      cause: error
    })
  })
}

interface Source {
  readonly index: PackageIndex
  readonly environment: NodeJS.ProcessEnv
}

async function installWithPip(
  python: string,
  requirements: string,
  folder: string,
  { index, environment }: Source
): Promise<void> {
  const pip = indexFor('pip', index, pipEnvironment(environment))
  await rm(folder, { recursive: true, force: true })
  const created = await runProcess(python, ['-I', '-m', 'venv', folder], { environment: pip })
  if (created?.exitCode !== 0) throw noVenv(python, created)
  const installed = await runProcess(join(folder, 'bin', 'python'), pipInstall(requirements), { environment: pip })
  if (installed?.exitCode !== 0) throw notInstalled(installed, index)
}

function noVenv(python: string, result: ProcessResult | undefined): SyncError {
  return new SyncError('toolchain', `\`${python} -m venv\` failed: ${lastLine(result)}`, {
    hint: 'On Debian and Ubuntu install the package python3-venv, or add a step with actions/setup-python before this one.',
    cause: result?.stderr
  })
}

function notInstalled(result: ProcessResult | undefined, { doubt }: PackageIndex): SyncError {
  const reason = doubt?.message ?? withoutCredentials(lastLine(result))
  return new SyncError('toolchain', `pip could not install conda-lock and py-rattler: ${reason}`, {
    hint:
      doubt?.hint ??
      'Check that the runner reaches PyPI (pip reads PIP_INDEX_URL and the proxy variables), then run the workflow again.',
    cause: withoutCredentials(result?.stderr ?? '')
  })
}
