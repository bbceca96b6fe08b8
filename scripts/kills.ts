/**
 * Kills at every point of a run that can be seen, and at even steps of its time: `npm run test:kills -- [STEPS] [WORDS]`. Each is
 * followed by another run on the same machine. Prints a table, and each kill after which something was left, or was different.
 */
import { startKills, type Kill, type Verdict } from '../__tests__/support/kills.js'

const given = process.argv.slice(2)
const steps = Number(given.find(word => /^\d+$/.test(word)) ?? 12)
const words = given.filter(word => word !== String(steps))

const isBad = ({ children, leftovers, difference }: Verdict) =>
  children > 0 || leftovers.length > 0 || difference !== ''
const nameOf = ({ kind, victim, signal }: Kill) => `${kind} | ${victim} | ${signal}`

const stage = await startKills(steps)
const chosen = stage.kills.filter(kill => words.every(word => `${nameOf(kill)} ${kill.point}`.includes(word)))
const count = (some: readonly Verdict[], is: (verdict: Verdict) => boolean) => some.filter(is).length
const columns = (some: readonly Verdict[]) => [
  some.length,
  count(some, ({ wasHit }) => wasHit),
  count(some, ({ children }) => children > 0),
  count(some, ({ between }) => between.length > 0),
  count(some, ({ leftovers }) => leftovers.length > 0),
  count(some, ({ difference }) => difference === '')
]
console.log('| kind | killed | signal | runs | hit | children left | files left | left by the next | converged |')
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |')
const all: Verdict[] = []
// A row as soon as it is complete: whoever ends this early has seen it.
for (const name of new Set(chosen.map(nameOf))) {
  const row: Verdict[] = []
  for (const kill of chosen.filter(each => nameOf(each) === name)) {
    const verdict = await stage.judge(kill)
    row.push(verdict)
    if (isBad(verdict)) console.error(`${name} | ${kill.point}: ${JSON.stringify(verdict)}`)
  }
  all.push(...row)
  console.log(`| ${name} | ${columns(row).join(' | ')} |`)
}
await stage.close()
console.log(`| all | | | ${columns(all).join(' | ')} |`)
process.exit(all.some(isBad) ? 1 : 0)
