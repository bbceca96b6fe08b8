/** Kills of real runs of the built action, at points that can be seen from outside, and what is left after each. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { runAction, TOOL_CACHE, type ActionRun } from './action.js'
import { snapshot, startWorld, TOKEN, type Project } from './world.js'

/** What can be killed. The solver is what reads the channels for the driver. */
export type Victim = 'the action' | 'the driver' | 'the solver' | 'the installer'

/** What is run: a lock into the checkout, one that is proposed, and one on a machine that has no toolchain yet. */
export type KindName = 'files' | 'pull-request' | 'first run'

export interface Kill {
  readonly kind: KindName
  readonly victim: Victim
  readonly signal: NodeJS.Signals
  /** A moment of the run: `step 3`, `call 4` (to GitHub), `request 2` (to the channel), `start` (of the victim). */
  readonly point: string
}

export interface Verdict {
  /** Whether the victim was there to be killed. */
  readonly wasHit: boolean
  /** Processes of the run that still ran when it had ended. */
  readonly children: number
  /** Files and folders that the killed run has left outside of the checkout, and those after the next run. */
  readonly between: readonly string[]
  readonly leftovers: readonly string[]
  /** How the next run differs from one that nobody has disturbed; empty if it does not. */
  readonly difference: string
}

export interface Kills {
  readonly kills: readonly Kill[]
  judge(kill: Kill): Promise<Verdict>
  close(): Promise<void>
}

interface Process {
  readonly pid: number
  readonly command: string
}

/** How the processes of a run are known by what they were started with. */
const COMMANDS: Readonly<Record<Exclude<Victim, 'the action'>, RegExp>> = {
  'the driver': /^\S*python\S* \S*driver\.py/,
  'the solver': /^\S*python\S* \S*solver_process\.py/,
  'the installer': /\buv \S*(?:venv|pip)|-m (?:pip|venv)/
}

/** What a run says by the variable that the runner finds its processes by. */
async function processesOf(run: string): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const found = await Promise.all(pids.map(pid => processOf(pid, run).catch(() => undefined)))
  return found.filter(each => each !== undefined)
}

async function processOf(pid: string, run: string): Promise<Process | undefined> {
  const environment = await readFile(join('/proc', pid, 'environ'), 'utf8')
  if (!environment.split('\0').includes(`RUNNER_TRACKING_ID=${run}`)) return undefined
  const [command, status] = await Promise.all([
    readFile(join('/proc', pid, 'cmdline'), 'utf8'),
    readFile(join('/proc', pid, 'status'), 'utf8')
  ])
  if (/^State:\s*Z/m.test(status)) return undefined
  return { pid: Number(pid), command: command.replaceAll('\0', ' ').trim() }
}

/** The process to kill. */
function find(victim: Exclude<Victim, 'the action'>, processes: readonly Process[]): Process | undefined {
  return processes.find(({ command }) => COMMANDS[victim].test(command) && !command.startsWith('/bin/sh'))
}

/** What stays the same while the kills of one kind go on. */
interface Scene {
  readonly kind: KindName
  readonly milliseconds: number
  readonly calls: number
  readonly requests: number
  /** What an undisturbed run leaves, by path. */
  readonly result: Readonly<Record<string, string>>
}

const KINDS: readonly KindName[] = ['files', 'pull-request', 'first run']
const LEFT_SECONDS = 5

