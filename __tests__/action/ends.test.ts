/** All ends of a run: what the runner and the issue see is what the table says. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { ENDS } from '../../src/action/ends.js'
import { makeBundle, OWN, writeTo } from '../support/bundles.js'
import { publishBundles } from '../support/publish-job.js'
import { setStage, type Stage } from '../support/publishing.js'
import { runAction, startRunner } from '../support/action.js'
import { startGitHub } from '../support/github.js'
import { annotations } from '../support/world.js'

const fake = await startGitHub()
const machine = await startRunner()
afterAll(async () => {
  await machine.close()
  await fake.close()
})

/** Runs the action on the stage's repository, with an upstream that is not there. */
async function runOn(stage: Stage, inputs: Record<string, string> = {}) {
  await machine.checkout(stage.repository, 'main')
  return runAction(machine, {
    github: fake,
    repository: stage.repository.fullName,
    inputs: { token: stage.token, 'upstream-repository': 'octo/nowhere', 'upstream-api-url': fake.apiUrl, ...inputs }
  })
}

test('failed: a workflow can act on it by its outputs', async () => {
  const stage = await setStage(fake)
  const run = await runOn(stage)
  expect(run.exitCode).toBe(ENDS.failed.exitCode)
  expect(run.outputs.operation).toBe('failed')
  expect(run.outputs.problem).toMatch(/^There is no repository octo\/nowhere on .*$/)
  expect(annotations(run, 'error')).toHaveLength(1)
})

test('failed by an input: the same', async () => {
  const stage = await setStage(fake)
  const run = await runOn(stage, { relock: 'sometimes' })
  expect(run).toMatchObject({ exitCode: 1, outputs: { operation: 'failed' } })
  expect(run.outputs.problem).toContain('Input `relock`')
})

/** Publishes a bundle of the root folder, in the built action. */
async function publishOne(stage: Stage, inputs: Record<string, string>, environment: Record<string, string> = {}) {
  const bundles = await mkdtemp(join(tmpdir(), 'bundles-'))
  try {
    await writeTo(join(bundles, 'one'), makeBundle())
    const { token, repository } = stage
    return await publishBundles(fake, { token, bundles, repository: repository.fullName, inputs, environment })
  } finally {
    await rm(bundles, { recursive: true })
  }
}

test('images failed: the others are proposed with a warning, and the issue opens', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({ 'environment.yml': OWN })
  const run = await publishOne(stage, { images: '.\nimages/gpu', 'publish-partial': 'true', 'report-failures': 'true' })
  expect(run).toMatchObject({ exitCode: ENDS['images failed'].exitCode, outputs: { operation: 'created' } })
  expect(run.outputs['failed-images']).toBe('images/gpu')
  expect(annotations(run, 'warning').join()).toContain('images/gpu')
  expect(await stage.repository.issues()).toMatchObject([
    { state: 'open', body: expect.stringContaining('There is no new lock of images/gpu') }
  ])
})

test('superseded again: the second night in a row is red, and the issue opens', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({ 'environment.yml': `${OWN}# newer than the bundle\n` })
  const night = (number: number) =>
    publishOne(stage, { 'report-failures': 'true' }, { GITHUB_RUN_NUMBER: String(number) })
  expect(await night(1)).toMatchObject({ exitCode: ENDS.superseded.exitCode, outputs: { operation: 'superseded' } })
  expect(await stage.repository.issues()).toEqual([])
  const again = await night(2)
  expect(again).toMatchObject({ exitCode: ENDS['superseded again'].exitCode, outputs: { operation: 'superseded' } })
  expect(annotations(again, 'error')).toHaveLength(1)
  expect(await stage.repository.issues()).toMatchObject([{ state: 'open' }])
})

test('a full disk for outputs and summary: what was done stays done, and the log says what is missing', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({ 'environment.yml': OWN })
  const full = { GITHUB_OUTPUT: '/dev/full', GITHUB_STEP_SUMMARY: '/dev/full' }
  const run = await publishOne(stage, {}, full)
  expect(run.exitCode).toBe(ENDS.created.exitCode)
  expect(await stage.repository.pulls()).toHaveLength(1)
  expect(annotations(run, 'warning').join('\n')).toMatch(
    /output `operation` could not be written to \/dev\/full: .*ENOSPC/
  )
  expect(annotations(run, 'warning').join('\n')).toMatch(
    /summary of this run could not be written to \/dev\/full: .*ENOSPC/
  )
})
