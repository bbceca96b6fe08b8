/**
 * The calls of a run with default inputs, all of them. Upstream takes one more to resolve the ref, and one for each file, so
 * with one file: nothing changed 4, new pull request 10, update 10.
 */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub } from '../support/github.js'
import { propose, setStage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

test('no call more than needed', async () => {
  // Lockfiles at the root, as by default; each folder on the way to a file is one more call.
  const stage = await setStage(fake)
  const perRun = async (lock: string) => {
    const before = stage.calls().length
    const { operation } = await stage.run(propose(lock))
    return [operation, ...stage.calls().slice(before)]
  }
  const observe = ['GET /git/trees/main', 'GET /pulls']
  const commit = ['GET /commits/heads%2Fmain', 'POST /git/trees', 'POST /git/commits']
  const check = 'GET /git/ref/heads%2Fconda-lock-sync'
  expect(await perRun('1')).toEqual(['created', ...observe, ...commit, 'POST /git/refs', 'POST /pulls', check])
  expect(await perRun('1')).toEqual(['unchanged', ...observe])
  expect(await perRun('2')).toEqual(['updated', ...observe, ...commit, 'POST /graphql', 'PATCH /pulls/1', check])
  await stage.repository.merge(1)
  // The lock that is in a folder by now.
  expect(await perRun('2')).toEqual([
    'none',
    'GET /git/trees/main',
    expect.stringMatching('GET /git/trees/'),
    'GET /pulls'
  ])
})
