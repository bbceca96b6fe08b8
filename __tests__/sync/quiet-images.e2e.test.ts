/** With `relock: 7` images are as quiet as one environment: a channel that moves is no reason to solve or to update. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishBundles } from '../support/publish-job.js'
import { annotations, environment, PACKAGES, startChannel, startWorld, TOKEN } from '../support/world.js'

const world = await startWorld()
const channel = await startChannel()
const scratch = await mkdtemp(join(tmpdir(), 'quiet-'))
afterAll(async () => {
  await Promise.all([world.close(), channel.close(), rm(scratch, { recursive: true })])
})
world.github.addToken('reads', { contents: 'read' })

const IMAGES = ['a', 'b']
const NO_PYTHON = { python: 'python-of-nobody' }

test('one job for all, or one for each, solve only what people have changed', async () => {
  const project = await world.project('quiet-images', {
    channel,
    own: {
      '.github/conda-lock-sync.yml': 'upstream-files: none\nrelock: 7\nimages:\n  a:\n  b:\n',
      'a/environment.yml': environment('python=3.11', 'dask'),
      'b/environment.yml': environment('python=3.11', 'numpy')
    }
  })
  const { own, run } = project
  const first = await run()
  expect(annotations(first, 'error')).toEqual([])
  expect(first.outputs.operation).toBe('created')
  const proposed = await own.head('conda-lock-sync')

  await channel.publish(PACKAGES.map(spec => ({ ...spec, buildNumber: 7 })))
  const quiet = await run({ inputs: NO_PYTHON })
  expect(annotations(quiet, 'error')).toEqual([])
  expect(quiet.outputs).toMatchObject({ operation: 'unchanged', changed: 'true' })
  expect(quiet.stdout).toContain('Nothing is solved: `conda-lock-sync` has a lock of the same inputs.')

  const bundles = await mkdtemp(join(scratch, 'bundles-'))
  const lockImage = (image: string, inputs: Readonly<Record<string, string>>) =>
    run({
      inputs: { ...inputs, token: 'reads', mode: 'lock', 'working-directory': image, bundle: join(bundles, image) }
    })
  const publish = () =>
    publishBundles(world.github, {
      token: TOKEN,
      bundles,
      repository: own.fullName,
      inputs: { 'channel-alias': channel.alias }
    })
  for (const image of IMAGES) expect(annotations(await lockImage(image, NO_PYTHON), 'error')).toEqual([])
  expect((await publish()).outputs.operation).toBe('unchanged')
  expect(await own.head('conda-lock-sync')).toBe(proposed)

  // What somebody has changed is locked, and the rest stays as it is proposed.
  await own.commit({ 'b/environment.yml': environment('python=3.11', 'numpy', 'zlib') })
  expect((await lockImage('a', NO_PYTHON)).stdout).toContain('Nothing is solved')
  expect(annotations(await lockImage('b', {}), 'error')).toEqual([])
  const before = await own.read('a/conda-lock.yml', 'conda-lock-sync')
  expect((await publish()).outputs.operation).toBe('updated')
  expect(await own.read('a/conda-lock.yml', 'conda-lock-sync')).toBe(before)
  expect(await own.read('b/conda-linux-64.lock', 'conda-lock-sync')).toContain('pyhd8ed1ab_7')

  // What others have committed there is not taken for a lock.
  await own.commit({ 'a/notes': 'mine' }, { branch: 'conda-lock-sync' })
  expect(annotations(await lockImage('a', NO_PYTHON), 'error')).toHaveLength(1)
  expect((await lockImage('a', { relock: 'always', ...NO_PYTHON })).exitCode).toBe(1)
})
