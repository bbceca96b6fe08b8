/** Each request of a run succeeds without anybody hearing of it: nothing is done twice. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub, type Fault } from '../support/github.js'
import { HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

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
