import { fileURLToPath } from 'node:url'
import { runAction, startRunner, TOOL_CACHE, type RunnerMachine } from '../__tests__/support/action.js'
import { serveDirectory } from '../__tests__/support/channel.js'
import { startGitHub, type Call, type FakeGitHub, type Pull, type Repository } from '../__tests__/support/github.js'
import { SyncError } from '../src/common/errors.js'
import { prepareToolchain, type Toolchain } from '../src/toolchain/toolchain.js'

export const UPSTREAM = 'pangeo-data/pangeo-docker-images'

/** Upstream's files and the local copies of them, as `upstream-files` has them. */
export const COPIES = {
  'base-notebook/environment.yml': 'BNenvironment.yml',
  'pangeo-notebook/environment.yml': 'NBenvironment.yml'
} as const

/** Where a repository says what it locks. */
export const SETTINGS = '.github/conda-lock-sync.yml'

/** What is on the stage when the curtain rises. */
export interface Scene {
  /** Folder whose subfolders are the channels, such as `conda-forge`. */
  readonly channels: string
  readonly upstream: Readonly<Record<string, string>>
  /** Name of the repository that is kept in step. */
  readonly repository: string
  readonly files: Readonly<Record<string, string>>
}

/** A GitHub with both repositories, a server with the channels, and a runner's machine, all on loopback. */
export interface Stage {
  readonly upstream: Repository
  readonly repository: Repository
  /** Checks the default branch out and runs the built action there, as a nightly workflow would. */
  sync(): Promise<Sync>
  /** Text of a file in the workspace of the last run. */
  read(path: string): Promise<string>
}

/** What one run of the action did. */
export interface Sync {
  readonly outputs: Readonly<Record<string, string>>
  /** The pull request that it was about. */
  readonly pull: Pull | undefined
  readonly calls: readonly Call[]
  /** Seconds by stage, as the action logs them, and of the whole run. */
  readonly seconds: Readonly<Record<string, number>>
}

/** An error that is told without a stack. */
export class StageError extends Error {}

/** A run of the action that ended as a failure. */
export class RunFailed extends StageError {
  readonly log: string

  constructor(log: string) {
    super(`The action failed. Its log:\n\n${log}`)
    this.log = log
  }
}

/**
 * Installs conda-lock and py-rattler, unless an earlier run has.
 * @throws StageError when that does not work here
 */
export async function installToolchain(): Promise<Toolchain> {
  const solverFolder = fileURLToPath(new URL('../solver', import.meta.url))
  try {
    return await prepareToolchain({ python: 'python3', solverFolder, cache: TOOL_CACHE })
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    // Its hint is for workflows.
    const needed =
      'This needs Python 3.10 or newer, with venv, as python3 on the PATH, and a package index that pip reaches.'
    throw new StageError(`${error.message}\n${needed}`, { cause: error })
  }
}

/** Sets a scene up, and takes it down when `play` is done, however it ends. */
export async function onStage<T>(scene: Scene, play: (stage: Stage) => Promise<T>): Promise<T> {
  const github = await startGitHub()
  const channels = await serveDirectory(scene.channels)
  const machine = await startRunner()
  try {
    return await play(await setUp(scene, github, channels.url, machine))
  } finally {
    await Promise.all([github.close(), channels.close(), machine.close()])
  }
}

async function setUp(scene: Scene, github: FakeGitHub, channelAlias: string, machine: RunnerMachine): Promise<Stage> {
  const token = 'token-of-the-demo'
  github.addToken(token, { contents: 'write', 'pull-requests': 'write' }, [scene.repository])
  const upstream = await github.addRepository(UPSTREAM, scene.upstream)
  const repository = await github.addRepository(scene.repository, scene.files)
  const copies = Object.entries(COPIES).map(([path, local]) => `${path}: ${local}`)
  const inputs = {
    token,
    // What stands in a settings file is left to it.
    ...(SETTINGS in scene.files ? {} : { 'upstream-files': copies.join('\n') }),
    'upstream-api-url': github.apiUrl,
    'channel-alias': channelAlias
  }
  return {
    upstream,
    repository,
    sync: async () => {
      await machine.checkout(repository, 'main')
      const before = github.calls.length
      const run = await runAction(machine, { github, repository: scene.repository, inputs })
      if (run.exitCode !== 0) throw new RunFailed(run.stdout)
      const pulls = await repository.pulls()
      return {
        outputs: run.outputs,
        pull: pulls.find(({ number }) => String(number) === run.outputs['pull-request-number']),
        calls: github.calls.slice(before),
        seconds: { ...readSeconds(run.stdout), total: run.milliseconds / 1000 }
      }
    },
    read: async path => {
      const text = await machine.read(path)
      if (text === undefined) throw new StageError(`The action wrote no ${path}.`)
      return text
    }
  }
}

/** `Seconds: toolchain 0.1, lock 1.2` in the action's log. */
function readSeconds(log: string): Record<string, number> {
  const line = /^Seconds: (.*)$/m.exec(log)?.[1] ?? ''
  return Object.fromEntries(
    [...line.matchAll(/(\w+) ([\d.]+)/g)].map(([, stage = '', value]) => [stage, Number(value)])
  )
}

/** Number of packages in an explicit lockfile. */
export function countPackages(explicit: string): number {
  return explicit.split('\n').filter(line => /^https?:/.test(line)).length
}

/** Runs a program of this folder, and tells what went wrong in its place when it throws. */
export async function main(program: () => Promise<void>): Promise<void> {
  try {
    await program()
  } catch (error) {
    process.exitCode = 1
    console.error(`\n${describe(error)}`)
  }
}

function describe(error: unknown): string {
  if (error instanceof StageError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
