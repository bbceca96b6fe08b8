/**
 * Plays repositories over thirty nights each, at random: `npm run test:nights -- [HISTORIES] [FIRST SEED]`. Prints each seed, and
 * all that happened before the first thing that went wrong.
 */
import { startGitHub } from '../__tests__/support/github.js'
import { playNights } from '../__tests__/support/nights.js'

const NIGHTS = 30
const [histories = 70, first = 1] = process.argv.slice(2).map(Number)

const counts = new Map<string, number>()
for (let seed = first; seed < first + histories; seed++) {
  // A GitHub for each, so that none has to keep thousands of commits of others.
  const fake = await startGitHub()
  const { nights, fault } = await playNights(fake, seed, NIGHTS)
  await fake.close()
  for (const night of nights) counts.set(night, (counts.get(night) ?? 0) + 1)
  console.log(`seed ${seed}: ${nights.length} nights${fault === undefined ? '' : `, FAULT: ${fault}`}`)
  if (fault !== undefined) process.exitCode = 1
}
const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
console.log(`${total} nights: ${[...counts].map(([night, count]) => `${count} ${night}`).join(', ')}`)
