/**
 * Reads what others could have written, at random: `npm run test:fuzz -- [CASES | SECONDSs] [SEED]`, such as `-- 10000` (the
 * default), `-- 600s` or `-- 1000 7`. Prints the seed and the time of each property, and the case that breaks one.
 */
import { loadProperties, tryAnswers, tryProperty } from '../__tests__/fuzz/play.js'

const [amount = '10000', givenSeed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
const seconds = amount.endsWith('s') ? Number(amount.slice(0, -1)) : undefined
process.stderr.write = () => true
const properties = Object.entries(await loadProperties())
const each = Math.ceil((seconds === undefined ? Number(amount) : 2000) / properties.length)
const end = Date.now() + (seconds ?? 0) * 1000

let cases = 0
for (let seed = Number(givenSeed), isFirst = true; isFirst || Date.now() < end; seed++, isFirst = false) {
  for (const [name, property] of properties) {
    const started = performance.now()
    const fault = await tryProperty(property, seed, each)
    cases += each
    console.log(`seed ${seed}: ${each} × ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`)
    if (fault === undefined) continue
    console.log(`FAULT: ${fault}`)
    process.exitCode = 1
  }
}
// Each of these is a whole run, and most of it waiting.
const runs = Math.min(each, 400)
const faults = await tryAnswers(Number(givenSeed), runs)
console.log(`seed ${givenSeed}: ${runs} × answers of GitHub's of another shape`)
for (const fault of faults) console.log(`FAULT: ${fault}`)
if (faults.length > 0) process.exitCode = 1
console.log(`${cases + runs} cases`)
