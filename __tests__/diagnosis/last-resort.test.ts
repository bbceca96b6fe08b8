import { expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { lockOnce } from '../support/lock-once.js'
import { startChannel } from '../support/world.js'

test('a failure that nobody has thought of still names files, a line and what was being done', async () => {
  const channel = await startChannel()
  const error: unknown = await lockOnce({
    // conda-lock stops at a pattern for a name with an assertion that says nothing.
    environments: {
      'NBenvironment.yml': 'channels: [conda-forge]\ndependencies:\n  - xarray\n',
      'environment.yml': 'channels: [conda-forge]\n\ndependencies:\n  - dask*\n'
    },
    alias: channel.alias
  }).catch((reason: unknown) => reason)
  await channel.close()
  if (!(error instanceof SyncError)) throw new Error('nothing was refused', { cause: error })
  expect(error.message).toBe(
    'conda-lock failed while solving the conda packages of NBenvironment.yml and environment.yml: it ended with AssertionError.'
  )
  expect(error.place).toEqual({ file: 'environment.yml', line: 4 })
  expect(error.hint).toContain('The log has its own words.')
  expect(error.cause).toBeInstanceOf(Error)
})
