/** The built-in solver by itself, as conda-lock asks it, without conda-lock. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseSolverReport, parseSolves, type SolveReport, type SolverFailure } from '../../src/lock/solver-report.js'
import { SOLVER, toolchainBin } from './toolchain-paths.js'

export interface SolveRequest {
  readonly channels: readonly string[]
  readonly specs: readonly string[]
  /** Files to keep, by address and hash. */
  readonly locked?: readonly { readonly url: string; readonly hash: string }[]
  /** ISO 8601. */
  readonly cutoff?: string
  readonly exempt?: readonly string[]
  readonly upgrade?: readonly string[]
}

export interface SolveResult {
  /** `NAME VERSION`, of all packages. */
  readonly packages: readonly string[]
  readonly urls: readonly string[]
  readonly solve: SolveReport | undefined
  readonly failure: SolverFailure | undefined
}

interface Printed {
  readonly actions?: {
    readonly FETCH: readonly { readonly name: string; readonly version: string; readonly url: string }[]
  }
}

/** Solves for linux-64, in a process of its own. */
export async function solveDirectly({ channels, specs, ...steering }: SolveRequest): Promise<SolveResult> {
  const folder = await mkdtemp(join(tmpdir(), 'solve-'))
  const solver = await startSolver(join(folder, 'cache'))
  try {
    const { locked = [], ...rest } = steering
    const path = join(folder, 'steering.json')
    await writeFile(path, JSON.stringify({ locked: { 'linux-64': locked }, ...rest }))
    return resultOf(await solver.create('linux-64', channels, specs, { RATTLER_CONDA_STEERING: path }))
  } finally {
    await solver.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** What solver_process.py answers. */
export interface SolverAnswer {
  readonly code: number
  /** What a conda would print. */
  readonly stdout: string
  readonly report: unknown
}

/** The process that solves, without conda-lock. */
export interface Solver {
  create(
    platform: string,
    channels: readonly string[],
    specs: readonly string[],
    environment?: Readonly<Record<string, string>>
  ): Promise<SolverAnswer>
  fetch(platforms: readonly string[], channels: readonly string[], specs: readonly string[]): Promise<SolverAnswer>
  close(): Promise<void>
}

/** @param cache its folder for repodata */
export async function startSolver(cache: string): Promise<Solver> {
  const python = join(await toolchainBin(), 'python')
  const env = { PATH: process.env.PATH }
  const child = spawn(python, [join(SOLVER, 'solver_process.py'), cache], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const waiting: ((answer: SolverAnswer) => void)[] = []
  createInterface({ input: child.stdout }).on('line', line => {
    const { number, ...answer } = JSON.parse(line) as SolverAnswer & { readonly number: number }
    waiting[number]?.(answer)
  })
  const ask = async (args: readonly string[], environment: Readonly<Record<string, string>>) => {
    const answered = new Promise<SolverAnswer>(resolve => waiting.push(resolve))
    child.stdin.write(`${JSON.stringify({ number: waiting.length - 1, arguments: args, environment })}\n`)
    const answer = await Promise.race([answered, ended])
    if (!('code' in answer)) throw new Error('the solver has ended')
    return answer
  }
  return {
    create: (platform, channels, specs, environment) => {
      const args = [...OPTIONS, ...channels.flatMap(channel => ['--channel', channel]), ...specs]
      return ask(args, { CONDA_SUBDIR: platform, ...environment })
    },
    fetch: (platforms, channels, specs) => {
      const options = [...platforms.map(each => `--platform=${each}`), ...channels.map(each => `--channel=${each}`)]
      return ask(['fetch', ...options, '--', ...specs], {})
    },
    close: async () => {
      child.stdin.end()
      await ended
    }
  }
}

const OPTIONS = ['create', '--prefix', '/nowhere', '--dry-run', '--json', '--override-channels']

interface Printed {
  readonly actions?: {
    readonly FETCH: readonly { readonly name: string; readonly version: string; readonly url: string }[]
  }
}

/** What an answer to `create` says. */
export function resultOf({ stdout, report }: SolverAnswer): SolveResult {
  const printed = JSON.parse(stdout) as Printed
  const records = printed.actions?.FETCH ?? []
  const told = JSON.stringify(report)
  return {
    packages: records.map(({ name, version }) => `${name} ${version}`),
    urls: records.map(({ url }) => url),
    solve: parseSolves(told)[0],
    failure: parseSolverReport(told)
  }
}
