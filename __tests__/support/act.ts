import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exists } from '../../src/exists.js'
import { ROOT, TOOL_CACHE } from './action.js'

const run = promisify(execFile)

/** A workflow run by `act` on this machine, without containers. */
export interface ActRequest {
  readonly event: 'schedule' | 'push' | 'workflow_dispatch'
  /** Path of the workflow file. */
  readonly workflow: string
  /** `OWNER/REPO` of the repository that the workflow belongs to; its default branch is `main`. */
  readonly repository: string
  readonly token: string
  readonly environment: Readonly<Record<string, string>>
  /** Folders that stand in for actions, by `OWNER/REPO@REF`. */
  readonly actions: Readonly<Record<string, string>>
}

/**
 * Installs act, unless an earlier test run has.
 * @returns the path of the program
 */
export async function installAct(): Promise<string> {
  const folder = join(ROOT, 'node_modules', '.cache', 'act')
  const program = join(folder, 'bin', 'act')
  if (await exists(program)) return program
  const unfinished = `${folder}.${process.pid}`
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--no-deps']
  await run('python3', ['-m', 'venv', unfinished])
  await run(join(unfinished, 'bin', 'python'), [...pip, '-r', join(ROOT, 'scripts', 'act.txt')])
  await rm(folder, { recursive: true, force: true })
  await rename(unfinished, folder)
  return program
}

/**
 * Runs a workflow.
 * @returns what act printed
 * @throws Error with that in its message when a step failed
 */
export async function runAct(program: string, request: ActRequest): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'act-'))
  try {
    const { stdout } = await run(program, await actArguments(folder, request), {
      cwd: folder,
      // A home of its own, because act reads settings there.
      env: { ...process.env, HOME: folder },
      maxBuffer: 100 << 20
    })
    return stdout
  } catch (error) {
    const printed = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : ''
    throw new Error(`act failed, after it had printed:\n${printed}`, { cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function actArguments(folder: string, request: ActRequest): Promise<string[]> {
  const cache = join(folder, 'cache')
  await mkdir(cache)
  // act keeps the runner's tool cache there; with this one the toolchain need not be installed again.
  await symlink(TOOL_CACHE, join(cache, 'tool_cache'))
  const event = join(folder, 'event.json')
  await writeFile(event, JSON.stringify({ ref: 'refs/heads/main', repository: { default_branch: 'main' } }))
  const environment = { ...request.environment, GITHUB_REPOSITORY: request.repository }
  return [
    request.event,
    ...['--workflows', request.workflow, '--eventpath', event, '--action-cache-path', cache],
    ...['--platform', 'ubuntu-latest=-self-hosted', '--pull=false', '--no-cache-server', '--no-skip-checkout'],
    ...['--secret', `GITHUB_TOKEN=${request.token}`],
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...Object.entries(request.actions).flatMap(([name, path]) => ['--local-repository', `${name}=${path}`])
  ]
}
