/** Every fault at every effect of every kind of run, and what has to be true afterwards. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problemsOf } from '../../src/action/annotations.js'
import { messageOf, SyncError } from '../../src/common/errors.js'
import { exists } from '../../src/common/exists.js'
import { DriverError } from '../../src/toolchain/driver.js'
import { startGitHub, type Call, type FakeGitHub, type Fault as GitHubFault } from './github.js'
import { addUpstream, setScene, type KindName, type Scene } from './scenes.js'
import { snapshot } from './world.js'
import type { LockFault } from './stand-in-lock.js'

const LIMIT_OVER = { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }
const PAGE = '<html><body>Sign in to the guest network</body></html>'
const LIMIT = { message: 'API rate limit exceeded.' }
const SECONDARY = { message: 'You have exceeded a secondary rate limit.' }

type Answer = Omit<GitHubFault, 'path' | 'method'>

/** What can happen to a call, by what people would call it. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'connection cut': { cut: true },
  'connection cut after the deed': { cut: true, after: true },
  'answer cut half-way': { half: true, after: true },
  'a page of HTML': { raw: PAGE, after: true },
  'broken JSON': { raw: '{"sha": "', headers: { 'content-type': 'application/json' }, after: true },
  'an empty answer': { raw: '', headers: { 'content-type': 'application/json' }, after: true },
  'a list': { status: 200, body: [], after: true },
  'a list of numbers': { status: 200, body: [1], after: true },
  'an empty mapping': { status: 200, body: {}, after: true },
  'a number': { status: 200, body: 7, after: true },
  '500': { status: 500 },
  '502 after the deed': { status: 502, raw: PAGE, after: true },
  '503': { status: 503 },
  '401': { status: 401, body: { message: 'Bad credentials' } },
  '403': { status: 403, body: { message: 'Resource not accessible by integration' } },
  '403, the limit is reached': { status: 403, body: LIMIT, headers: LIMIT_OVER },
  '403, the secondary limit': { status: 403, body: SECONDARY, headers: { 'retry-after': '1' } },
  '429': { status: 429, body: LIMIT },
  '429 with headers': { status: 429, body: SECONDARY, headers: { 'retry-after': '1' } },
  hang: { hang: true }
}

/** Of these it is tried, too, that all later calls of the run meet the same. */
const LASTING = ['connection cut', 'a page of HTML', '500', '401', '403', 'hang']

/** What can happen to the solver, by command. */
const SOLVER: Readonly<Record<string, LockFault['answer']>> = {
  'an exception': () => Promise.reject(new DriverError('RuntimeError', 'it broke', undefined)),
  'its process is killed': () =>
    Promise.reject(new SyncError('toolchain', 'The Python process that runs conda-lock did not answer.', { hint: '' }))
}

/** What can be in the way of writing a file. */
const DISK: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'a full disk': path => symlink('/dev/full', `${path}.${process.pid}.new`),
  'a folder in its place': async path => {
    await rm(path, { force: true })
    await mkdir(path, { recursive: true })
  }
}

/** One fault to try. */
export interface Trial {
  readonly kind: KindName
  /** Where it happens: a call, a file, or the solver. */
  readonly effect: string
  readonly fault: string
  readonly strike: (scene: Scene, fake: FakeGitHub) => Promise<Strike>
}

interface Strike {
  readonly solver?: LockFault
  /** Ends the fault. */
  readonly heal: () => Promise<unknown>
}

/** What became of a trial. */
export interface Verdict {
  readonly trial: Trial
  /** How the run with the fault ended, or what it said. */
  readonly told: string
  /** Whether the next run ended where a run without the fault would have. */
  readonly converged: boolean
  readonly isDefect: boolean
  /** The error does not say what the run was doing. */
  readonly isUnnamed: boolean
  readonly secondPulls: boolean
  readonly halfWritten: boolean
  /** What was otherwise than it should be. */
  readonly difference: string
}

/** Contents by path. */
type Files = Readonly<Record<string, string>>

/** Of each kind, its calls, files and end without a fault. */
interface Expected {
  readonly calls: readonly Call[]
  readonly tokens: readonly [string, string]
  /** After the run, and a second one. */
  readonly state: string
  readonly workspaces: readonly [Files, Files]
}

/** A call of a kind of run: whose token it has, and how many of that token's came before. */
interface CallSite {
  readonly kind: KindName
  readonly effect: string
  readonly side: 0 | 1
  readonly skip: number
}

/** A GitHub with the upstream of all scenes. */
export interface FaultStage {
  readonly trials: readonly Trial[]
  readonly calls: readonly CallSite[]
  judge(trial: Trial): Promise<Verdict>
  close(): Promise<void>
}

/** Plays each kind without a fault, and so learns what there is to spoil. */
export async function startFaults(kinds: readonly KindName[]): Promise<FaultStage> {
  const fake = await startGitHub()
  const upstream = await addUpstream(fake)
  const expected = new Map<KindName, Expected>()
  const trials: Trial[] = []
  const sites: CallSite[] = []
  for (const kind of kinds) {
    const scene = await setScene(fake, upstream, kind)
    const before = await snapshot(scene.workspace)
    const since = fake.calls.length
    await scene.run()
    const calls = fake.calls.slice(since)
    const after = await snapshot(scene.workspace)
    await scene.run()
    const state = await scene.state()
    await scene.close()
    const one: Expected = { calls, tokens: scene.tokens, state, workspaces: [before, after] }
    expected.set(kind, one)
    sites.push(...sitesOf(kind, one))
    trials.push(...trialsOf(kind, one))
  }
  return {
    trials,
    calls: sites,
    judge: async trial => {
      const wanted = expected.get(trial.kind)
      if (wanted === undefined) throw new Error(`nobody has played ${trial.kind}`)
      const scene = await setScene(fake, upstream, trial.kind)
      try {
        return await judge(trial, scene, fake, wanted)
      } finally {
        await scene.close()
      }
    },
    close: () => fake.close()
  }
}

