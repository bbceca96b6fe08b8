/**
 * Every fault at every effect of every kind of run: `npm run test:faults -- [SAMPLE] [WORDS]`. Prints a table, and each trial that
 * did not end as it must. A number makes it a sample of so many for each kind; words choose trials that have them.
 */
import { sampleOf, startFaults, type Verdict } from '../__tests__/support/faults.js'
import { inQuickTime } from '../__tests__/support/quick-time.js'
import { KINDS, type KindName } from '../__tests__/support/scenes.js'

/** Most of a trial is waiting. */
const AT_ONCE = 8
const SEED = 1
const given = process.argv.slice(2)
const sample = Number(given.find(word => /^\d+$/.test(word)) ?? Infinity)
const words = given.filter(word => word !== String(sample))
const kinds = Object.keys(KINDS) as KindName[]

process.stderr.write = () => true
const verdicts = await inQuickTime(async () => {
  const all: Verdict[] = []
  // A GitHub for each kind, so that none has to keep thousands of repositories.
  for (const kind of kinds) {
    const stage = await startFaults([kind])
    const chosen = stage.trials.filter(({ effect, fault }) =>
      words.every(word => `${kind} ${effect} ${fault}`.includes(word))
    )
    const trials = sampleOf(chosen, Math.min(sample, chosen.length), SEED)
    const queue = [...trials]
    const work = async () => {
      for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) all.push(await stage.judge(trial))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    await stage.close()
    console.log(`${kind}: ${trials.length} trials`)
  }
  return all
})

const count = (some: readonly Verdict[], is: (verdict: Verdict) => boolean) => String(some.filter(is).length)
const header = ['kind', 'runs', 'converged', 'defect', 'unnamed', 'second pull requests', 'half-written']
const rowOf = (name: string, some: readonly Verdict[]) => [
  name,
  String(some.length),
  count(some, ({ converged }) => converged),
  count(some, ({ isDefect }) => isDefect),
  count(some, ({ isUnnamed }) => isUnnamed),
  count(some, ({ secondPulls }) => secondPulls),
  count(some, ({ halfWritten }) => halfWritten)
]
const rows = [
  ...kinds.map(kind =>
    rowOf(
      kind,
      verdicts.filter(({ trial }) => trial.kind === kind)
    )
  ),
  rowOf('all', verdicts)
]
for (const { trial, told, difference, ...flags } of verdicts) {
  const { converged, isDefect, isUnnamed, secondPulls, halfWritten } = flags
  if (converged && !isDefect && !isUnnamed && !secondPulls && !halfWritten) continue
  const what = Object.entries({ diverged: !converged, isDefect, isUnnamed, secondPulls, halfWritten }).filter(
    ([, is]) => is
  )
  console.log(
    `${what.map(([name]) => name).join(' ')} | ${trial.kind} | ${trial.effect} | ${trial.fault} | ${told} | ${difference}`
  )
}
for (const row of [header, header.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`)
process.exit(verdicts.every(({ converged, isDefect }) => converged && !isDefect) ? 0 : 1)
