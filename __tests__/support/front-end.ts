/** The built-in solver by itself, as conda-lock calls it, without conda-lock. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCooldowns, parseExemption } from '../../src/inputs/cooldown.js'
import { parseSolverReport, parseSolves, type SolveReport, type SolverFailure } from '../../src/lock/solver-report.js'
import { SOLVER, toolchainBin } from './toolchain-paths.js'

export interface SolveRequest {
  readonly channels: readonly string[]
  readonly specs: readonly string[]
  /** Files to keep, by address and hash. */
  readonly locked?: readonly { readonly url: string; readonly hash: string }[]
  /** The lines of `exclude-newer`, with channels by their address. */
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

export async function solveDirectly({
  channels,
  specs,
  locked,
  cutoff,
  exempt,
  upgrade
}: SolveRequest): Promise<SolveResult> {
  const folder = await mkdtemp(join(tmpdir(), 'solve-'))
  try {
    const [steering, report] = [join(folder, 'steering.json'), join(folder, 'report.jsonl')]
    const cooldowns = parseCooldowns(cutoff?.split('\n') ?? []).map(({ cutoff: time, name, ...rest }) => ({
      ...rest,
      names: [name],
      at: time?.at(new Date()) ?? null
    }))
    const told = { cooldowns, exempt: exempt?.map(parseExemption), upgrade }
    await writeFile(steering, JSON.stringify({ locked: { 'linux-64': locked ?? [] }, ...told }))
    const options = ['create', '--prefix', folder, '--dry-run', '--json', '--override-channels']
    const args = [...options, ...channels.flatMap(channel => ['--channel', channel]), ...specs]
    const python = join(await toolchainBin(), 'python')
    const stdout = await run(python, [join(SOLVER, 'rattler_conda.py'), ...args], {
      CONDA_SUBDIR: 'linux-64',
      RATTLER_CONDA_CACHE: join(folder, 'cache'),
      RATTLER_CONDA_STEERING: steering,
      RATTLER_CONDA_REPORT: report
    })
    const printed = JSON.parse(stdout) as Printed
    const records = printed.actions?.FETCH ?? []
    const reported = await readFile(report, 'utf8')
    return {
      packages: records.map(({ name, version }) => `${name} ${version}`),
      urls: records.map(({ url }) => url),
      solve: parseSolves(reported)[0],
      failure: parseSolverReport(reported)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What it prints, whatever its exit code. */
async function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(stderr))
      else resolve(stdout)
    })
  })
}