function sitesOf(kind: KindName, { calls, tokens }: Expected): CallSite[] {
  return ([0, 1] as const).flatMap(side =>
    calls
      .filter(({ token }) => token === tokens[side])
      .map(({ method, path }, skip) => ({ kind, effect: `${method} ${plain(path)}`, side, skip }))
  )
}

/** Spoils the answer to one call, or to all from then on. */
export function trialAt(site: CallSite, fault: string, answer: Answer, isLasting: boolean): Trial {
  const { kind, effect, side, skip } = site
  const times = isLasting ? {} : { times: 1 }
  const strike = (scene: Scene, fake: FakeGitHub): Promise<Strike> => {
    const heal = fake.inject({ ...answer, ...times, path: /^/, token: scene.tokens[side], skip })
    return Promise.resolve({
      heal: () => {
        heal()
        return Promise.resolve()
      }
    })
  }
  return { kind, effect, fault: isLasting ? `${fault} from then on` : fault, strike }
}

function trialsOf(kind: KindName, expected: Expected): Trial[] {
  const trials = sitesOf(kind, expected).flatMap(site =>
    Object.entries(ANSWERS).flatMap(([fault, answer]) =>
      (LASTING.includes(fault) ? [false, true] : [false]).map(isLasting => trialAt(site, fault, answer, isLasting))
    )
  )
  if (kind !== 'publish') {
    for (const command of ['specs', 'lock']) {
      for (const [fault, answer] of Object.entries(SOLVER)) {
        trials.push({
          kind,
          effect: `solver: ${command}`,
          fault,
          strike: () => Promise.resolve({ solver: { command, answer }, heal: () => Promise.resolve() })
        })
      }
    }
  }
  const [before, after] = expected.workspaces
  for (const file of ['NBenvironment.yml', 'conda-lock.yml', 'conda-linux-64.lock']) {
    if (before[file] !== after[file]) {
      for (const [fault, block] of Object.entries(DISK)) {
        trials.push({
          kind,
          effect: `write ${file}`,
          fault,
          strike: scene => diskStrike(join(scene.workspace, file), block)
        })
      }
    }
  }
  return trials
}

async function diskStrike(path: string, block: (path: string) => Promise<unknown>): Promise<Strike> {
  const before = (await exists(path)) ? await readFile(path) : undefined
  await block(path)
  return {
    heal: async () => {
      await rm(`${path}.${process.pid}.new`, { force: true })
      await rm(path, { recursive: true, force: true })
      if (before !== undefined) await writeFile(path, before)
    }
  }
}

async function judge(trial: Trial, scene: Scene, fake: FakeGitHub, wanted: Expected): Promise<Verdict> {
  const { solver, heal } = await trial.strike(scene, fake)
  const { told, error } = await attemptRun(() => scene.run(solver))
  await heal()
  const workspace = await snapshot(scene.workspace)
  const second = await attemptRun(() => scene.run())
  const state = await scene.state()
  const open = (await scene.repository.pulls()).filter(pull => pull.state === 'open')
  const hints = error === undefined ? [] : problemsOf(error).map(({ hint }) => hint)
  return {
    trial,
    told,
    converged: second.error === undefined && state === wanted.state,
    isDefect:
      error !== undefined && !(error instanceof SyncError) && hints.some(hint => hint.includes('defect of the action')),
    isUnnamed: error !== undefined && !/GitHub|upstream|solver|conda-lock|\.lock|\.yml/i.test(messageOf(error)),
    secondPulls: open.length > 1,
    halfWritten: !wanted.workspaces.some(whole => sameFiles(whole, workspace, trial.effect)),
    difference: second.error !== undefined ? `the next run: ${second.told}` : firstDifference(wanted.state, state)
  }
}

/** Whether two workspaces have the same, but for the file that something was put in the place of, and for what a bundle tells. */
function sameFiles(left: Files, right: Files, effect: string): boolean {
  const paths = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  const odd = [effect.replace('write ', ''), 'bundle/bundle.json']
  return paths.every(path => left[path] === right[path] || odd.includes(path))
}

async function attemptRun(run: () => Promise<string>): Promise<{ told: string; error?: unknown }> {
  try {
    return { told: await run() }
  } catch (error) {
    return { told: messageOf(error), error }
  }
}

function firstDifference(wanted: string, found: string): string {
  if (wanted === found) return ''
  let at = 0
  while (wanted[at] === found[at]) at++
  const near = (text: string) => text.slice(Math.max(0, at - 60), at + 100)
  return `wanted …${near(wanted)}… found …${near(found)}…`
}

/** A path without what differs from scene to scene. */
function plain(path: string): string {
  return path
    .replace(/^\/repos\/[^/]+\/[^/]+/, '')
    .replace(/[0-9a-f]{40}/g, 'SHA')
    .replace(/\?.*/, '')
}

/**
 * Some of the trials, which the seed decides; spread over all of them, so that no kind is missed.
 */
export function sampleOf(trials: readonly Trial[], count: number, seed: number): Trial[] {
  const step = Math.max(1, trials.length / count)
  return Array.from({ length: Math.min(count, trials.length) }, (_, index) => {
    const at = Math.floor(index * step + ((seed * (index + 1) * 0.618_033_988_75) % 1) * step)
    return trials[Math.min(at, trials.length - 1)]
  }).filter(trial => trial !== undefined)
}
