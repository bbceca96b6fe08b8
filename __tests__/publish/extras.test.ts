/** What a team wants on each pull request, and the workflows on it. */
import { afterAll, expect, test } from '@jest/globals'
import { describeCi } from '../../src/publish/extras.js'
import { startGitHub, TEAM } from '../support/github.js'
import { HEAD, openLocks, propose, setStage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

const DISPATCHABLE = 'on: [pull_request, workflow_dispatch]\n'

test.concurrent('a new pull request gets labels, assignees, reviewers, teams, draft and auto-merge', async () => {
  const stage = await setStage(fake)
  const published = await stage.run(propose('1'), {
    title: 'New lock',
    labels: ['dependencies', 'not yet there'],
    assignees: ['alice'],
    reviewers: ['bob'],
    teamReviewers: [`octo/${TEAM}`],
    draft: true,
    autoMerge: 'squash'
  })
  expect(published).toMatchObject({ operation: 'created', warnings: [] })
  expect(await stage.repository.pulls()).toMatchObject([
    {
      title: 'New lock',
      labels: ['dependencies', 'not yet there'],
      assignees: ['alice'],
      reviewers: ['bob', `octo/${TEAM}`],
      draft: true,
      autoMerge: 'squash'
    }
  ])
})

test.concurrent('what GitHub refuses of that is told, and the rest is done', async () => {
  const stage = await setStage(fake)
  stage.repository.forbidAutoMerge(true)
  const published = await stage.run(propose('1'), {
    labels: ['dependencies'],
    assignees: ['nobody', 'alice'],
    reviewers: ['nobody'],
    teamReviewers: [TEAM],
    autoMerge: 'merge'
  })
  expect(
    'warnings' in published
      ? published.warnings.map(text => text.replaceAll(stage.repository.fullName, 'octo/image'))
      : []
  ).toEqual([
    'GitHub did not assign pull request #1 to nobody. Correct `assignees`: people with access to this repository.',
    "GitHub did not ask for a review of pull request #1; it answered 422: Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the octo/image repository. Correct `reviewers` and `team-reviewers`: people and teams with access to this repository. Asking a team takes a GitHub App's token that may read the organization's members.",
    'GitHub did not enable auto-merge of pull request #1; it answered: Auto merge is not allowed for this repository Allow it in Settings → General → Pull Requests: "Allow auto-merge", or leave `auto-merge` out. GitHub also wants a merge method that the repository allows, and something left to wait for, such as a required check.'
  ])
  expect(await stage.repository.pulls()).toMatchObject([
    { labels: ['dependencies'], assignees: ['alice'], reviewers: [`octo/${TEAM}`], autoMerge: undefined }
  ])
})

test.concurrent('workflows are started when the branch has moved, and not when nothing has', async () => {
  const stage = await setStage(fake, { inputs: { dispatchWorkflows: ['ci.yml'] } })
  await stage.repository.commit({ '.github/workflows/ci.yml': DISPATCHABLE })
  const started = { workflow: 'ci.yml', ref: HEAD }
  expect(await stage.run(propose('1'))).toMatchObject({
    operation: 'created',
    ci: expect.stringMatching(
      /^Started ci\.yml on the head branch\. The commit was pushed with the workflow's own token: the other/
    )
  })
  expect(stage.repository.dispatches).toEqual([started])
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
  expect(stage.repository.dispatches).toEqual([started])
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
  expect(stage.repository.dispatches).toEqual([started, started])
})

test.concurrent('a workflow that cannot be started is told, and the others are', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({
    '.github/workflows/ci.yml': DISPATCHABLE,
    '.github/workflows/lint.yml': 'on: pull_request\n'
  })
  const published = await stage.run(propose('1'), { dispatchWorkflows: ['gone.yml', 'lint.yml', 'ci.yml'] })
  expect(published).toMatchObject({
    operation: 'created',
    warnings: [
      'There is no workflow `gone.yml` on the default branch. Correct `dispatch-workflows`: names of files in .github/workflows that have `on: workflow_dispatch`.',
      "GitHub did not start the workflow `lint.yml`; it answered 422: Workflow does not have 'workflow_dispatch' trigger The message above is from GitHub. Correct what it names, then run the workflow again."
    ]
  })
  expect(stage.repository.dispatches).toEqual([{ workflow: 'ci.yml', ref: HEAD }])
})

test.concurrent('starting workflows takes actions: write, and the warning says so', async () => {
  const permissions = { contents: 'write', 'pull-requests': 'write' } as const
  const stage = await setStage(fake, { permissions, inputs: { dispatchWorkflows: ['ci.yml'] } })
  await stage.repository.commit({ '.github/workflows/ci.yml': DISPATCHABLE })
  expect(await stage.run(propose('1'))).toMatchObject({
    operation: 'created',
    warnings: [
      'GitHub did not start the workflow `ci.yml`; it answered 403: Resource not accessible by integration The token lacks `actions: write`. Give the job `permissions:` with `contents: write`, `pull-requests: write` and `actions: write`, and check that `token` is for this repository.'
    ]
  })
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

test('says whether the workflows of the pull request run', () => {
  expect(describeCi('github-actions[bot]', [])).toBe(
    "The commit was pushed with the workflow's own token: the pull request's workflows wait until a person approves them there (older GitHub Enterprise Servers start none). To have them run at once, name them in `dispatch-workflows`, or pass a GitHub App's token (https://github.com/conda-lock-sync/conda-lock-sync/blob/main/docs/ci-on-the-pull-request.md)."
  )
  expect(describeCi('our-locks[bot]', [])).toBe(
    'The commit was pushed as our-locks[bot], so the workflows of the pull request start by themselves.'
  )
})
