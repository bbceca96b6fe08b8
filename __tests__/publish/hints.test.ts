/** GitHub's own words for what it refuses, and the sentence that helps. */
import { afterAll, expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { startGitHub } from '../support/github.js'
import { propose, setStage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

/** The hint of a run whose request to `place` is refused so. */
async function hintOf(place: string, message: string, errors: readonly unknown[] = []): Promise<string> {
  const stage = await setStage(fake)
  const path = new RegExp(`${stage.repository.fullName}${place}$`)
  fake.inject({ method: 'POST', path, status: 422, body: { message, ...(errors.length > 0 ? { errors } : {}) } })
  const error: unknown = await stage.run(propose('1')).catch((thrown: unknown) => thrown)
  if (!(error instanceof SyncError)) throw new Error('the run did not fail', { cause: error })
  return error.hint
}

test.concurrent.each([
  ['Repository rule violations found\n\nCommit message must match a given pattern\n\n', '`commit-message`'],
  [
    'Repository rule violations found\n\nCommits must have verified signatures. Found 1 violation:\n\nabc\n\n',
    'GitHub signs'
  ],
  ['Repository rule violations found\n\nCannot force-push to this branch\n\n', 'one commit to the next'],
  [
    'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n',
    'Exempt this branch'
  ],
  ['Reference update failed', 'stands in its way']
])('a branch that cannot be made: %j', async (message, words) => {
  expect(await hintOf('/git/refs', message)).toContain(words)
})

/** The warnings of a run that wants auto-merge, and gets this answer from GraphQL. */
async function autoMergeWarning(message: string): Promise<string> {
  const own = await startGitHub()
  try {
    const stage = await setStage(own)
    own.inject({ path: /^\/graphql/, status: 200, body: { data: null, errors: [{ type: 'UNPROCESSABLE', message }] } })
    const published = await stage.run(propose('1'), { autoMerge: 'squash' })
    return 'warnings' in published ? published.warnings.join('\n') : ''
  } finally {
    await own.close()
  }
}

test.concurrent.each([
  [
    '["Pull request Protected branch rules not configured for this branch"]',
    'require a check or a review on the base branch'
  ],
  ['["Pull request Pull request is in clean status"]', 'require a check or a review on the base branch'],
  ['["Pull request Pull request is in unstable status"]', 'require a check or a review on the base branch'],
  ['["Pull request Auto merge is not allowed for this repository"]', '"Allow auto-merge"'],
  ['Squash merges are not allowed on this repository.', 'Name a method in `auto-merge`']
])('auto-merge: %s', async (message, words) => {
  const warning = await autoMergeWarning(message)
  expect(warning).toContain(words)
  expect(warning).not.toContain('Exempt this branch')
})

test.concurrent('the author among the reviewers: the others are asked, and the team too', async () => {
  const stage = await setStage(fake)
  const path = new RegExp(`${stage.repository.fullName}/pulls/1/requested_reviewers$`)
  const body = { message: 'Review cannot be requested from pull request author.' }
  fake.inject({ method: 'POST', path, status: 422, body, times: 2 })
  const published = await stage.run(propose('1'), { reviewers: ['alice', 'bob'] })
  expect(published).toMatchObject({
    warnings: [
      'alice: GitHub did not ask for a review of pull request #1; it answered 422: Review cannot be requested from pull request author. Take the name out of `reviewers`: whoever opens a pull request cannot review it.'
    ]
  })
  expect(await stage.repository.pulls()).toMatchObject([{ reviewers: ['bob'] }])
})

test.concurrent("a team, with the workflow's own token", async () => {
  const stage = await setStage(fake)
  const path = new RegExp(`${stage.repository.fullName}/pulls/1/requested_reviewers$`)
  const errors = ["Could not resolve to a node with the global id of 'T_kwDOAAWW-c4ATMYo'."]
  fake.inject({ method: 'POST', path, status: 422, body: { message: 'Validation Failed', errors }, times: 1 })
  const published = await stage.run(propose('1'), { teamReviewers: ['team'] })
  expect(published).toMatchObject({ warnings: [expect.stringContaining('own token may not see teams')] })
})
