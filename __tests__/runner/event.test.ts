/** What a run knows of the event that has started it. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRunner } from '../../src/runner/runner.js'

const folder = await mkdtemp(join(tmpdir(), 'event-'))
afterAll(() => rm(folder, { recursive: true }))

/** What is known with a payload of this text. */
async function withPayload(name: string, text: string) {
  const path = join(folder, name)
  await writeFile(path, text)
  return readRunner({ RUNNER_TEMP: folder, GITHUB_REPOSITORY: 'team/image', GITHUB_EVENT_PATH: path })
}

const pullFrom = (repo: unknown) =>
  JSON.stringify({ repository: { default_branch: 'trunk' }, pull_request: { base: { ref: 'next' }, head: { repo } } })

test.each([
  ['of the same repository is no fork', { full_name: 'team/image' }, false],
  ['of another one is a fork', { full_name: 'stranger/image' }, true],
  ['whose repository is gone is a fork', null, true]
])('a pull request %s', async (name, repo, isFromFork) => {
  expect(await withPayload(name, pullFrom(repo))).toMatchObject({
    defaultBranch: 'trunk',
    pullRequestBase: 'next',
    isFromFork
  })
})

test.each([
  ['a schedule without a repository', '{ "schedule": "0 5 * * *" }'],
  ['something that is no mapping', '[]']
])('%s says nothing', async (name, text) => {
  const nothing = { defaultBranch: undefined, pullRequestBase: undefined, isFromFork: false }
  expect(await withPayload(name, text)).toMatchObject(nothing)
})

test('a file that is gone says nothing', () => {
  const runner = readRunner({ RUNNER_TEMP: folder, GITHUB_EVENT_PATH: join(folder, 'gone') })
  expect(runner).toMatchObject({ defaultBranch: undefined, isFromFork: false })
})

test('a payload that was cut off names its file', async () => {
  await expect(withPayload('cut', '{ "repository":')).rejects.toThrow(/GITHUB_EVENT_PATH, .*cut, can't be read/)
})
