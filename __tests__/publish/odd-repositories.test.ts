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

test.concurrent('an old pull request is open again, after many later ones: updated, and no second one', async () => {
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  const later = (number: number) => ({
    number,
    html_url: '',
    node_id: '',
    state: 'closed',
    merged_at: '2026-01-01T00:00:00Z',
    head: { sha: '0'.repeat(40) },
    base: { ref: 'main', repo: { node_id: `R_${Buffer.from(stage.repository.fullName).toString('base64url')}` } }
  })
  const body = Array.from({ length: 30 }, (_, index) => later(index + 2))
  fake.inject({ path: new RegExp(`${stage.repository.fullName}/pulls\\?.*state=all`), status: 200, body })
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated', pull: { number: 1 } })
  expect(await openLocks(stage.repository)).toEqual(['2'])
})

/** Many of what nobody looks for. */
const FULL_PAGE = Array.from({ length: 100 }, (_, id) => ({
  id,
  body: 'Hi.',
  event: 'labeled',
  created_at: '2026-01-01'
}))

test.concurrent('a comment of ours that comes after many is found, and later pages are not read', async () => {
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'blocked' })
  const path = new RegExp(`${stage.repository.fullName}/issues/1/comments\\?.*&page=1$`)
  const heal = fake.inject({ path, status: 200, body: FULL_PAGE })
  const [comment] = await stage.repository.comments(1)
  const page = fake.inject({
    path: new RegExp(`${stage.repository.fullName}/issues/1/comments\\?.*&page=2$`),
    status: 200,
    body: [{ id: 1, body: comment }, ...FULL_PAGE.slice(1)]
  })
  expect(await stage.run(propose('3'))).toMatchObject({ operation: 'blocked' })
  heal()
  page()
  expect(await stage.repository.comments(1)).toHaveLength(1)
  expect(stage.calls().filter(call => call === 'GET /issues/1/comments')).toHaveLength(3)
})

test.concurrent.each(['comments', 'events'])('a pull request has %s without end: an error that says so', async what => {
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  if (what === 'comments') await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
  else await stage.repository.closePull(1)
  fake.inject({ path: new RegExp(`${stage.repository.fullName}/issues/1/${what}`), status: 200, body: FULL_PAGE })
  await expect(stage.run(propose('2'))).rejects.toMatchObject({
    message: `There are 3,000 ${what} on pull request #1 or more, and no more are read.`,
    hint: expect.stringContaining('another `branch`')
  })
})

test.concurrent(
  'a folder has more files than GitHub lists: an error, not a file that is taken for missing',
  async () => {
    const stage = await setStage(fake)
    const alter = (text: string) => text.replace('"truncated":false', '"truncated":true')
    fake.inject({ path: new RegExp(`${stage.repository.fullName}/git/trees/`), alter })
    await expect(stage.run(propose('1'))).rejects.toThrow('GitHub lists only a part of the folder')
  }
)

test('the run is for a merge queue: an error, since nothing can be proposed to its branch', () => {
  const ref = 'refs/heads/gh-readonly-queue/main/pr-1-0123456789'
  for (const mode of ['pull-request', 'commit']) {
    expect(() => inputsOf({ mode }, { ref })).toThrow('The run is for a merge queue')
  }
  expect(inputsOf({ mode: 'check' }, { ref }).mode).toEqual({ kind: 'check' })
})
