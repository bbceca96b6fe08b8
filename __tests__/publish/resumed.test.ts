/** What a run could not finish after the pull request was there, the next one makes good. */
import { afterAll, expect, test } from '@jest/globals'
import { parseMarker } from '../../src/publish/marker.js'
import { startGitHub, TEAM, type Fault } from '../support/github.js'
import { HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

const FORBIDDEN = { status: 403, body: { message: 'Resource not accessible by integration' } }

/** GitHub refuses matching requests of the stage for a while; what it will say tomorrow nobody knows. */
function refuse(stage: Stage, method: string, place: string, fault: Partial<Fault> = { times: 1 }): void {
  fake.inject({ method, path: new RegExp(`${stage.repository.fullName}${place}$`), ...FORBIDDEN, ...fault })
}

async function pending(stage: Stage): Promise<readonly string[] | undefined> {
  return parseMarker((await stage.repository.pulls()).at(-1)?.body ?? '')?.pending
}

test.concurrent('labels, assignees and reviewers that GitHub would not take that night', async () => {
  const inputs = { labels: ['dependencies'], assignees: ['alice'], reviewers: ['bob'], teamReviewers: [TEAM] }
  const stage = await setStage(fake, { inputs })
  for (const place of ['/issues/1/labels', '/issues/1/assignees']) refuse(stage, 'POST', place)
  refuse(stage, 'POST', '/pulls/1/requested_reviewers', { times: 2 })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created', warnings: { length: 4 } })
  expect(await pending(stage)).toEqual(['labels', 'assignees', 'reviewers', 'team-reviewers'])

  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'updated', warnings: [] })
  expect(await stage.repository.pulls()).toMatchObject([
    { labels: ['dependencies'], assignees: ['alice'], reviewers: ['bob', `octo/${TEAM}`] }
  ])
  expect(await pending(stage)).toBeUndefined()
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
})

test.concurrent('they come with an update as well', async () => {
  const stage = await setStage(fake, { inputs: { labels: ['dependencies'] } })
  refuse(stage, 'POST', '/issues/1/labels')
  await stage.run(propose('1'))
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated', warnings: [] })
  expect(await stage.repository.pulls()).toMatchObject([{ labels: ['dependencies'] }])
  expect(await pending(stage)).toBeUndefined()
})

test.concurrent('auto-merge is not enabled twice, and stays what a person has made of it', async () => {
  const stage = await setStage(fake, { inputs: { autoMerge: 'merge' } })
  fake.inject({ path: /^\/graphql/, token: stage.token, times: 1, after: true, status: 502 })
  refuse(stage, 'PATCH', '/pulls/1')
  await expect(stage.run(propose('1'))).rejects.toThrow('GitHub did not update pull request #1')
  stage.repository.enableAutoMerge(1, 'squash')
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'updated', warnings: [] })
  expect(await stage.repository.pulls()).toMatchObject([{ autoMerge: 'squash' }])
  expect(stage.calls().filter(call => call === 'POST /graphql')).toHaveLength(1)
})

test.concurrent('what GitHub says no to for good is not asked for again', async () => {
  const stage = await setStage(fake, { inputs: { reviewers: ['nobody'] } })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created', warnings: { length: 1 } })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
})

test.concurrent(
  'a workflow is started once for a commit, also if the run broke off before it could remember that',
  async () => {
    const stage = await setStage(fake, { inputs: { dispatchWorkflows: ['ci.yml'] } })
    await stage.repository.commit({ '.github/workflows/ci.yml': 'on: workflow_dispatch\n' })
    refuse(stage, 'PATCH', '/pulls/1')
    await expect(stage.run(propose('1'))).rejects.toThrow('GitHub did not update pull request #1')
    expect(stage.repository.dispatches).toHaveLength(1)
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'updated' })
    expect(stage.repository.dispatches).toEqual([{ workflow: 'ci.yml', ref: HEAD }])

    refuse(stage, 'POST', '/actions/.*/dispatches')
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated', warnings: { length: 1 } })
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated', warnings: [] })
    expect(stage.repository.dispatches).toHaveLength(2)
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'unchanged' })
  }
)

test.concurrent('the comment that says why a pull request was closed', async () => {
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  await stage.repository.commit(
    Object.fromEntries(propose('1').files.map(({ path, content }) => [path, content ?? null] as const))
  )
  refuse(stage, 'POST', '/issues/1/comments')
  await expect(stage.run(propose('1'))).rejects.toThrow('GitHub did not take a comment on pull request #1')
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'closed' })
  expect(await stage.repository.comments(1)).toEqual([expect.stringContaining('nothing left to propose')])
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'none' })
})

test.concurrent('a report that lacks what could not be fetched is written anew as soon as it can be', async () => {
  const stage = await setStage(fake)
  const lacking = { ...propose('1'), isProvisional: true, report: () => 'Versions are not compared.' }
  expect(await stage.run(lacking)).toMatchObject({ operation: 'created' })
  expect(await stage.run(lacking)).toMatchObject({ operation: 'unchanged' })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'updated' })
  expect(await openLocks(stage.repository)).toEqual(['1'])
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
})
