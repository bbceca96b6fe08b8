import { spawn } from 'node:child_process'
import { lchown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FakeGitHub, Repository } from './github.js'

/** The root of this project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Where the toolchain is kept between test runs and demos. */
export const TOOL_CACHE = join(ROOT, 'node_modules', '.cache', 'conda-lock-sync')

/** A runner's machine: a workspace with a checkout, and the folders and variables of one run. */
export interface RunnerMachine {
  readonly workspace: string
  /** Makes the workspace what the branch of the repository holds, as actions/checkout does. */
  checkout(repository: Repository, branch: string): Promise<void>
  read(path: string): Promise<string | undefined>
  write(path: string, content: string | Uint8Array): Promise<void>
  close(): Promise<void>
}

/** What a run of the action left behind. */
export interface ActionRun {
  readonly exitCode: number | null
  readonly stdout: string
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
  readonly milliseconds: number
}

export interface ActionRequest {
  readonly github: FakeGitHub
  readonly repository: string
  /** `with:` of the step; action.yml's defaults are left to the code. */
  readonly inputs: Readonly<Record<string, string>>
  readonly ref?: string
  readonly defaultBranch?: string
  readonly event?: string
  /** More variables, or with undefined fewer. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly toolCache?: string
  /** Number of the user that the action runs as, to whom the machine's folder is given; for tests that root runs. */
  readonly user?: number
  /** Called with the number of the process of the action. */
  readonly started?: (pid: number) => void
}

export async function startRunner(): Promise<RunnerMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'runner-'))
  const workspace = join(folder, 'work space')
  await mkdir(workspace, { recursive: true })
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(workspace, path)), { recursive: true })
    await writeFile(join(workspace, path), content)
  }
  return {
    workspace,
    write,
    read: path => readFile(join(workspace, path), 'utf8').catch(() => undefined),
    checkout: async (repository, branch) => {
      await rm(workspace, { recursive: true, force: true })
      await mkdir(join(workspace, '.git'), { recursive: true })
      for (const path of await repository.files(branch)) await write(path, (await repository.read(path, branch)) ?? '')
    },
    close: () => rm(folder, { recursive: true, force: true })
  }
}

/** Runs the built action as the runner would: a new process, told everything by its environment. */
export async function runAction(machine: RunnerMachine, request: ActionRequest): Promise<ActionRun> {
  const folder = await mkdtemp(join(dirname(machine.workspace), 'run-'))
  const files = { output: join(folder, 'output'), summary: join(folder, 'summary'), event: join(folder, 'event.json') }
  const defaultBranch = request.defaultBranch ?? 'main'
  await writeFile(files.output, '')
  await writeFile(files.summary, '')
  await writeFile(files.event, JSON.stringify({ repository: { default_branch: defaultBranch } }))
  if (request.user !== undefined) await giveTo(request.user, dirname(machine.workspace))
  const started = Date.now()
  const { exitCode, stdout } = await spawnNode(machine.workspace, request, {
    ...withoutRunner(process.env),
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: request.github.apiUrl,
    GITHUB_SERVER_URL: request.github.url,
    GITHUB_REPOSITORY: request.repository,
    GITHUB_WORKSPACE: machine.workspace,
    GITHUB_EVENT_NAME: request.event ?? 'schedule',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_REF: request.ref ?? `refs/heads/${defaultBranch}`,
    GITHUB_RUN_ID: '1',
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    RUNNER_TEMP: folder,
    RUNNER_TOOL_CACHE: request.toolCache ?? TOOL_CACHE,
    ...Object.fromEntries(
      Object.entries(request.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
    ),
    ...request.environment
  })
  return {
    exitCode,
    stdout,
    outputs: parseOutputs(await readFile(files.output, 'utf8')),
    summary: await readFile(files.summary, 'utf8'),
    milliseconds: Date.now() - started
  }
}

/** The tests may themselves run on a runner. */
function withoutRunner(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(?:GITHUB_|RUNNER_|INPUT_|ACTIONS_|NODE_OPTIONS)/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.test(name)))
}

async function giveTo(user: number, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  await Promise.all(
    [folder, ...entries.map(entry => join(entry.parentPath, entry.name))].map(path => lchown(path, user, user))
  )
}

async function spawnNode(
  cwd: string,
  { user, started }: Pick<ActionRequest, 'user' | 'started'>,
  env: NodeJS.ProcessEnv
): Promise<{ exitCode: number | null; stdout: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'index.js')], {
    cwd,
    env,
    ...(user === undefined ? {} : { uid: user, gid: user }),
    stdio: ['ignore', 'pipe', 'pipe']
  })
  if (child.pid !== undefined) started?.(child.pid)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { exitCode, stdout: Buffer.concat(chunks).toString('utf8') }
}

/** `name<<DELIMITER`, lines, `DELIMITER`, as @actions/core writes it. */
function parseOutputs(text: string): Record<string, string> {
  const matches = text.matchAll(/^(.+?)<<(ghadelimiter_\S+)\n([\s\S]*?)\n?\2$/gm)
  return Object.fromEntries([...matches].map(([, name = '', , value = '']) => [name, value]))
}
