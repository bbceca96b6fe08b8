/**
 * Two runs at once, advanced one API call at a time: always one pull request with one whole result. And a run and a person:
 * never a lost commit.
 */
import { afterAll, expect, jest, test } from '@jest/globals'
import { publish } from '../../src/publish/publish.js'
import type { Proposal } from '../../src/publish/proposal.js'
import { startGitHub } from '../support/github.js'
import { HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

/** Says which of the two runs makes the next call, while both have one to make. */
type Schedule = (call: number) => 'A' | 'B'

/** A run that stops before each call until it is let go on. */
interface GatedRun {
  result: Promise<string>
  isDone: boolean
  isCalling: boolean
  /** What lets each of its next calls go on; reads may wait for one another's turn. */
  readonly next: (() => void)[]
}

/** Runs two proposals by a schedule; gives what both did, and the order of the calls. */
async function drive(stage: Stage, proposals: Record<'A' | 'B', Proposal>, schedule: Schedule) {
  let changed: () => void = () => undefined
  const start = (proposal: Proposal): GatedRun => {
    const run: GatedRun = { result: Promise.resolve(''), isDone: false, isCalling: false, next: [] }
    const github = stage.connect()
    github.hook.wrap('request', async (request, options) => {
      await new Promise<void>(resolve => {
        run.next.push(resolve)
        changed()
      })
      try {
        return await request(options)
      } finally {
        run.isCalling = false
        changed()
      }
    })
    const work = async () => (await publish(await stage.observe(github), proposal)).operation
    run.result = work().finally(() => {
      run.isDone = true
      changed()
    })
    return run
  }
  const runs = { A: start(proposals.A), B: start(proposals.B) }
  const all = [runs.A, runs.B]
  let order = ''
  for (;;) {
    while (all.some(run => !run.isDone && (run.isCalling || run.next.length === 0))) {
      await new Promise<void>(resolve => (changed = resolve))
    }
    if (all.every(run => run.isDone)) break
    const wanted = schedule(order.length)
    const name = runs[wanted].isDone ? (wanted === 'A' ? 'B' : 'A') : wanted
    order += name
    runs[name].isCalling = true
    runs[name].next.shift()?.()
  }
  return { order, A: await runs.A.result, B: await runs.B.result }
}

/** What the runs find at the start. */
const STARTS: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  'nothing there yet': () => Promise.resolve(),
  'a pull request is open': stage => stage.run(propose('0')),
  'a branch is left behind without a pull request': async stage => {
    fake.inject({ method: 'POST', path: new RegExp(`${stage.repository.fullName}/pulls$`), times: 1, status: 403 })
    await expect(stage.run(propose('0'))).rejects.toThrow('GitHub did not open the pull request')
  }
}

/** More than a run has. */
const CALLS = 10
const counts = Array.from({ length: CALLS }, (_, count) => count)

/** A's first `count` calls, then all of B's, then the rest. */
const interrupted = counts.map(
  (count): Schedule =>
    call =>
      call < count ? 'A' : 'B'
)

/** The same, but B has looked before A began. */
const interruptedByOlder = counts.map(
  (count): Schedule =>
    call =>
      call < 2 ? 'B' : call < 2 + count ? 'A' : 'B'
)

/** An order by the bits of a linear congruential generator. */
function shuffled(seed: number): Schedule {
  const bits: boolean[] = []
  for (let state = seed * 2_654_435_761 + 12_345; bits.length < 64;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    bits.push(state > 1_073_741_824)
  }
  return call => (bits[call % bits.length] === true ? 'A' : 'B')
}

const SCHEDULES = [...interrupted, ...interruptedByOlder, ...Array.from({ length: 8 }, (_, seed) => shuffled(seed + 1))]

// Dozens of whole runs at once, each paced by Octokit: on a busy machine that takes its time.
jest.setTimeout(300_000)

for (const [start, prepare] of Object.entries(STARTS)) {
  test.concurrent(`${start}: one pull request, with the result of one of them`, async () => {
    const ends = await Promise.all(
      SCHEDULES.map(async schedule => {
        const stage = await setStage(fake)
        await prepare(stage)
        const { order, A, B } = await drive(stage, { A: propose('of A'), B: propose('of B') }, schedule)
        const open = await openLocks(stage.repository)
        return { order, A, B, open, branches: await stage.repository.branches() }
      })
    )
    for (const end of ends) {
      expect(end).toMatchObject({ open: [expect.stringMatching(/^of [AB]$/)], branches: [HEAD, 'main'] })
      expect([end.A, end.B]).toEqual(expect.arrayContaining([expect.stringMatching(/^(?:created|updated)$/)]))
    }
    // All calls took part, and not always the same run had the last word.
    expect(new Set(ends.map(({ order }) => order)).size).toBeGreaterThan(CALLS)
    expect(new Set(ends.flatMap(({ open }) => open))).toEqual(new Set(['of A', 'of B']))
  })
}

