import Sequencer from '@jest/test-sequencer'

/** Starts the longest files first, so that none of them is at work alone at the end. Without earlier timings Jest goes by size only. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const long = ({ path }) => path.endsWith('.e2e.test.ts') || path.endsWith('faults.test.ts')
    const sorted = super.sort(tests)
    return [...sorted.filter(long), ...sorted.filter(test => !long(test))]
  }
}
