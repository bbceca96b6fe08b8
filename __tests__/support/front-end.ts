/** The built-in solver by itself, as conda-lock asks it, without conda-lock. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
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

export async function solveDirectly({ channels, specs, ...steering }: SolveRequest): Promise<SolveResult> {
  const folder = await mkdtemp(join(tmpdir(), 'solve-'))
  try {
    const { locked = [], ...rest } = steering
    const path = join(folder, 'steering.json')
    await writeFile(path, JSON.stringify({ locked: { 'linux-64': locked }, ...rest }))
    const command = {
      number: 0,
      arguments: [...OPTIONS, ...channels.flatMap(channel => ['--channel', channel]), ...specs],
      environment: { CONDA_SUBDIR: 'linux-64', RATTLER_CONDA_STEERING: path }
    }
    const answer = await ask(command, join(folder, 'cache'))
    const printed = JSON.parse(answer.stdout) as Printed
    const records = printed.actions?.FETCH ?? []
    const told = JSON.stringify(answer.report)
    return {
      packages: records.map(({ name, version }) => `${name} ${version}`),
      urls: records.map(({ url }) => url),
      solve: parseSolves(told)[0],
      failure: parseSolverReport(told)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const OPTIONS = ['create', '--prefix', '/nowhere', '--dry-run', '--json', '--override-channels']

interface Answer {
  readonly stdout: string
  readonly report: unknown
}

/** One command for a process of its own. */
async function ask(command: unknown, cache: string): Promise<Answer> {
  const python = join(await toolchainBin(), 'python')
  const child = spawn(python, [join(SOLVER, 'solver_process.py'), cache], { env: { PATH: process.env.PATH } })
  child.stdin.end(`${JSON.stringify(command)}\n`)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Answer
}
