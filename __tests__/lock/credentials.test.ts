/** Addresses with which a lock would fail only after the solve. */
import { expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { parseEnvironment } from '../../src/environment/parse.js'
import { checkCredentials } from '../../src/lock/credentials.js'

const SET = { CONDA_USER: 'reader', CONDA_PASSWORD: 'x', EMPTY: '', GITHUB_TOKEN: 'x' }

/** What is said of a channel and of a package index, each with its line. */
function said(channel: string, index = 'https://pypi.example.org/simple/'): string[] {
  const text = `channels:\n  - conda-forge\n  - ${channel}\npip-repositories: ["${index}"]\ndependencies: [dask]\n`
  const environment = parseEnvironment({ file: 'environment.yml', fix: '' }, Buffer.from(text), ['linux-64'])
  try {
    checkCredentials([environment], SET)
    return []
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    return [error, ...error.others].map(({ message, place }) => `${place?.line ?? ''}: ${message}`)
  }
}

test.each([
  'bioconda',
  'https://${CONDA_USER}:${CONDA_PASSWORD}@conda.example.org/own',
  'https://$CONDA_USER:$CONDA_PASSWORD@conda.example.org/own',
  'https://conda.example.org/t/$CONDA_PASSWORD/own'
])('nothing is said of %s', channel => {
  expect(said(channel)).toEqual([])
})

test.each([
  ['https://${CONDA_USER}:${CONDA_PASWORD}@conda.example.org/own', '`CONDA_PASWORD`, which is not set, or empty.'],
  ['https://conda.example.org/t/${EMPTY}/own', '`EMPTY`, which is not set, or empty.'],
  ['https://x:${GITHUB_TOKEN}@conda.example.org/own', 'has a user, a password or a token that is no variable'],
  ['https://${CONDA_USER}:${GITHUB_TOKEN}@conda.example.org/own', '`GITHUB_TOKEN`, which is never handed on.'],
  [
    'https://reader:s3cret@conda.example.org/own',
    '`https://***@conda.example.org/own` has a user, a password or a token that is no variable'
  ],
  [
    'https://conda.anaconda.org/t/ab-s3cret/own',
    '`https://conda.anaconda.org/t/***/own` has a user, a password or a token that is no variable'
  ],
  [
    'https://example.org/conda/t/ab-s3cret/own',
    '`https://example.org/conda/t/***/own` has a user, a password or a token that is no variable'
  ]
])('%s is told with its line, before anything is solved', (channel, message) => {
  expect(said(channel)).toEqual([expect.stringContaining(message)])
  expect(said(channel)[0]).toMatch(/^3: /)
  expect(said(channel)[0]).not.toContain('s3cret')
})

test('a package index is looked at, too, and all is told at once', () => {
  expect(said('https://$A@conda.example.org/own', 'https://${PYPI_TOKEN}@pypi.example.org/simple/')).toEqual([
    expect.stringMatching(/^3: .*the variable `A`/),
    expect.stringMatching(/^4: .*the variable `PYPI_TOKEN`/)
  ])
})
