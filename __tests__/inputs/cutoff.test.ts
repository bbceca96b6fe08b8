import { expect, test } from '@jest/globals'
import { parseCutoff } from '../../src/inputs/cutoff.js'

const NOW = new Date('2025-09-24T12:00:00Z')

test.each([
  ['2025-09-24', '2025-09-24T23:59:59.999Z'],
  ['2025-09-24T08:30', '2025-09-24T08:30:00.000Z'],
  ['2025-09-24 08:30:15', '2025-09-24T08:30:15.000Z'],
  ['2025-09-24T08:30:00Z', '2025-09-24T08:30:00.000Z'],
  ['2025-09-24T08:30:00+02:00', '2025-09-24T06:30:00.000Z'],
  ['12h', '2025-09-24T00:00:00.000Z'],
  ['3d', '2025-09-21T12:00:00.000Z'],
  ['2w', '2025-09-10T12:00:00.000Z']
])('%s is %s', (text, time) => {
  expect(parseCutoff(text)?.at(NOW).toISOString()).toBe(time)
  expect(parseCutoff(text)?.text).toBe(text)
})

test.each([
  'yesterday',
  '2025',
  '2025-13-01',
  '2025-02-30',
  '2025-09-24T25:00',
  '3',
  '0d',
  '-3d',
  '3m',
  '3 days',
  '3d ago'
])('%s is neither a date nor an age', text => {
  expect(parseCutoff(text)).toBeUndefined()
})
