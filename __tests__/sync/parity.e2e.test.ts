import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { lock, lockfileText } from '../support/locks.js'
import { startWorld, type Project, type World } from '../support/world.js'

let world: World

beforeAll(async () => {
  world = await startWorld()
})

afterAll(() => world.close())

const UPSTREAM_LOCK = 'pangeo-notebook/conda-lock.yml'

/** How many times each repository was asked, and how often for the lockfile. */
async function countCalls({ run }: Project): Promise<{ all: number; lockfile: number }> {
  const before = world.github.calls.length
  expect((await run()).exitCode).toBe(0)
  const calls = world.github.calls.slice(before)
  return { all: calls.length, lockfile: calls.filter(call => call.path.includes(UPSTREAM_LOCK)).length }
}

test("versions are compared with upstream's own lockfile when there is news, and only then it is fetched", async () => {
  const theirs = lockfileText(lock('python 3.11.9\ndask 2024.12\nnumpy 2.1.0'))
  const project = await world.project('parity', { upstream: { [UPSTREAM_LOCK]: theirs } })
  const first = await countCalls(project)
  expect(first).toEqual({ all: expect.any(Number), lockfile: 1 })
  expect(first.all).toBeLessThanOrEqual(12)

  const [pull] = await project.openPulls()
  expect(pull?.body).toContain('| `dask` | `2025.2` | `2024.12` ⚠️ |')
  expect(pull?.body).not.toMatch(/^\| `numpy` \| `2.1.0` \| `2.1.0`/m)

  expect((await countCalls(project)).lockfile).toBe(0)
  await project.own.merge(pull?.number ?? 0)
  const quiet = await countCalls(project)
  expect(quiet).toEqual({ all: expect.any(Number), lockfile: 0 })
  expect(quiet.all).toBeLessThanOrEqual(5)
})

test('an upstream without a lockfile is nothing to mention; one that cannot be read is, and does not stop the run', async () => {
  const without = await world.project('no-lock')
  const broken = await world.project('broken-lock', { upstream: { [UPSTREAM_LOCK]: 'version: 7\n' } })
  const results = await Promise.all([without.run(), broken.run()])
  expect(results.map(result => result.outputs.operation)).toEqual(['created', 'created'])
  expect(results[0].summary).not.toContain(UPSTREAM_LOCK)
  expect(results[1].summary).toContain(`not compared with upstream's \`${UPSTREAM_LOCK}\`: \`it has format version 7`)
})
