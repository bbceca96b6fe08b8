import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, SyncError } from '../errors.js'
import { childEnvironment, pipEnvironment, runProcess, type ProcessResult } from './process.js'

/** conda-lock and py-rattler, installed in one virtual environment. */
export interface Toolchain {
  /** Folder of its executables. */
  readonly bin: string
}

export interface ToolchainOptions {
  /** The Python to install with: a name on PATH, or a path. */
  readonly python: string
  /** Folder with `requirements.txt`. */
  readonly solverFolder: string
  /** Folder to keep the toolchain in for later runs. */
  readonly cache: string
}

const OLDEST_PYTHON = [3, 10] as const

/**
 * Gives the toolchain from the cache, or installs it there from the hash-pinned requirements.
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
  if (!(await exists(folder))) await install(options.python, requirements, folder)
  return { bin: join(folder, 'bin') }
}

/** `3.12.1 /usr/bin/python3`: the version, and the interpreter that virtual environments will point to. */
async function pythonVersion(python: string): Promise<string> {
  const program = 'import platform, sys; print(platform.python_version(), sys.executable, platform.machine())'
  const result = await runProcess(python, ['-I', '-c', program], { environment: childEnvironment(process.env, {}) })
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

/** Installs next to the final folder and moves it there when it is whole, so that a cut-off run leaves nothing half-made. */
async function install(python: string, requirements: string, folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`
  const environment = pipEnvironment()
  try {
    await mkdir(join(folder, '..'), { recursive: true })
    const created = await runProcess(python, ['-I', '-m', 'venv', unfinished], { environment })
    if (created?.exitCode !== 0) throw noVenv(python, created)
    const pip = ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-compile']
    const locked = ['--require-hashes', '--only-binary', ':all:', '--no-deps', '--requirement', requirements]
    const installed = await runProcess(join(unfinished, 'bin', 'python'), [...pip, ...locked], { environment })
    if (installed?.exitCode !== 0) throw notInstalled(installed)
    await moveIntoPlace(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
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

function lastLine(result: ProcessResult | undefined): string {
  const lines = `${result?.stdout ?? ''}\n${result?.stderr ?? ''}`.split('\n').filter(line => line.trim() !== '')
  return lines.findLast(line => /error|no module|not/i.test(line)) ?? lines.at(-1) ?? 'it printed nothing'
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  )
}
