/** What GitHub can refuse, and the sentence that each refusal ends in. */
import { afterAll, expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { connect } from '../../src/github/client.js'
import { listPulls } from '../../src/github/pulls.js'
import { startGitHub } from '../support/github.js'
import { HEAD, NEVER, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

/** The sentence of a run that failed, without the names that differ from test to test. */
async function told(stage: Stage, run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => new Error('the run did not fail'),
    (thrown: unknown) => thrown
  )
  if (!(error instanceof SyncError)) throw error
  return `${error.kind}: ${error.message} ${error.hint}`
    .replaceAll(fake.url, 'https://github.com')
    .replaceAll(stage.repository.fullName, 'octo/image')
}

const READ = { contents: 'read', 'pull-requests': 'read' } as const

test.concurrent('Actions may not open pull requests: names the setting, leaves the branch and a link', async () => {
  const stage = await setStage(fake)
  stage.repository.forbidPullRequests(true)
  const sentence = [
    'github: GitHub did not open the pull request; it answered 403: GitHub Actions is not permitted to create or approve pull requests.',
    'Allow it in Settings → Actions → General → Workflow permissions: "Allow GitHub Actions to create and approve pull requests"; or pass a GitHub App\'s token as `token`.',
    'The branch `conda-lock-sync` is pushed; open the pull request by hand at https://github.com/octo/image/compare/main...conda-lock-sync?expand=1'
  ].join(' ')
  expect(await told(stage, stage.run(propose('1')))).toBe(sentence)
  const pushed = await stage.repository.head(HEAD)
  expect(await stage.repository.read('conda-lock.yml', HEAD)).toBe('lock: 1\n')
  expect(await told(stage, stage.run(propose('1')))).toBe(sentence)
  expect(await stage.repository.head(HEAD)).toBe(pushed)
  stage.repository.forbidPullRequests(false)
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

test.concurrent('an archived repository', async () => {
  const stage = await setStage(fake)
  stage.repository.setArchived(true)
  expect(await told(stage, stage.run(propose('1')))).toBe(
    'github: GitHub did not take the new commit; it answered 403: Repository was archived so is read-only. The repository is archived. Unarchive it, or disable this workflow.'
  )
})

test.concurrent('a protected head branch', async () => {
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  stage.repository.protect(HEAD)
  expect(await told(stage, stage.run(propose('2')))).toBe(
    'github: GitHub did not move the branch `conda-lock-sync`; it answered: Cannot update this protected ref. Exempt this branch from the protection rule, or choose another name with `branch`.'
  )
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

test.concurrent('a token without contents: write', async () => {
  const stage = await setStage(fake, { permissions: { ...READ, 'pull-requests': 'write' } })
  expect(await told(stage, stage.run(propose('1')))).toBe(
    'github: GitHub did not take the new commit; it answered 403: Resource not accessible by integration The token lacks `contents: write`. Give the job `permissions:` with `contents: write` and `pull-requests: write`, and check that `token` is for this repository.'
  )
})

test.concurrent('a token without pull-requests: write', async () => {
  const stage = await setStage(fake, { permissions: { ...READ, contents: 'write' } })
  expect(await told(stage, stage.run(propose('1')))).toBe(
    'github: GitHub did not open the pull request; it answered 403: Resource not accessible by integration The token lacks `pull-requests: write`. Give the job `permissions:` with `contents: write` and `pull-requests: write`, and check that `token` is for this repository. The branch `conda-lock-sync` is pushed; open the pull request by hand at https://github.com/octo/image/compare/main...conda-lock-sync?expand=1'
  )
})

test.concurrent("a fork's read-only token", async () => {
  const stage = await setStage(fake, { permissions: READ, runner: { isFromFork: true } })
  expect(await told(stage, stage.run(propose('1')))).toBe(
    'github: GitHub did not take the new commit; it answered 403: Resource not accessible by integration This run is for a pull request from a fork, and GitHub gives such runs a token that only reads. Run it on `schedule`, `push` or `workflow_dispatch`; for pull requests use `mode: files`.'
  )
})

test.concurrent('a token that has expired', async () => {
  const stage = await setStage(fake)
  const github = connect({ apiUrl: fake.apiUrl, token: 'expired', deadline: NEVER, log: () => undefined })
  expect(await told(stage, stage.observe(github))).toBe(
    'github: GitHub did not list the files of `main` in octo/image; it answered 401: Bad credentials The token is wrong or has expired. Pass a valid one as `token`.'
  )
})

test.concurrent('a base branch that was renamed, before the run or during it', async () => {
  const stage = await setStage(fake)
  const sentence =
    'github: There is no branch `main` in octo/image, or the token may not see it. It may have been renamed or deleted: correct `base`, or run the workflow on the branch that has its place.'
  const before = () => stage.repository.renameBranch('main', 'trunk')
  fake.inject({ method: 'GET', path: new RegExp(`${stage.repository.fullName}/commits/`), times: 1, before })
  expect(await told(stage, stage.run(propose('1')))).toBe(sentence)
  expect(await told(stage, stage.run(propose('1')))).toBe(sentence)
  const slashed = { base: 'release/1' }
  expect(await told(stage, stage.run(propose('1'), slashed))).toBe(sentence.replace('`main`', '`release/1`'))
})

test.concurrent('a head branch that proposes to another base', async () => {
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  await stage.repository.commit({ README: 'Stable.\n' }, { branch: 'stable' })
  expect(await told(stage, stage.run(propose('1'), { base: 'stable', branch: HEAD }))).toBe(
    'github: Pull request #1 from `conda-lock-sync` is for `main` and not for `stable`, and a branch can propose to one only. Close that pull request or change its base, or choose another `branch` for this one.'
  )
})

test.concurrent('a head branch that is the base', async () => {
  const stage = await setStage(fake)
  expect(await told(stage, stage.run(propose('1'), { branch: 'main' }))).toBe(
    'input: Input `branch`: `main` is a branch that pull requests are for. Choose a name that nothing else uses, or leave `branch` out.'
  )
})

test.concurrent('no draft pull requests', async () => {
  const stage = await setStage(fake)
  const body = { message: 'Draft pull requests are not supported in this repository.' }
  fake.inject({ method: 'POST', path: new RegExp(`${stage.repository.fullName}/pulls$`), status: 422, body })
  expect(await told(stage, stage.run(propose('1'), { draft: true }))).toMatch(
    /^github: GitHub did not open the pull request; it answered 422: Draft pull requests are not supported in this repository\. This repository has no draft pull requests: leave `draft` out\. The branch/
  )
})

test.concurrent('a rate limit that lasts longer than the run may', async () => {
  const stage = await setStage(fake)
  const fault = { path: new RegExp(`${stage.repository.fullName}/pulls`), times: 1 }
  const body = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' }
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const deadline = { ...NEVER, secondsLeft: () => 30 }
  const github = connect({ apiUrl: fake.apiUrl, token: stage.token, deadline, log })
  fake.inject({ ...fault, status: 403, body, headers: { 'retry-after': '60' } })
  expect(await told(stage, stage.observe(github))).toBe(
    'github: GitHub did not list the pull requests; it answered 403: You have exceeded a secondary rate limit. Please wait a few minutes before you try again. Run the workflow again later, or set a longer `timeout`, within which the limit is waited for.'
  )
  expect(lines).toEqual([expect.stringContaining("GitHub's secondary rate limit is reached; not waiting 60 s")])
})

test.concurrent('a rate limit that ends in time is waited for', async () => {
  const stage = await setStage(fake)
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const github = connect({ apiUrl: fake.apiUrl, token: stage.token, deadline: NEVER, log })
  const path = new RegExp(`${stage.repository.fullName}/pulls`)
  const body = { message: 'You have exceeded a secondary rate limit.' }
  fake.inject({ path, times: 1, status: 429, body, headers: { 'retry-after': '1' } })
  expect(await stage.observe(github)).toMatchObject({ open: undefined })
  expect(lines).toEqual([expect.stringContaining("GitHub's secondary rate limit is reached; waiting 1 s")])
})

test.concurrent('an outage that does not end', async () => {
  const stage = await setStage(fake)
  fake.inject({ path: new RegExp(`${stage.repository.fullName}/pulls`), cut: true })
  const [owner = '', repo = ''] = stage.repository.fullName.split('/')
  const github = stage.connect()
  expect(await told(stage, listPulls({ github, owner, repo, repositoryId: undefined }, HEAD))).toMatch(
    /^github: GitHub did not list the pull requests; there was no answer: .* Run the workflow again later; https:\/\/www\.githubstatus\.com tells about outages\.$/
  )
})
