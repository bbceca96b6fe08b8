/** The built-in solver by itself, as conda-lock asks it, without conda-lock. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCooldowns, parseExemption } from '../../src/inputs/cooldown.js'
import { promisify } from 'node:util'
import { createInterface } from 'node:readline'
import { parseSolverReport, parseSolves, type SolveReport, type SolverFailure } from '../../src/lock/solver-report.js'
import { SOLVER, toolchainBin } from './toolchain-paths.js'

export interface SolveRequest {
  readonly channels: readonly string[]
  readonly specs: readonly string[]
  /** Files of the old lock, by address and hash. */
  readonly locked?: readonly { readonly url: string; readonly hash: string }[]
  /** Whether they are to be kept; true unless given. */
  readonly keep?: boolean
  /** The lines of `exclude-newer`, with channels by their address. */
  readonly cutoff?: string
  readonly exempt?: readonly string[]
  readonly upgrade?: readonly string[]
  /** Of memory, for a machine that has less than the solver would take. */
  readonly mebibytes?: number
}

export interface SolveResult {
  /** `NAME VERSION`, of all packages. */
  readonly packages: readonly string[]
  readonly urls: readonly string[]
  readonly solve: SolveReport | undefined
  readonly failure: SolverFailure | undefined
}

/** As conda-lock asks, by solver/front_end.py. */
const ASK = `
import json, os, sys
sys.path.insert(0, sys.argv[1])
from front_end import FrontEnd
done = FrontEnd().run(["conda", *sys.argv[2:]], os.environ)
print(done.stdout, flush=True)
os._exit(0)
`

/** Solves for linux-64, in a process of its own. */
export async function solveDirectly({
  channels,
  specs,
  mebibytes,
  locked = [],
  keep,
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
    const told = { keep, cooldowns, exempt: exempt?.map(parseExemption), upgrade }
    await writeFile(steering, JSON.stringify({ locked: { 'linux-64': locked }, ...told }))
    const args = [...OPTIONS, ...channels.flatMap(channel => ['--channel', channel]), ...specs]
    const python = join(await toolchainBin(), 'python')
    const limited = ['-c', `ulimit -d ${mebibytes === undefined ? 'unlimited' : mebibytes * 1024}; exec "$@"`, 'sh']
    const { stdout } = await promisify(execFile)('sh', [...limited, python, '-c', ASK, SOLVER, ...args], {
      env: {
        PATH: process.env.PATH,
        CONDA_SUBDIR: 'linux-64',
        RATTLER_CONDA_CACHE: join(folder, 'cache'),
        RATTLER_CONDA_STEERING: steering,
        RATTLER_CONDA_REPORT: report
      }
    })
    return resultOf({ stdout, report: JSON.parse(await readFile(report, 'utf8')) })
  } finally {
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
export function resultOf({ stdout, report }: Pick<SolverAnswer, 'stdout' | 'report'>): SolveResult {
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
