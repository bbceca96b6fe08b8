import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'

/** What one run cost. */
export interface Cost {
  readonly seconds: number
  /** Of all processes that have ended, user and system: what other work on the machine hardly changes. */
  readonly cpu: number
  /** Largest sum of the resident memory of a process and all its children, sampled; shared pages count in each. */
  readonly megabytes: number
}

const SAMPLE_MILLISECONDS = 50

/** The cost of some work that this process has its children do; its own memory does not count. */
export async function measure<T>(work: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  let peak = 0
  let sampling: Promise<void> | undefined
  const sample = async () => {
    peak = Math.max(peak, await childrenMegabytes(process.pid))
    sampling = undefined
  }
  const timer = setInterval(() => {
    sampling ??= sample()
  }, SAMPLE_MILLISECONDS)
  const started = performance.now()
  const before = await childrenCpu()
  try {
    const result = await work()
    const seconds = (performance.now() - started) / 1000
    await sampling
    return { result, cost: { seconds, cpu: (await childrenCpu()) - before, megabytes: peak } }
  } finally {
    clearInterval(timer)
  }
}

const TICKS_PER_SECOND = 100

/** CPU seconds of the children that have ended, theirs included. Linux only: elsewhere 0. */
async function childrenCpu(): Promise<number> {
  const text = await readFile('/proc/self/stat', 'utf8').catch(() => '')
  // After the name in brackets: cutime and cstime, fields 16 and 17 of proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND
}

/** Linux only: elsewhere 0. */
async function childrenMegabytes(root: number): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  const entries = await Promise.all(pids.map(readStatus))
  const processes = new Map(entries.flatMap(entry => (entry === undefined ? [] : [[entry.pid, entry] as const])))
  const isBelow = (pid: number): boolean => {
    const parent = processes.get(pid)?.parent
    return parent !== undefined && parent !== 0 && (parent === root || isBelow(parent))
  }
  const below = [...processes.values()].filter(({ pid }) => isBelow(pid))
  return below.reduce((sum, { megabytes }) => sum + megabytes, 0)
}

async function readStatus(pid: string): Promise<{ pid: number; parent: number; megabytes: number } | undefined> {
  // A process may end meanwhile.
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const value = (key: string) => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0)
  return { pid: Number(pid), parent: value('PPid'), megabytes: value('VmRSS') / 1024 }
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** @throws Error with what it printed, if it fails */
export async function runCommand({ program, args, cwd, environment }: Command): Promise<string> {
  const child = spawn(program, args, { cwd, env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const text = Buffer.concat(printed).toString('utf8')
  if (code !== 0) throw new Error(`${program} failed: ${text}`)
  return text
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
