/** A sample of `npm run test:faults`. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { alteredAnswers, isBad } from '../fuzz/answers.js'
import { sampleOf, startFaults, type FaultStage } from '../support/faults.js'
import { inQuickTime } from '../support/quick-time.js'
import { KINDS, type KindName } from '../support/scenes.js'

const SEED = 1
const EACH = 5
const kinds = Object.keys(KINDS) as KindName[]
const stages = new Map<KindName, FaultStage>()
const write = process.stderr.write.bind(process.stderr)

beforeAll(async () => {
  process.stderr.write = () => true
  await inQuickTime(async () => {
    for (const kind of kinds) stages.set(kind, await startFaults([kind]))
  })
})
afterAll(async () => {
  process.stderr.write = write
  await Promise.all([...stages.values()].map(stage => stage.close()))
})

test.each(kinds)(`%s: after faults the next run ends as one without (seed ${SEED})`, async kind => {
  const stage = stages.get(kind)
  // What hangs takes seconds.
  const trials = sampleOf(
    (stage?.trials ?? []).filter(({ fault }) => !fault.startsWith('hang')),
    EACH,
    SEED
  )
  const verdicts = await inQuickTime(() => Promise.all(trials.map(async trial => stage?.judge(trial))))
  const wrong = verdicts.filter(
    verdict =>
      verdict === undefined ||
      !verdict.converged ||
      verdict.isDefect ||
      verdict.isUnnamed ||
      verdict.secondPulls ||
      verdict.halfWritten
  )
  expect(
    wrong.map(verdict => [verdict?.trial.effect, verdict?.trial.fault, verdict?.told, verdict?.difference])
  ).toEqual([])
})

// A check asks GitHub nothing.
test.each(kinds.filter(kind => kind !== 'check'))(
  `%s: answers of another shape are told as such (seed ${SEED})`,
  async kind => {
    const stage = stages.get(kind)
    if (stage === undefined) throw new Error(`nobody has played ${kind}`)
    const trials = fc.sample(alteredAnswers(stage), { seed: SEED, numRuns: 2 })
    const verdicts = await inQuickTime(() => Promise.all(trials.map(trial => stage.judge(trial))))
    expect(verdicts.filter(isBad).map(({ trial, told }) => [trial.effect, trial.fault, told])).toEqual([])
  }
)
