/**
 * Everything that one run of the action meets, on loopback: a GitHub with an upstream repository and one that follows
 * it, a conda channel, and a runner's machine. A test takes a project of its own, so that many tests share one world.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { runAction, startRunner, type ActionRequest, type ActionRun, type RunnerMachine } from './action.js'
import { buildChannel, serveDirectory, type FileServer, type PackageSpec } from './channel.js'
import { startGitHub, type Call, type FakeGitHub, type Pull, type Repository } from './github.js'

/** The token that the projects' workflows run with. */
export const TOKEN = 'ghs_of_the_workflow'

/** The name under which environment files know the channel. */
export const CHANNEL = 'conda-forge'

/** What upstream has, and what the repository has, before anything happens. */
export const UPSTREAM_FILE = 'pangeo-notebook/environment.yml'
export const UPSTREAM_YML = environment('python=3.11', 'xarray')
export const OWN_YML = environment('dask')

/** An `environment.yml` with these specs. */
export function environment(...specs: readonly string[]): string {
  return ['channels:', `  - ${CHANNEL}`, 'dependencies:', ...specs.map(spec => `  - ${spec}`), ''].join('\n')
}

export interface Channel extends FileServer {
  /** What `channel-alias` has to be. */
  readonly alias: string
  /** Adds packages; yanks by file name. */
  publish(packages: readonly PackageSpec[], yanked?: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** What is in a world's channel from the start; nothing in it changes. */
export const PACKAGES: readonly PackageSpec[] = [
  ...['linux-64', 'osx-arm64'].map(subdir => ({ name: 'python', version: '3.11.9', subdir, depends: ['zlib'] })),
  { name: 'zlib', version: '1.3.1', subdir: 'linux-64', depends: ['__glibc >=2.17'] },
  { name: 'zlib', version: '1.3.1', subdir: 'osx-arm64', depends: ['__osx >=11.0'] },
  { name: 'pip', version: '25.0', depends: ['python'] },
  { name: 'numpy', version: '1.26.4' },
  { name: 'numpy', version: '2.1.0' },
  { name: 'needs-old-numpy', version: '1.0', depends: ['numpy <2'] },
  ...['2025.1', '2025.9', '2025.10'].map(version => ({ name: 'xarray', version, depends: ['python', 'numpy'] })),
  ...['2024.12', '2025.2'].map(version => ({ name: 'dask', version, depends: ['python'] }))
]

/** Serves a channel that holds these packages. */
export async function startChannel(packages: readonly PackageSpec[] = PACKAGES): Promise<Channel> {
  const folder = await mkdtemp(join(tmpdir(), 'channel-'))
  await buildChannel(join(folder, CHANNEL), packages)
  const server = await serveDirectory(folder)
  return {
    ...server,
    alias: server.url,
    publish: (added, yanked = []) => buildChannel(join(folder, CHANNEL), added, { remove: yanked }),
    close: async () => {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

export interface RunOptions {
  readonly inputs?: Readonly<Record<string, string>>
  /** The branch to check out; `main` unless given, nothing for `false`. */
  readonly checkout?: string | false
  /** Between the checkout and the run. */
  readonly before?: () => Promise<void>
  readonly ref?: string
  readonly environment?: ActionRequest['environment']
  /** As in {@link ActionRequest}. */
  readonly user?: number
  /** Another machine than the project's own. */
  readonly machine?: RunnerMachine
}

/** A repository that follows an upstream repository. */
export interface Project {
  readonly own: Repository
  readonly upstream: Repository
  readonly machine: RunnerMachine
  /** Checks out the branch and runs the action. */
  readonly run: (options?: RunOptions) => Promise<ActionRun>
  /** Lets the base branch have what a run makes, as if its pull request had been merged. */
  readonly settle: (options?: RunOptions) => Promise<void>
  readonly openPulls: () => Promise<Pull[]>
  /** The calls about this project's own repository that change something. */
  readonly writes: () => Call[]
}

export interface ProjectOptions {
  readonly own?: Readonly<Record<string, string | Uint8Array>>
  readonly upstream?: Readonly<Record<string, string | Uint8Array>>
  readonly channel?: Channel
}

export interface World {
  readonly github: FakeGitHub
  readonly channel: Channel
  /** Two repositories, `octo/NAME` and `pangeo/NAME`, and a machine. */
  project(name: string, options?: ProjectOptions): Promise<Project>
  /** A machine of its own for a run, so that runs of one project can go on at the same time. */
  machine(): Promise<RunnerMachine>
  close(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const [github, channel] = await Promise.all([startGitHub(), startChannel()])
  const machines: RunnerMachine[] = []
  const newMachine = async () => {
    const machine = await startRunner()
    machines.push(machine)
    return machine
  }
  github.addToken(TOKEN, { contents: 'write', 'pull-requests': 'write' })
  return {
    github,
    channel,
    machine: newMachine,
    project: async (name, options = {}) => {
      const machine = await newMachine()
      const own = await github.addRepository(`octo/${name}`, { 'environment.yml': OWN_YML, ...options.own })
      const files = { [UPSTREAM_FILE]: UPSTREAM_YML, 'README.md': 'images\n', ...options.upstream }
      const upstream = await github.addRepository(`pangeo/${name}`, files)
      return makeProject(github, options.channel ?? channel, { own, upstream, machine })
    },
    close: async () => {
      await Promise.all([github.close(), channel.close(), ...machines.map(machine => machine.close())])
    }
  }
}

type Parts = Pick<Project, 'own' | 'upstream' | 'machine'>

function makeProject(github: FakeGitHub, channel: Channel, parts: Parts): Project {
  const { own, upstream } = parts
  const project: Project = {
    ...parts,
    run: async ({ inputs = {}, checkout = 'main', before, ref, ...more }: RunOptions = {}) => {
      const machine = more.machine ?? parts.machine
      if (checkout !== false) await machine.checkout(own, checkout)
      await before?.()
      return runAction(machine, {
        github,
        repository: own.fullName,
        inputs: {
          token: TOKEN,
          'upstream-repository': upstream.fullName,
          'upstream-api-url': github.apiUrl,
          'channel-alias': channel.alias,
          ...inputs
        },
        ...(ref === undefined ? {} : { ref }),
        ...(more.environment === undefined ? {} : { environment: more.environment }),
        ...(more.user === undefined ? {} : { user: more.user })
      })
    },
    settle: async (options = {}) => {
      const result = await project.run({ ...options, inputs: { ...options.inputs, mode: 'files' } })
      if (result.exitCode !== 0) throw new Error(result.stdout)
      const files = Object.entries(await snapshot(parts.machine.workspace))
      await own.commit(Object.fromEntries(files.map(([path, content]) => [path, Buffer.from(content, 'base64')])))
    },
    openPulls: async () => (await own.pulls()).filter(pull => pull.state === 'open'),
    writes: () => github.calls.filter(call => call.method !== 'GET' && call.path.startsWith(`/repos/${own.fullName}/`))
  }
  return project
}

/** Every file in a folder by its relative path, in base64. */
export async function snapshot(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const contents = files.sort().map(async path => [relative(folder, path), await readFile(path, 'base64')] as const)
  return Object.fromEntries(await Promise.all(contents))
}

/** The annotations of one kind that a run has made, as the runner reads them. */
export function annotations(run: ActionRun, kind: 'error' | 'warning' | 'notice'): string[] {
  return run.stdout.split('\n').filter(line => line.startsWith(`::${kind} `) || line.startsWith(`::${kind}::`))
}

/** The names of the commands that the runner finds in a log, in both of their forms. */
export function commands(log: string): string[] {
  const lines = log.split(/\r\n|[\r\n]/)
  return lines.flatMap(line => {
    const name = /^\s*::([^:\s]+)/.exec(line)?.[1] ?? /##\[([^\] ]+)/.exec(line)?.[1]
    return name === undefined ? [] : [name]
  })
}
