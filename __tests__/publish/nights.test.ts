/** A sample of `npm run test:nights`. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub } from '../support/github.js'
import { playNights } from '../support/nights.js'

const fake = await startGitHub()
afterAll(() => fake.close())

test.each([1, 2, 3])('thirty nights at random, seed %i', async seed => {
  const { nights, fault } = await playNights(fake, seed, 30)
  expect(fault).toBeUndefined()
  expect(nights.length).toBeGreaterThanOrEqual(30)
})
