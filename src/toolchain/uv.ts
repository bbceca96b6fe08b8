import { join } from 'node:path'
import { lastLine, pipEnvironment, pipInstall, runProcess, uvEnvironment } from './process.js'

export interface UvTask {
  readonly python: string
  /** Folder with `requirements.txt` and `uv.txt`. */
  readonly solverFolder: string
  /** Scratch folder, best on the disk of {@link environment}, because uv links files instead of copying them. */
  readonly work: string
  /** The virtual environment to make. */
  readonly environment: string
}

/**
 * Makes a virtual environment of the hash-pinned requirements with uv: that of PATH, or one that pip fetches, hash-pinned, too.
 * @returns what was in the way, or undefined if nothing was
 */
export async function installWithUv({ python, solverFolder, work, environment }: UvTask): Promise<string | undefined> {
  const uv = (await findUv()) ?? (await fetchUv(python, join(solverFolder, 'uv.txt'), join(work, 'uv')))
  if (uv === undefined) return 'there is none on PATH, and pip did not fetch one'
  const quiet = ['--quiet', '--no-config', '--no-python-downloads', '--cache-dir', join(work, 'cache')]
  const locked = [
    '--require-hashes',
    '--no-build',
    '--no-deps',
    '--requirement',
    join(solverFolder, 'requirements.txt')
  ]
  const created = await runProcess(uv, ['venv', ...quiet, '--python', python, environment], {
    environment: uvEnvironment()
  })
  if (created?.exitCode !== 0) return lastLine(created)
  const target = ['--python', join(environment, 'bin', 'python')]
  const installed = await runProcess(uv, ['pip', 'install', ...quiet, ...target, ...locked], {
    environment: uvEnvironment()
  })
  return installed?.exitCode === 0 ? undefined : lastLine(installed)
}

async function findUv(): Promise<string | undefined> {
  return (await works('uv')) ? 'uv' : undefined
}

async function works(uv: string): Promise<boolean> {
  return (await runProcess(uv, ['--version'], { environment: uvEnvironment() }))?.exitCode === 0
}

async function fetchUv(python: string, requirements: string, folder: string): Promise<string | undefined> {
  await runProcess(python, [...pipInstall(requirements), '--target', folder], { environment: pipEnvironment() })
  const uv = join(folder, 'bin', 'uv')
  return (await works(uv)) ? uv : undefined
}
