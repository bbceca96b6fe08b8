import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT, TOOL_CACHE } from './action.js'
import { freePort } from './github.js'
import { installOnce, PIP_INSTALL } from './install-once.js'

const run = promisify(execFile)

/** A workflow run by `act` on this machine, without containers. */
export interface ActRequest {
  readonly event: 'schedule' | 'push' | 'workflow_dispatch' | 'repository_dispatch' | 'pull_request' | 'issue_comment'
  /** What the event's payload has besides the repository. */
  readonly payload?: object
  /** Path of the workflow file. */
  readonly workflow: string
  /** `OWNER/REPO` of the repository that the workflow belongs to; its default branch is `main`. */
  readonly repository: string
  readonly token: string
  readonly environment: Readonly<Record<string, string>>
  /** Folders that stand in for actions, by `OWNER/REPO@REF`. */
  readonly actions: Readonly<Record<string, string>>
  /** A folder with programs that the workflow finds before others. */
  readonly programs: string
}

export interface ActRun {
  /** Whether all jobs that ran did. */
  readonly succeeded: boolean
  readonly printed: string
}

/**
 * Installs act.
 * @returns the path of the program
 */
export async function installAct(): Promise<string> {
  const folder = await installOnce('act', async unfinished => {
    await run('python3', ['-m', 'venv', unfinished])
    await run(join(unfinished, 'bin', 'python'), [...PIP_INSTALL, '-r', join(ROOT, 'scripts', 'act.txt')])
  })
  return join(folder, 'bin', 'act')
}

/** Runs a workflow, with an artifact service of its own. */
export async function runAct(program: string, request: ActRequest): Promise<ActRun> {
  const folder = await mkdtemp(join(tmpdir(), 'act-'))
  try {
    // A home of its own, because act reads settings there.
    const environment = { ...process.env, HOME: folder, PATH: `${request.programs}:${process.env.PATH ?? ''}` }
    return await execute(program, await actArguments(folder, request), folder, environment)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What act says before every step of a workflow that is in no clone. */
const NOISE = /^.*(?:located inside a git repository|unable to get git revision|LocalRepositoryCache).*\n/gm

async function execute(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<ActRun> {
  try {
    const { stdout } = await run(program, args, { cwd, env, maxBuffer: 100 << 20 })
    return { succeeded: true, printed: stdout.replace(NOISE, '') }
  } catch (error) {
    // Act has the code 1 when a job has failed.
    if (typeof error !== 'object' || error === null || !('stdout' in error && 'code' in error)) throw error
    if (error.code !== 1) throw error
    return { succeeded: false, printed: String(error.stdout).replace(NOISE, '') }
  }
}

async function actArguments(folder: string, request: ActRequest): Promise<string[]> {
  const cache = join(folder, 'cache')
  await mkdir(cache)
  // act keeps the runner's tool cache there; with this one the toolchain need not be installed again.
  await symlink(TOOL_CACHE, join(cache, 'tool_cache'))
  const event = join(folder, 'event.json')
  const common = { ref: 'refs/heads/main', repository: { default_branch: 'main' } }
  await writeFile(event, JSON.stringify({ ...common, ...request.payload }))
  const environment = { ...request.environment, GITHUB_REPOSITORY: request.repository }
  return [
    request.event,
    ...['--workflows', request.workflow, '--eventpath', event, '--action-cache-path', cache],
    ...['--platform', 'ubuntu-latest=-self-hosted', '--pull=false', '--no-cache-server', '--no-skip-checkout'],
    ...['--artifact-server-path', join(folder, 'artifacts'), '--artifact-server-addr', '127.0.0.1'],
    ...['--artifact-server-port', String(await freePort())],
    ...['--secret', `GITHUB_TOKEN=${request.token}`],
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...Object.entries(request.actions).flatMap(([name, path]) => ['--local-repository', `${name}=${path}`])
  ]
}