test.concurrent(
  'one finds nothing left to propose: one pull request with the whole other result, or none',
  async () => {
    const ends = await Promise.all(
      SCHEDULES.map(async schedule => {
        const stage = await setStage(fake)
        const { files } = propose('nothing new')
        await stage.repository.commit(Object.fromEntries(files.map(file => [file.path, file.content ?? null])))
        await stage.run(propose('0'))
        const { order } = await drive(stage, { A: propose('nothing new'), B: propose('of B') }, schedule)
        return { order, open: await openLocks(stage.repository), branches: await stage.repository.branches() }
      })
    )
    for (const { order, open, branches } of ends) {
      if (open.length > 0)
        expect({ order, open, branches }).toEqual({ order, open: ['of B'], branches: [HEAD, 'main'] })
      else expect({ order, branches }).toEqual({ order, branches: ['main'] })
    }
    expect(new Set(ends.map(({ open }) => open.length))).toEqual(new Set([0, 1]))
  }
)

test.concurrent(
  'one makes good what an earlier run has left, the other updates: the whole result of one of them',
  async () => {
    const ends = await Promise.all(
      SCHEDULES.map(async schedule => {
        const stage = await setStage(fake, { inputs: { labels: ['dependencies'] } })
        fake.inject({ path: new RegExp(`${stage.repository.fullName}/issues/1/labels$`), times: 1, status: 403 })
        await stage.run(propose('0'))
        const { order, A } = await drive(stage, { A: propose('0'), B: propose('of B') }, schedule)
        const [open, ...others] = await openLocks(stage.repository)
        return { order, A, open, others }
      })
    )
    for (const end of ends) expect(end).toMatchObject({ open: expect.stringMatching(/^(?:0|of B)$/), others: [] })
    expect(new Set(ends.map(({ A }) => A))).toEqual(new Set(['updated', 'superseded']))
  }
)

/** Lets a person do something before each single call of a run, in a stage of its own for each. */
async function disturb(
  prepare: (stage: Stage) => Promise<unknown>,
  proposal: Proposal,
  act: (stage: Stage) => Promise<string>
) {
  return Promise.all(
    counts.map(async count => {
      const stage = await setStage(fake)
      await prepare(stage)
      const github = stage.connect()
      let calls = 0
      let theirs: string | undefined
      github.hook.before('request', async () => {
        if (calls++ === count) theirs = await act(stage)
      })
      const { operation } = await publish(await stage.observe(github), proposal)
      const head = await stage.repository.head(HEAD)
      const history = head === undefined ? [] : [head, ...(await stage.repository.parents(head))]
      return { count, operation, isKept: theirs === undefined || history.includes(theirs) }
    })
  )
}

const push = (stage: Stage) => stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })

test.concurrent('a person pushes during an update: their commit stays, whenever it comes', async () => {
  const ends = await disturb(stage => stage.run(propose('0')), propose('1'), push)
  expect(ends.filter(end => !end.isKept)).toEqual([])
  expect(new Set(ends.map(end => end.operation))).toEqual(new Set(['blocked', 'updated']))
})

test.concurrent('a person makes the branch while a run is about to: their commit stays', async () => {
  const ends = await disturb(() => Promise.resolve(), propose('1'), push)
  expect(ends.filter(end => !end.isKept)).toEqual([])
  expect(new Set(ends.map(end => end.operation))).toEqual(new Set(['blocked', 'created']))
})

test.concurrent('a person pushes while a run closes the pull request: their commit stays', async () => {
  const prepare = async (stage: Stage) => {
    const { files } = propose('nothing new')
    await stage.repository.commit(Object.fromEntries(files.map(file => [file.path, file.content ?? null])))
    await stage.run(propose('0'))
  }
  const ends = await disturb(prepare, propose('nothing new'), push)
  expect(ends.filter(end => !end.isKept)).toEqual([])
  expect(new Set(ends.map(end => end.operation))).toEqual(new Set(['blocked', 'closed']))
})
