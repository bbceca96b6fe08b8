/** All ends of a run: the table in the code is the one in the documents, and what the runner and the issue see is in it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { ENDS } from '../../src/action/ends.js'
import { setStage, type Stage } from '../support/publishing.js'
import { ROOT, runAction, startRunner } from '../support/action.js'
import { startGitHub } from '../support/github.js'
import { annotations } from '../support/world.js'

const fake = await startGitHub()
const machine = await startRunner()
afterAll(async () => {
  await machine.close()
  await fake.close()
})

test('docs/operations.md has the table of the code, row by row', async () => {
  const docs = await readFile(join(ROOT, 'docs/operations.md'), 'utf8')
  const [, section = ''] = /## All ends of a run\n([^]*?)\n## /.exec(docs) ?? []
  const rows = section
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line =>
      line
        .split('|')
        .map(cell => cell.trim())
        .slice(1, -1)
    )
  const expected = Object.entries(ENDS).map(([name, { exitCode, annotation, issue, next }]) => [
    name,
    String(exitCode),
    annotation,
    issue,
    next
  ])
  expect(rows.slice(2)).toEqual(expected)
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