/** Starts what the runs meet, and makes one undisturbed run of each kind. */
export async function startKills(steps: number): Promise<Kills> {
  const folder = await mkdtemp(join(tmpdir(), 'kills-'))
  const world = await startWorld()
  const followed = await world.project('followed')
  let runs = 0

  /** A repository, a machine and folders that nobody has used yet; all follow the same upstream, so that all locks are equal. */
  const freshPlace = async (kind: KindName) => {
    const project = await world.project(`kill-${++runs}`)
    const own = join(folder, String(runs))
    const places = ['temp', 'tmp', 'tools'].map(name => join(own, name))
    await Promise.all(places.map(place => mkdir(place, { recursive: true })))
    const [temp = '', tmp = '', tools = ''] = places
    return { kind, project, temp, tmp, toolCache: kind === 'first run' ? tools : TOOL_CACHE }
  }
  type Place = Awaited<ReturnType<typeof freshPlace>>

  const start = (
    { kind, project, temp, tmp, toolCache }: Place,
    tracked: string,
    started: (pid: number) => void = () => undefined
  ) =>
    runAction(project.machine, {
      github: world.github,
      repository: project.own.fullName,
      inputs: {
        mode: kind === 'pull-request' ? 'pull-request' : 'files',
        token: TOKEN,
        'upstream-repository': followed.upstream.fullName,
        'upstream-api-url': world.github.apiUrl,
        'channel-alias': world.channel.alias
      },
      environment: { RUNNER_TEMP: temp, TMPDIR: tmp, RUNNER_TRACKING_ID: tracked },
      toolCache,
      started
    })

  const scenes = new Map<KindName, Scene>()
  for (const kind of KINDS) {
    const place = await freshPlace(kind)
    await place.project.machine.checkout(place.project.own, 'main')
    const before = { calls: world.github.calls.length, requests: world.channel.requests.length }
    const run = await start(place, 'reference')
    if (run.exitCode !== 0) throw new Error(run.stdout)
    const calls = world.github.calls.length - before.calls
    const requests = world.channel.requests.length - before.requests
    scenes.set(kind, {
      kind,
      milliseconds: run.milliseconds,
      calls,
      requests,
      result: await resultOf(place.project, kind)
    })
  }

  const judge = async ({ kind, victim, signal, point }: Kill): Promise<Verdict> => {
    const scene = scenes.get(kind)
    if (scene === undefined) throw new Error(`no undisturbed run of ${kind}`)
    const place = await freshPlace(kind)
    await place.project.machine.checkout(place.project.own, 'main')
    const tracked = `kill_${runs}`
    const seen = { calls: world.github.calls.length, requests: world.channel.requests.length, time: Date.now() }
    const isTime = isReached(point, scene, steps, () => ({
      calls: world.github.calls.length - seen.calls,
      requests: world.channel.requests.length - seen.requests,
      milliseconds: Date.now() - seen.time
    }))
    let action: number | undefined
    const run = start(place, tracked, pid => {
      action = pid
    })
    const target = async () => (victim === 'the action' ? action : find(victim, await processesOf(tracked))?.pid)
    const wasHit = await kill({ target, signal, isTime }, run)
    const children = await stillRunning(tracked)
    const between = await leftIn(place)
    const next = await start(place, `${tracked}_next`)
    const result = await resultOf(place.project, kind)
    const leftovers = await leftIn(place)
    if (kind === 'first run') await rm(place.toolCache, { recursive: true, force: true })
    return { wasHit, children, between, leftovers, difference: differenceOf(next, result, scene.result) }
  }

  return {
    kills: KINDS.flatMap(kind => killsOf(kind, steps, scenes.get(kind))),
    judge,
    close: async () => {
      await world.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

function killsOf(kind: KindName, steps: number, scene: Scene | undefined): Kill[] {
  const numbered = (word: string, count: number) => Array.from({ length: count }, (_, index) => `${word} ${index + 1}`)
  const each = (victim: Victim, signal: NodeJS.Signals, points: readonly string[]) =>
    points.map(point => ({ kind, victim, signal, point }))
  const atSteps = numbered('step', steps)
  const calls = numbered('call', scene?.calls ?? 0)
  const requests = ['start', ...numbered('request', scene?.requests ?? 0)]
  const ofAction = (['SIGKILL', 'SIGTERM'] as const).flatMap(signal => each('the action', signal, atSteps))
  switch (kind) {
    case 'files':
      return [
        ...ofAction,
        ...each('the action', 'SIGINT', atSteps),
        ...each('the driver', 'SIGKILL', ['start', ...atSteps]),
        ...each('the solver', 'SIGKILL', requests)
      ]
    case 'pull-request':
      return [...ofAction, ...each('the action', 'SIGKILL', calls)]
    case 'first run':
      return [...ofAction, ...each('the installer', 'SIGKILL', ['start', ...atSteps])]
  }
}

interface Progress {
  readonly calls: number
  readonly requests: number
  readonly milliseconds: number
}

function isReached(point: string, { milliseconds }: Scene, steps: number, progress: () => Progress): () => boolean {
  const [word = '', count = '0'] = point.split(' ')
  const wanted = Number(count)
  switch (word) {
    case 'step':
      // The last step lies before the end.
      return () => progress().milliseconds >= (milliseconds * wanted) / (steps + 1)
    case 'call':
      return () => progress().calls >= wanted
    case 'request':
      return () => progress().requests >= wanted
    default:
      return () => true
  }
}

interface Attempt {
  /** The number of the process to kill; undefined while it is not there. */
  readonly target: () => Promise<number | undefined>
  readonly signal: NodeJS.Signals
  readonly isTime: () => boolean
}

/** Kills as soon as it is time and there is something to kill, and waits for the end of the run. */
async function kill({ target, signal, isTime }: Attempt, run: Promise<ActionRun>): Promise<boolean> {
  const over = run.then(() => true)
  while (!(await Promise.race([over, wait(2, false)]))) {
    if (!isTime()) continue
    const pid = await target()
    if (pid === undefined || !send(pid, signal)) continue
    await run
    return true
  }
  return false
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    // It has ended in the meantime.
    return false
  }
}

async function stillRunning(tracked: string): Promise<number> {
  const end = Date.now() + LEFT_SECONDS * 1000
  let left = await processesOf(tracked)
  while (left.length > 0 && Date.now() < end) {
    await wait(20)
    left = await processesOf(tracked)
  }
  return left.length
}

async function leftIn({
  temp,
  tmp,
  toolCache
}: Readonly<Record<'temp' | 'tmp' | 'toolCache', string>>): Promise<string[]> {
  const found = await Promise.all(
    [temp, tmp, join(toolCache, 'conda-lock-sync')].map(place => readdir(place).catch(() => []))
  )
  const [inTemp = [], inTmp = [], inTools = []] = found
  return [...inTemp, ...inTmp, ...inTools.filter(name => /[.-]pid\d/.test(name))]
}

/** What counts of a run: the files in the checkout, or those of the one pull request. */
async function resultOf(
  { own, machine, openPulls }: Project,
  kind: KindName
): Promise<Readonly<Record<string, string>>> {
  if (kind !== 'pull-request') return snapshot(machine.workspace)
  const pulls = await openPulls()
  const branches = pulls.map(async ({ head }) => {
    const files = await own.files(head.ref)
    return Promise.all(files.map(async path => [path, (await own.read(path, head.ref)) ?? ''] as const))
  })
  return { pulls: String(pulls.length), ...Object.fromEntries((await Promise.all(branches)).flat()) }
}

function differenceOf(
  { exitCode, stdout }: ActionRun,
  result: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>
): string {
  if (exitCode !== 0) return `exit code ${exitCode}: ${stdout.slice(-500)}`
  const paths = [...new Set([...Object.keys(result), ...Object.keys(wanted)])]
  return paths.filter(path => result[path] !== wanted[path]).join(', ')
}
