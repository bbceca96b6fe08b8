import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errorCode, SyncError } from '../common/errors.js'
import { exists } from '../common/exists.js'
import { log } from '../runner/log.js'
import { restoreFolder, saveFolder } from './folder-cache.js'
import { childEnvironment, lastLine, pipEnvironment, pipInstall, runProcess, type ProcessResult } from './process.js'
import { installWithUv } from './uv.js'

/** conda-lock and py-rattler, installed in one virtual environment. */
export interface Toolchain {
  /** Folder of its executables. */
  readonly bin: string
  /** Folder for the bytecode of what it runs, so that only its first run compiles. */
  readonly bytecode: string
  /** Saves a toolchain that this run has installed for runs on other machines, where there is a cache service. */
  readonly save: () => Promise<void>
}

export interface ToolchainOptions {
  /** The Python to install with: a name on PATH, or a path. */
  readonly python: string
  /** Folder with `requirements.txt` and `uv.txt`. */
  readonly solverFolder: string
  /** Folder to keep the toolchain in for later runs. */
  readonly cache: string
}

const OLDEST_PYTHON = [3, 10] as const

/**
 * Gives the toolchain from the tool cache or the runner's cache service, or installs it from the hash-pinned requirements.
 * @throws SyncError of kind `toolchain` when Python is missing, too old or without `venv`, or when installing fails
 */
export async function prepareToolchain(options: ToolchainOptions): Promise<Toolchain> {
  const version = await pythonVersion(options.python)
  const requirements = join(options.solverFolder, 'requirements.txt')
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .update(version)
  const folder = join(
    options.cache,
    'conda-lock-sync',
    `${version.replace(/\s.*/s, '')}-${hash.digest('hex').slice(0, 16)}`
  )
  const kept = { folder, key: `conda-lock-sync-toolchain-${process.platform}-${basename(folder)}` }
  const isThere = (await exists(folder)) || (await restore(kept))
  if (!isThere) await install({ ...options, executable: executableOf(version) }, folder)
  return {
    bin: join(folder, 'bin'),
    bytecode: join(folder, 'bytecode'),
    save: async () => (isThere ? undefined : saveFolder(kept))
  }
}

/** Restores the toolchain from the cache service; an incomplete one is removed. */
async function restore(kept: { folder: string; key: string }): Promise<boolean> {
  if ((await restoreFolder(kept)) === kept.key && (await exists(join(kept.folder, 'bin', 'python')))) return true
  await rm(kept.folder, { recursive: true, force: true })
  return false
}

/** `3.12.1 /usr/bin/python3`: the version, and the interpreter that virtual environments will point to. */
async function pythonVersion(python: string): Promise<string> {
  // Without `site` and the module `platform`, which would take most of the time.
  const program = 'import os, sys; print(sys.version.split()[0], sys.executable, os.uname().machine)'
  const result = await runProcess(python, ['-I', '-S', '-c', program], {
    environment: childEnvironment(process.env, {})
  })
  if (result === undefined) {
    throw new SyncError('toolchain', `There is no Python: \`${python}\` was not found.`, {
      hint: 'Add a step with actions/setup-python before this one, or name another Python with `python`.'
    })
  }
  const [major, minor] = result.stdout.split('.').map(Number)
  if (result.exitCode !== 0 || major === undefined || minor === undefined || Number.isNaN(major + minor)) {
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
  return version.slice(version.indexOf(' ') + 1, version.lastIndexOf(' '))
}

interface Installation extends ToolchainOptions {
  /** Absolute path of the Python, which uv, unlike `venv`, would look for by itself. */
  readonly executable: string
}

/** Installs next to the final folder and moves it there when it is complete, so that a run that is cut off leaves nothing half-made. */
async function install({ python, executable, solverFolder }: Installation, folder: string): Promise<void> {
  const work = `${folder}.${process.pid}`
  const environment = join(work, 'environment')
  try {
    await mkdir(work, { recursive: true })
    const obstacle = await installWithUv({ python: executable, solverFolder, work, environment })
    if (obstacle !== undefined) {
      log(`The toolchain is installed with pip, because uv cannot do it: ${obstacle}`)
      await installWithPip(python, join(solverFolder, 'requirements.txt'), environment)
    }
    await moveIntoPlace(environment, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function installWithPip(python: string, requirements: string, folder: string): Promise<void> {
  const environment = pipEnvironment()
  await rm(folder, { recursive: true, force: true })
  const created = await runProcess(python, ['-I', '-m', 'venv', folder], { environment })
  if (created?.exitCode !== 0) throw noVenv(python, created)
  const installed = await runProcess(join(folder, 'bin', 'python'), pipInstall(requirements), { environment })
  if (installed?.exitCode !== 0) throw notInstalled(installed)
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    // Another run on the same machine has finished the same toolchain in the meantime.
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error
  }
}

function noVenv(python: string, result: ProcessResult | undefined): SyncError {
  return new SyncError('toolchain', `\`${python} -m venv\` failed: ${lastLine(result)}`, {
    hint: 'On Debian and Ubuntu install the package python3-venv, or add a step with actions/setup-python before this one.',
    cause: result?.stderr
  })
}

function notInstalled(result: ProcessResult | undefined): SyncError {
  return new SyncError('toolchain', `pip could not install conda-lock and py-rattler: ${lastLine(result)}`, {
    hint: 'Check that the runner reaches PyPI (pip reads PIP_INDEX_URL and the proxy variables), then run the workflow again.',
    cause: result?.stderr
  })
}
