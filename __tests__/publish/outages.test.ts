/** Each request of a run succeeds without anybody hearing of it: nothing is done twice. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub, type FakeGitHub, type Fault } from '../support/github.js'
import { HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
const others: FakeGitHub[] = []
afterAll(() => Promise.all([fake, ...others].map(one => one.close())))

/** The two ways in which an answer is lost after the deed. */
const LOSSES: readonly Partial<Fault>[] = [{ status: 502 }, { cut: true }]

/** The next matching request of the stage is obeyed, but its answer is lost. */
function lose(stage: Stage, method: string, place: string, loss: Partial<Fault>): void {
  fake.inject({ method, path: new RegExp(`${stage.repository.fullName}${place}$`), times: 1, after: true, ...loss })
}

for (const loss of LOSSES) {
  const how = loss.cut === true ? 'the line is cut' : 'a gateway gives up'

  test.concurrent(`new pull request, and ${how} after each request`, async () => {
    const stage = await setStage(fake)
    await stage.repository.commit({ '.github/workflows/ci.yml': 'on: workflow_dispatch\n' })
    const places = ['/git/trees', '/git/commits', '/git/refs', '/pulls', '/issues/1/labels', '/actions/.*/dispatches']
    for (const place of places) lose(stage, 'POST', place, loss)
    const published = await stage.run(propose('1'), { labels: ['dependencies'], dispatchWorkflows: ['ci.yml'] })
    expect(published).toMatchObject({ operation: 'created', warnings: [] })
    expect(await openLocks(stage.repository)).toEqual(['1'])
    expect(await stage.repository.pulls()).toMatchObject([{ number: 1, labels: ['dependencies'] }])
    expect(stage.repository.dispatches).toEqual([{ workflow: 'ci.yml', ref: HEAD }])
    const created = (call: string) => stage.calls().filter(one => one === call)
    expect([created('POST /git/refs'), created('POST /pulls')]).toEqual([['POST /git/refs'], ['POST /pulls']])
  })

  test.concurrent(`an update, and ${how} after each request`, async () => {
    const stage = await setStage(fake)
    await stage.run(propose('1'))
    lose(stage, 'PATCH', '/pulls/1', loss)
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
    expect(await openLocks(stage.repository)).toEqual(['2'])
  })

  test.concurrent(`a comment on commits of others, and ${how} after it was taken: there is one`, async () => {
    const stage = await setStage(fake)
    await stage.run(propose('1'))
    await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
    lose(stage, 'POST', '/issues/1/comments', loss)
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'blocked' })
    expect(await stage.repository.comments(1)).toHaveLength(1)
  })
}

test.concurrent('the first requests fail before anything is done: the run goes on when GitHub does', async () => {
  const stage = await setStage(fake)
  for (const place of ['/git/refs', '/pulls']) {
    fake.inject({ method: 'POST', path: new RegExp(`${stage.repository.fullName}${place}$`), times: 1, status: 503 })
  }
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

/** A second run, whose moving of the branch goes wrong in the given way. */
async function secondRun(fault: Partial<Fault>) {
  // GraphQL has one address for all repositories, so its faults need a GitHub of their own.
  const other = await startGitHub()
  others.push(other)
  const stage = await setStage(other)
  await stage.run(propose('1'))
  other.inject({ method: 'POST', path: /^\/graphql/, times: 1, ...fault })
  return { stage, run: stage.run(propose('2')) }
}

test.concurrent.each([{ status: 502 }, { cut: true }])(
  'the branch is moved, but the answer is lost (%j): it is not taken for a refusal',
  async loss => {
    const { stage, run } = await secondRun({ after: true, ...loss })
    expect(await run).toMatchObject({ operation: 'updated' })
    expect(await openLocks(stage.repository)).toEqual(['2'])
  }
)

test.concurrent('GraphQL is out of order: says what was not done, and changes nothing', async () => {
  const body = { data: null, errors: [{ message: 'Resource protected by organization SAML enforcement.' }] }
  const { stage, run } = await secondRun({ status: 200, body })
  await expect(run).rejects.toThrow(
    'GitHub did not move the branch `conda-lock-sync`; it answered: Resource protected by organization SAML enforcement.'
  )
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

test.concurrent(
  'GitHub has not noticed yet that the branch of the pull request has moved: the branch is asked',
  async () => {
    const stage = await setStage(fake)
    await stage.run(propose('1'))
    const [owner = '', repo = ''] = stage.repository.fullName.split('/')
    const { data } = await stage
      .connect()
      .request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { owner, repo, pull_number: 1 })
    fake.inject({
      method: 'PATCH',
      path: new RegExp(`${stage.repository.fullName}/pulls/1$`),
      times: 1,
      after: true,
      status: 200,
      body: data
    })
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
    expect(stage.calls().at(-1)).toBe('GET /git/ref/heads%2Fconda-lock-sync')
    expect(await openLocks(stage.repository)).toEqual(['2'])
  }
)
