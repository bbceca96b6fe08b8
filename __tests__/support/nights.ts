/**
 * Nights at random: what bases, people, bots and channels do between two runs and during them, and what has to be true after
 * each run. Everything follows from the seed.
 */
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/core'
import type { GitHub } from '../../src/github/client.js'
import { publish } from '../../src/publish/publish.js'
import type { Proposal, Published } from '../../src/publish/proposal.js'
import type { FakeGitHub, Pull } from './github.js'
import { HEAD, propose, setStage, type Stage } from './publishing.js'

/** A client that does not pace itself: thousands of nights would be mostly pauses. */
function unpaced(apiUrl: string, token: string): GitHub {
  return new (Octokit.plugin(throttling))({
    baseUrl: apiUrl,
    auth: token,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    throttle: { enabled: false, onRateLimit: () => false, onSecondaryRateLimit: () => false }
  })
}

/** A generator of numbers below a bound (xorshift32). */
function makeRandom(seed: number): (bound: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return bound => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % bound
  }
}

/** What is true of a repository besides what GitHub says. */
interface World {
  readonly stage: Stage
  readonly random: (bound: number) => number
  /** The number of what the channels have, and of what the environment file says. */
  lock: number
  inputs: number
  /** Where people and bots have left the action's branch, if work of theirs is on it. */
  theirs: string | undefined
  closedByPerson: boolean
  step: number
}

const environment = (inputs: number) => `dependencies: [python, a${inputs}]\n`

function proposalOf({ lock, inputs }: Pick<World, 'lock' | 'inputs'>): Proposal {
  const proposal = propose(`${inputs}-${lock}`, `inputs ${inputs}`)
  return { ...proposal, inputFiles: [{ path: 'environment.yml', content: Buffer.from(environment(inputs)) }] }
}

async function openPull({ stage }: World): Promise<Pull | undefined> {
  return (await stage.repository.pulls()).find(({ state }) => state === 'open')
}

type Event = (world: World) => Promise<unknown>

async function pushToBranch(world: World, files: Record<string, string>, author?: string): Promise<void> {
  const { repository } = world.stage
  if ((await repository.head(HEAD)) === undefined) return
  const by = author === undefined ? {} : { author }
  world.theirs = await repository.commit(files, { branch: HEAD, ...by })
}

/** The button does no work of its own, but may carry that of others. */
async function update(world: World, number: number, how: 'merge' | 'rebase'): Promise<void> {
  const tip = await world.stage.repository.updateBranch(number, how)
  if (world.theirs !== undefined) world.theirs = tip
}

/** Does something to the open pull request, unless it is in conflict and that takes a merge. */
const onPull =
  (act: (world: World, number: number) => Promise<unknown>): Event =>
  async world => {
    const pull = await openPull(world)
    if (pull === undefined) return
    await act(world, pull.number).catch((error: unknown) => {
      if (!String(error).includes('merge conflict')) throw error
    })
  }

/** By name, so that a history can be told. */
const EVENTS: Readonly<Record<string, Event>> = {
  'the channels change': world => Promise.resolve(world.lock++),
  'the inputs change': world =>
    world.stage.repository
      .commit({ 'environment.yml': environment(++world.inputs) })
      .then(() => (world.closedByPerson = false)),
  'the base moves': world => world.stage.repository.commit({ README: `${world.step}` }),
  'the base gets a lock by hand': world => world.stage.repository.commit({ 'conda-lock.yml': `by hand ${world.step}` }),
  'a person pushes': world => pushToBranch(world, { notes: `${world.step}` }),
  'a person mends the lock': world => pushToBranch(world, { 'conda-lock.yml': `mended ${world.step}` }),
  'a formatter pushes': world =>
    pushToBranch(world, { 'NBenvironment.yml': `nice ${world.step}` }, 'pre-commit-ci[bot]'),
  'a person merges': onPull((world, number) => world.stage.repository.merge(number)),
  'a person updates the branch': onPull((world, number) => update(world, number, 'merge')),
  'a person rebases the branch': onPull((world, number) => update(world, number, 'rebase')),
  'a person closes': onPull(async (world, number) => {
    await world.stage.repository.closePull(number, 'alice')
    world.closedByPerson = true
  }),
  'a bot closes': onPull((world, number) => world.stage.repository.closePull(number, 'stale[bot]')),
  'a person deletes the branch': async world => {
    const { repository } = world.stage
    if ((await repository.head(HEAD)) !== undefined) await repository.deleteBranch(HEAD)
    world.theirs = undefined
  },
  'a person empties the text': onPull((world, number) => world.stage.repository.editPull(number, { body: 'Mine.' }))
}

