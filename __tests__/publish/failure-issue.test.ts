/** `report-failures: true`: one issue while runs fail. */
import { afterAll, expect, test } from '@jest/globals'
import { closeFailureIssue, openFailureIssue } from '../../src/publish/failure-issue.js'
import type { Repository } from '../../src/github/repository.js'
import { runAction, startRunner } from '../support/action.js'
import { startGitHub } from '../support/github.js'
import { setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
const machine = await startRunner()
afterAll(async () => {
  await machine.close()
  await fake.close()
})

const LOCK = { lockfile: 'conda-lock.yml', base: undefined }

function targetOf(stage: Stage): Repository {
  const [owner = '', repo = ''] = stage.repository.fullName.split('/')
  return { github: stage.connect(), owner, repo, repositoryId: undefined }
}

const failure = (...messages: string[]) => ({
  problems: messages.map(message => ({ message, hint: 'Mend it.' })),
  runUrl: 'https://github.com/run/1'
})

test.concurrent('one issue is opened, updated, and closed; a later failure opens another', async () => {
  const stage = await setStage(fake)
  const target = targetOf(stage)
  await openFailureIssue(target, LOCK, failure('Broken.'))
  await openFailureIssue(target, LOCK, failure('Still ``` broken.', '<!-- @octocat'))
  const [issue, ...others] = await stage.repository.issues()
  expect(others).toEqual([])
  expect(issue).toMatchObject({
    state: 'open',
    title: 'conda-lock.yml is not kept up to date',
    labels: ['conda-lock-sync']
  })
  expect(issue?.body).toBe(
    [
      'The last run ([log](https://github.com/run/1)) failed, so the lockfiles stay as they are:',
      '````text\nStill ``` broken.\n````',
      'What to do:',
      '```text\nMend it.\n```',
      '```text\n<!-- @octocat\n```',
      'What to do:',
      '```text\nMend it.\n```',
      'Every failed run updates this issue, and the next successful one closes it.',
      '<!-- conda-lock-sync: failure of {"lockfile":"conda-lock.yml"} -->'
    ].join('\n\n')
  )
  await closeFailureIssue(target, LOCK, 'https://github.com/run/2')
  await closeFailureIssue(target, LOCK, 'https://github.com/run/3')
  const closed = await stage.repository.issues()
  expect(closed).toMatchObject([{ state: 'closed' }])
  expect(closed[0]?.body).toMatch(
    /^\*\*Solved:\*\* \[a later run\]\(https:\/\/github\.com\/run\/2\) was successful\.\n/
  )
  await openFailureIssue(target, LOCK, failure('Broken again.'))
  expect(await stage.repository.issues()).toMatchObject([{ state: 'closed' }, { state: 'open' }])
})

test.concurrent('two lockfiles have an issue each', async () => {
  const stage = await setStage(fake)
  const target = targetOf(stage)
  const gpu = { lockfile: 'gpu/conda-lock.yml', base: 'stable' }
  await openFailureIssue(target, LOCK, failure('Broken.'))
  await openFailureIssue(target, gpu, failure('Broken, too.'))
  await closeFailureIssue(target, LOCK, undefined)
  expect(await stage.repository.issues()).toMatchObject([{ state: 'closed' }, { state: 'open' }])
})

test.concurrent('two runs that fail at once have opened two issues: the next success closes both', async () => {
  const stage = await setStage(fake)
  const list = new RegExp(`${stage.repository.fullName}/issues\\?`)
  for (let run = 0; run < 2; run++) {
    fake.inject({ path: list, times: 1, status: 200, body: [] })
    await openFailureIssue(targetOf(stage), LOCK, failure('Broken.'))
  }
  await closeFailureIssue(targetOf(stage), LOCK, undefined)
  expect(await stage.repository.issues()).toMatchObject([{ state: 'closed' }, { state: 'closed' }])
})

test.concurrent('an answer that is lost makes no second issue', async () => {
  const stage = await setStage(fake)
  fake.inject({
    method: 'POST',
    path: new RegExp(`${stage.repository.fullName}/issues$`),
    times: 1,
    after: true,
    status: 502
  })
  await openFailureIssue(targetOf(stage), LOCK, failure('Broken.'))
  expect(await stage.repository.issues()).toHaveLength(1)
})

test.concurrent('issues with the label without end: an error that names it', async () => {
  const stage = await setStage(fake)
  const body = Array.from({ length: 100 }, (_, number) => ({ number, body: 'Mine.' }))
  fake.inject({ path: new RegExp(`${stage.repository.fullName}/issues\\?`), status: 200, body })
  await expect(openFailureIssue(targetOf(stage), LOCK, failure('Broken.'))).rejects.toMatchObject({
    message: 'There are 3,000 open issues with the label `conda-lock-sync` or more, and no more are read.'
  })
})

test.concurrent('the action keeps the issue, and a problem with it does not hide why the run failed', async () => {
  const stage = await setStage(fake)
  await machine.checkout(stage.repository, 'main')
  const inputs = { 'upstream-repository': 'octo/nowhere', 'report-failures': 'true' }
  const request = { github: fake, repository: stage.repository.fullName, inputs: { ...inputs, token: stage.token } }
  const upstream = { 'upstream-api-url': fake.apiUrl }
  const run = () => runAction(machine, { ...request, inputs: { ...request.inputs, ...upstream } })
  expect((await run()).exitCode).toBe(1)
  expect((await run()).exitCode).toBe(1)
  const issues = await stage.repository.issues()
  expect(issues).toHaveLength(1)
  expect(issues[0]?.body).toContain('There is no repository octo/nowhere on 127.0.0.1')
  expect(issues[0]?.body).toContain(`([log](${fake.url}/${stage.repository.fullName}/actions/runs/1)) failed`)

  fake.addToken(stage.token, { contents: 'write', 'pull-requests': 'write' }, [stage.repository.fullName])
  const hidden = await run()
  expect(hidden.exitCode).toBe(1)
  expect(hidden.stdout).toContain('::error title=Upstream::There is no repository octo/nowhere')
  expect(hidden.stdout).toContain('::warning::The issue about failing runs is not up to date.')
  expect(hidden.stdout).toContain('`issues: write`')
})
