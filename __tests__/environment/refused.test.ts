/** What other parsers of YAML take, and conda-lock's does not. */
import { expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { lockOnce } from '../support/lock-once.js'

/** No channel is asked before the files are read. */
const ALIAS = 'http://127.0.0.1:1'
const HEAD = 'channels: [conda-forge]\ndependencies:\n  - python=3.12\n'

async function refusal(environments: Readonly<Record<string, string>>): Promise<SyncError> {
  const error: unknown = await lockOnce({ environments, alias: ALIAS }).catch((reason: unknown) => reason)
  if (error instanceof SyncError) return error
  throw new Error('nothing was refused', { cause: error })
}

test.each([
  ['a line of nothing but tabs', `${HEAD}  - xarray\n\t\t\n`, 5],
  ['a tab before a comment', `${HEAD}  - xarray\t# labelled arrays\n`, 4],
  ['a tab after the dash', `${HEAD}  -\txarray\n`, 4]
])('%s is told with its line', async (_what, text, line) => {
  const { message, hint, place } = await refusal({ 'environment.yml': text })
  expect(message).toBe('environment.yml has a tab where conda-lock reads only spaces.')
  expect(hint).toBe('Correct environment.yml.')
  expect(place).toEqual({ file: 'environment.yml', line })
})

test('what has the form of a date and is none is told with its line', async () => {
  const { message, place } = await refusal({ 'environment.yml': `name: 2025-13-45\n${HEAD}` })
  expect(message).toBe('environment.yml is not valid YAML for conda-lock: month must be in 1..12.')
  expect(place).toEqual({ file: 'environment.yml', line: 1 })
})

test('every file that is refused is told at once', async () => {
  const { place, others } = await refusal({
    'common/environment.yml': `${HEAD}  - dask\t# scheduler\n`,
    'environment.yml': `${HEAD}\t\n`
  })
  expect([place, ...others.map(other => other.place)]).toEqual([
    { file: 'common/environment.yml', line: 4 },
    { file: 'environment.yml', line: 4 }
  ])
})
