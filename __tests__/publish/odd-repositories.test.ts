/** Repositories that are not like most. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub } from '../support/github.js'
import { inputsOf } from '../support/inputs.js'
import { HEAD, openLocks, propose, setStage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

test.concurrent(
  'the pull request is in a merge queue: superseded, and it stays there; after that updated',
  async () => {
    const stage = await setStage(fake)
    await stage.run(propose('1'))
    await stage.repository.enqueue(1)
    const before = await stage.repository.head(HEAD)
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'superseded', because: 'merge queue of #1' })
    expect(await stage.repository.head(HEAD)).toBe(before)
    await stage.repository.merge(1)
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'created', pull: { number: 2 } })
  }
)

test.concurrent('another pull request is in the merge queue: updated', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({ notes: 'theirs' }, { branch: 'topic' })
  const { number } = await stage.repository.propose('topic')
  await stage.repository.enqueue(number)
  await stage.run(propose('1'))
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
})

test.concurrent('the branch has a second open pull request, for another base: an error that names it', async () => {
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  await stage.repository.commit({ README: 'Stable.\n' }, { branch: 'stable' })
  const [owner = '', repo = ''] = stage.repository.fullName.split('/')
  await stage
    .connect()
    .request('POST /repos/{owner}/{repo}/pulls', { owner, repo, head: HEAD, base: 'stable', title: 'Backport' })
  await expect(stage.run(propose('2'))).rejects.toThrow('Pull request #2 from `conda-lock-sync` is for `stable`')
  await stage.repository.closePull(2)
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated', pull: { number: 1 } })
  expect(await openLocks(stage.repository)).toEqual(['2'])
})

test.concurrent('the repository has no commit yet: says so', async () => {
  const stage = await setStage(fake)
  const path = new RegExp(`${stage.repository.fullName}/git/ref/`)
  fake.inject({ path, status: 409, body: { message: 'Git Repository is empty.' } })
  await expect(stage.run(propose('1'))).rejects.toMatchObject({
    hint: 'The repository has no commit yet. Commit your environment file first.'
  })
})

test.concurrent('the repository is renamed during a run: GitHub leads the requests on', async () => {
  const stage = await setStage(fake)
  const path = new RegExp(`${stage.repository.fullName}/pulls\\?`)
  const location = `${fake.apiUrl}/repos/${stage.repository.fullName}/pulls?state=all&head=octo:${HEAD}&renamed=1`
  fake.inject({ path, times: 1, status: 301, headers: { location } })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
})

test('the run is for a merge queue: an error, since nothing can be proposed to its branch', () => {
  const ref = 'refs/heads/gh-readonly-queue/main/pr-1-0123456789'
  for (const mode of ['pull-request', 'commit']) {
    expect(() => inputsOf({ mode }, { ref })).toThrow('The run is for a merge queue')
  }
  expect(inputsOf({ mode: 'check' }, { ref }).mode).toEqual({ kind: 'check' })
})