const NAMES = Object.keys(EVENTS)

async function happen(world: World, told: string[]): Promise<void> {
  const name = NAMES[world.random(NAMES.length)] ?? ''
  world.step++
  told.push(name)
  await EVENTS[name]?.(world)
}

/** How a night went; `red` is a run that broke off or failed. */
type Night = Published['operation'] | 'red'

/** One run; now and then something happens before one of its requests, or the run breaks off there. */
async function runAtNight(world: World, apiUrl: string, told: string[], isCalm: boolean): Promise<Night> {
  const { stage, random } = world
  const github = unpaced(apiUrl, stage.token)
  const disturbance = isCalm ? 0 : random(4)
  const at = random(10)
  let requests = 0
  github.hook.before('request', async () => {
    if (requests++ !== at) return
    if (disturbance === 1) await happen(world, told)
    if (disturbance === 2) throw new Error('broken off')
  })
  const proposal = proposalOf(world)
  try {
    return (await publish(await stage.observe(github), proposal)).operation
  } catch (error) {
    if (isCalm) throw error
    return 'red'
  }
}

/** What must be true after a calm night: nothing, or a sentence. */
async function findFault(world: World, night: Night): Promise<string | undefined> {
  const { repository } = world.stage
  const open = (await repository.pulls()).filter(({ state }) => state === 'open')
  if (open.length > 1) return 'there are two open pull requests'
  if (night === 'superseded') return 'a calm night made way for nothing'
  if (night === 'red' || night === 'blocked') return undefined
  if (night === 'declined') return world.closedByPerson ? undefined : 'declined, and no person has said no'
  const has = async (ref: string) => {
    const files = proposalOf(world).files.map(
      async ({ path, content }) => (await repository.read(path, ref)) === String(content)
    )
    return (await Promise.all(files)).every(Boolean)
  }
  const [pull] = open
  if (pull === undefined) return (await has('main')) ? undefined : `${night}, and nobody has the lock`
  if (!(await has(HEAD))) return `${night}, and the open pull request does not have the lock`
  return undefined
}

/** The history of a repository over so many nights. */
export interface History {
  readonly seed: number
  readonly nights: readonly Night[]
  /** What has gone wrong, with all that happened before; undefined if nothing has. */
  readonly fault: string | undefined
}

/** Plays nights; each is followed by a calm one, which has to find what it would do as done. */
export async function playNights(fake: FakeGitHub, seed: number, count: number): Promise<History> {
  const random = makeRandom(seed)
  const stage = await setStage(fake)
  const world: World = { stage, random, lock: 0, inputs: 0, theirs: undefined, closedByPerson: false, step: 0 }
  await stage.repository.commit({ 'environment.yml': environment(0) })
  const nights: Night[] = []
  const told: string[] = []
  const play = async (isCalm: boolean): Promise<string | undefined> => {
    const night = await runAtNight(world, fake.apiUrl, told, isCalm)
    nights.push(night)
    told.push(`night ${nights.length}: ${night}`)
    const isLost = world.theirs !== undefined && (await stage.repository.head(HEAD)) !== world.theirs
    if (isLost) return `the commit ${world.theirs} of somebody is gone from the branch`
    return isCalm ? findFault(world, night) : undefined
  }
  for (let turn = 0; nights.length < count; turn++) {
    for (let events = random(3); events > 0; events--) await happen(world, told)
    for (const isCalm of turn % 2 === 0 ? [true, true] : [false, true]) {
      const fault = await play(isCalm)
      if (fault !== undefined) return { seed, nights, fault: `${fault}\n${told.join('\n')}` }
    }
    const [earlier, latest] = nights.slice(-2)
    if (turn % 2 === 0 && isDeed(latest)) {
      return { seed, nights, fault: `${earlier}, then ${latest} with nothing in between\n${told.join('\n')}` }
    }
  }
  return { seed, nights, fault: undefined }
}

/** Whether a run has changed something; a second one with nothing in between must not. */
function isDeed(night: Night | undefined): boolean {
  return night === 'created' || night === 'updated' || night === 'closed'
}
