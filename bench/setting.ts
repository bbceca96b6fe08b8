import { mkdir, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TOOL_CACHE } from '../__tests__/support/action.js'
import type { FileServer } from '../__tests__/support/channel.js'
import { toolchainBin } from '../__tests__/support/toolchain-paths.js'
import type { Project, World } from '../__tests__/support/world.js'
import { measure, runCommand } from './measure.js'
import type { Network } from './network.js'
import type { Rows } from './rows.js'

/** What all measurements share. */
export interface Setting {
  readonly world: World
  readonly rows: Rows
  readonly rounds: number
  /** Folder for channels and results. */
  readonly folder: string
  /** Folder of the toolchain's executables. */
  readonly bin: string
  /** The Python behind `python3`: what a version manager puts in front of it is no part of a run. */
  readonly interpreter: string
  /** A tool cache with the toolchain, always at one path, because that is how Python finds its bytecode. */
  readonly toolCache: string
  /** A slow way to the servers. */
  readonly network: Network
}

export async function prepareSetting(
  given: Pick<Setting, 'world' | 'rows' | 'rounds' | 'folder' | 'network'>
): Promise<Setting> {
  const bin = await toolchainBin()
  const find = ['-c', 'import sys; print(sys.executable)']
  const printed = await runCommand({ program: 'python3', args: find, cwd: given.folder, environment: process.env })
  const toolCache = join(given.folder, 'tool-cache')
  const name = basename(dirname(bin))
  await rm(toolCache, { recursive: true, force: true })
  await mkdir(join(toolCache, 'conda-lock-sync'), { recursive: true })
  await symlink(join(TOOL_CACHE, 'conda-lock-sync', name), join(toolCache, 'conda-lock-sync', name))
  return { ...given, bin, interpreter: printed.trim(), toolCache }
}

/** The folder for repodata in a tool cache. */
export function repodataIn(toolCache: string): string {
  return join(toolCache, 'conda-lock-sync', 'repodata')
}

/** One run of the built action. */
export interface Run {
  readonly project: Project
  readonly inputs: Readonly<Record<string, string>>
  /** Instead of the one that has the toolchain. */
  readonly toolCache?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly channel?: FileServer
  readonly way?: Way | undefined
}

/** How a run reaches its servers; on loopback itself, unless given. */
export interface Way {
  readonly inputs: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string>>
  readonly takeRounds: () => number
}

/** The way through a network to GitHub and a channel. */
export async function throughNetwork(network: Network, { github }: World, channel: FileServer): Promise<Way> {
  const api = await network.through(github.apiUrl)
  return {
    inputs: { 'upstream-api-url': api, 'channel-alias': await network.through(channel.url) },
    environment: { GITHUB_API_URL: api },
    takeRounds: () => network.takeRounds()
  }
}

/** Runs the action in a checkout; gives its log. */
export async function perform({ interpreter, toolCache }: Setting, run: Run): Promise<string> {
  const { exitCode, stdout } = await run.project.run({
    checkout: false,
    inputs: { python: interpreter, ...run.inputs, ...run.way?.inputs },
    environment: { RUNNER_TOOL_CACHE: run.toolCache ?? toolCache, ...run.environment, ...run.way?.environment }
  })
  if (exitCode !== 0) throw new Error(stdout)
  return stdout
}

/** Checks the base branch out, then measures one run of the action there. */
export async function measureRun(name: string, setting: Setting, run: Run): Promise<void> {
  const { world, rows } = setting
  const { project, channel, way } = run
  await project.machine.checkout(project.own, 'main')
  const [calls, requests] = [world.github.calls.length, channel?.requests.length]
  way?.takeRounds()
  const { cost } = await measure(() => perform(setting, run))
  const made = world.github.calls.slice(calls)
  rows.note(name, {
    ...cost,
    ...(channel === undefined ? {} : { channel: sumOfBytes(channel.requests.slice(requests)) }),
    ...(way === undefined ? {} : { rounds: way.takeRounds() }),
    calls: made.length,
    github: sumOfBytes(made)
  })
}

function sumOfBytes(entries: readonly { readonly bytes: number }[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0)
}
