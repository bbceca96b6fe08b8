import { describe, expect, test } from '@jest/globals'
import { fileURLToPath } from 'node:url'
import { prepareToolchain } from '../../src/toolchain/toolchain.js'
import { parseExplicitLock } from '../../src/lockfile/explicit.js'
import { compareLocks } from '../../src/lockfile/compare.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { makeReport } from '../../src/report/make.js'
import { renderReport } from '../../src/report/report.js'
import { TOOL_CACHE } from '../support/action.js'
import { comparedChanges, disagreements, independentChanges, shownChanges } from '../support/agreement.js'
import { explicitText, factsOf, lockedPackage } from '../support/locks.js'

const VERSIONS = '1.0 1.0.0 1.0a1 1.0rc1 1.0.post1 1.0.dev0 1.10 1.9 2025.9.1 2025.10.0 1!0.5 0.9.1b3 9e 3.5.0_1'.split(
  ' '
)
const BUILDS = ['h1_0', 'h1_1', 'py312h2_0']
const CHANNELS = ['conda-forge', 'https://conda.example.org/mirror']

/** A generator of numbers below `limit`, the same on every run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return limit => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

function randomLock(seed: number): LockedPackage[] {
  const below = numbers(seed)
  const pick = (texts: readonly string[]) => texts[below(texts.length)] ?? ''
  return Array.from({ length: 60 }, (_, index) => `lib-${index}`)
    .filter(() => below(10) > 0)
    .map(name =>
      lockedPackage({
        platform: 'linux-64',
        channel: pick(CHANNELS),
        name,
        version: pick(VERSIONS),
        build: pick(BUILDS)
      })
    )
}

describe('on generated locks', () => {
  test('py-rattler, the comparison and the report tell the same changes', async () => {
    const toolchain = await prepareToolchain({
      python: 'python3',
      solverFolder: fileURLToPath(new URL('../../solver', import.meta.url)),
      cache: TOOL_CACHE
    })
    const order = await loadVersionOrder()
    const pairs = Array.from(
      { length: 40 },
      (_, index) => [randomLock(2 * index + 1), randomLock(2 * index + 2)] as const
    )
    const texts = pairs.map(([old, now]) => [explicitText(old), explicitText(now)] as const)
    const expected = await independentChanges(toolchain, texts)
    expect(expected.flat().length).toBeGreaterThan(1000)
    pairs.forEach(([before, after], index) => {
      const told = expected[index] ?? []
      const [old, now] = (texts[index] ?? []).map(text => parseExplicitLock(text, 'linux-64'))
      expect(
        disagreements(comparedChanges(compareLocks(old ?? [], now ?? [], ['linux-64'], order).changes), told)
      ).toEqual([])
      const report = renderReport(makeReport(factsOf({ before, after }), order), Infinity)
      expect(disagreements(shownChanges(report), told)).toEqual([])
    })
  })
})
