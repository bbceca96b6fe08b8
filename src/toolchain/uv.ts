import { join } from 'node:path'
import { indexFor, type PackageIndex } from './package-index.js'
import { lastLine, pipEnvironment, pipInstall, runProcess, uvEnvironment } from './process.js'

export interface UvTask {
  readonly python: string
  /** Folder with `requirements.txt` and `uv.txt`. */
  readonly solverFolder: string
  /** Scratch folder, best on the disk of {@link made}, because uv links files instead of copying them. */
  readonly work: string
  /** The virtual environment to make. */
  readonly made: string
  readonly index: PackageIndex
  /** What children are started from. */
  readonly environment: NodeJS.ProcessEnv
}

/**
 * Makes a virtual environment of the hash-pinned requirements with uv: that of PATH, or one that pip fetches, hash-pinned, too.
 * @returns what was in the way, or undefined if nothing was
 */
export async function installWithUv(task: UvTask): Promise<string | undefined> {
  const { python, solverFolder, work, made, index } = task
  const environment = indexFor('uv', index, uvEnvironment(task.environment))
  const uv = (await works('uv', environment)) ? 'uv' : await fetchUv(task, environment)
  if (uv === undefined) return 'there is none on PATH, and pip did not fetch one'
  // Started elsewhere, uv takes its user's settings, but none from the files of a repository.
  const quiet = ['--quiet', '--directory', work, '--no-python-downloads', '--cache-dir', join(work, 'cache')]
  // Since every file has a pinned hash, it may come from any index.
  const locked = [
    '--require-hashes',
    '--no-build',
    '--no-deps',
    '--index-strategy',
    'unsafe-best-match',
    '--requirement',
    join(solverFolder, 'requirements.txt')
  ]
  const created = await runProcess(uv, ['venv', ...quiet, '--python', python, made], { environment })
  if (created?.exitCode !== 0) return lastLine(created)
  const target = ['--python', join(made, 'bin', 'python')]
  const installed = await runProcess(uv, ['pip', 'install', ...quiet, ...target, ...locked], { environment })
  return installed?.exitCode === 0 ? undefined : lastLine(installed)
}

async function works(uv: string, environment: Record<string, string>): Promise<boolean> {
  return (await runProcess(uv, ['--version'], { environment }))?.exitCode === 0
}

async function fetchUv(
  { python, solverFolder, work, index, environment }: UvTask,
  forUv: Record<string, string>
): Promise<string | undefined> {
  const folder = join(work, 'uv')
  await runProcess(python, [...pipInstall(join(solverFolder, 'uv.txt')), '--target', folder], {
    environment: indexFor('pip', index, pipEnvironment(environment))
  })
  const uv = join(folder, 'bin', 'uv')
  return (await works(uv, forUv)) ? uv : undefined
}
