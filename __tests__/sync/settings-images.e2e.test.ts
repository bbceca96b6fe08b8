/** Several images in one settings file: locked, proposed, checked and listed, together or apart. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { laptop, SETTINGS_FILE as FILE, settingsOf, UNSET } from '../support/configured.js'
import { publishBundles } from '../support/publish-job.js'
import { annotations, environment, startWorld, TOKEN, type Project } from '../support/world.js'

const world = await startWorld()
const scratch = await mkdtemp(join(tmpdir(), 'images-'))
afterAll(async () => {
  await world.close()
  await rm(scratch, { recursive: true })
})

const NO_PYTHON = { python: 'python-of-nobody' }

const IMAGES = ['images/a', 'images/b']

async function startImages(name: string): Promise<Project> {
  const lines = ['environment-files: [../common.yml, environment.yml]', 'images:', '  images/a:', '  images/b:']
  const own = {
    [FILE]: settingsOf(world, name, ...lines, '    upstream-files: none'),
    'environment.yml': environment('no-such-package'),
    'images/common.yml': environment('python=3.11', 'dask'),
    'images/a/environment.yml': environment('numpy'),
    'images/b/environment.yml': environment('zlib')
  }
  return world.project(name, { own })
}

test.concurrent('all images in one run: proposed, checked, listed and locked on a laptop', async () => {
  const project = await startImages('images-in-one')
  const { own, run } = project
  expect((await run({ inputs: { ...UNSET, ...NO_PYTHON, mode: 'images' } })).outputs).toMatchObject({
    operation: 'listed',
    images: JSON.stringify(IMAGES)
  })
  const first = await run({ inputs: UNSET })
  expect(annotations(first, 'error')).toEqual([])
  expect(first.outputs).toMatchObject({ operation: 'created' })
  const [pull] = await project.openPulls()
  expect(pull?.body).toContain('**All 2 images change.**')
  const wanted = await Promise.all(IMAGES.map(image => own.read(`${image}/conda-lock.yml`, 'conda-lock-sync')))
  expect(wanted.map(text => [text?.includes('xarray'), text?.includes('numpy')])).toEqual([
    [true, true],
    [false, false]
  ])
  expect((await run({ inputs: UNSET })).outputs.operation).toBe('unchanged')

  await own.merge(1)
  expect((await run({ inputs: { ...UNSET, ...NO_PYTHON, mode: 'check' } })).outputs).toMatchObject({ changed: 'false' })
  const upgraded = await run({ inputs: { ...UNSET, upgrade: 'zlib, xarray, nothing' } })
  expect(annotations(upgraded, 'warning')).toEqual([expect.stringContaining('`nothing` was not locked until now')])
  await own.commit({ 'images/b/environment.yml': environment('numpy') })
  const stale = await run({ inputs: { ...UNSET, mode: 'check' } })
  expect(annotations(stale, 'error')).toEqual([
    expect.stringContaining('when `images/b/conda-lock.yml` was made. It lacks `numpy`.')
  ])
})

test.concurrent('on a laptop all images are locked, those that are named, or the one whose folder it is', async () => {
  const { own, machine, run } = await startImages('images-laptop')
  const made = await run({ inputs: UNSET })
  expect(made.outputs.operation).toBe('created')
  const wanted = await Promise.all(IMAGES.map(image => own.read(`${image}/conda-lock.yml`, 'conda-lock-sync')))

  await machine.checkout(own, 'main')
  expect(await laptop(machine.workspace)).toMatchObject({ code: 0 })
  const read = () => Promise.all(IMAGES.map(image => machine.read(`${image}/conda-lock.yml`)))
  expect(await read()).toEqual(wanted)
  await machine.checkout(own, 'main')
  expect(await laptop(machine.workspace, 'images/b')).toMatchObject({ code: 0 })
  expect(await read()).toEqual([undefined, wanted[1]])
  await machine.checkout(own, 'main')
  expect(await laptop(join(machine.workspace, 'images', 'a'))).toMatchObject({ code: 0 })
  expect(await read()).toEqual([wanted[0], undefined])
  expect((await laptop(machine.workspace, 'images/c')).stderr).toContain('`images/c` is not one of the images')
})

test.concurrent('an image that cannot be locked is red, and the others are proposed', async () => {
  const project = await startImages('images-partly')
  await project.own.commit({ 'images/b/environment.yml': environment('no-such-package') })
  const run = await project.run({ inputs: UNSET })
  expect(run.exitCode).toBe(1)
  expect(annotations(run, 'error')).toEqual([
    expect.stringMatching(/file=images\/b\/environment\.yml.*no-such-package/)
  ])
  expect(run.outputs).toMatchObject({ operation: 'created', 'failed-images': 'images/b' })
  expect((await project.openPulls())[0]?.body).toContain('`images/b` could not be locked this time')

  await project.own.commit({ 'images/a/environment.yml': environment('dask') })
  const all = await project.run({ inputs: { ...UNSET, 'publish-partial': 'false' } })
  expect(annotations(all, 'error')).toHaveLength(1)
  expect(all.outputs).toMatchObject({ operation: 'failed' })
})

test.concurrent('a job for each image, and one that publishes without a checkout', async () => {
  const project = await startImages('images-apart')
  const bundles = await mkdtemp(join(scratch, 'bundles-'))
  for (const [index, image] of IMAGES.entries()) {
    const inputs = { ...UNSET, mode: 'lock', 'working-directory': image, bundle: join(bundles, String(index)) }
    expect(annotations(await project.run({ inputs }), 'error')).toEqual([])
  }
  const job = { token: TOKEN, bundles, repository: project.own.fullName, inputs: {} }
  const published = await publishBundles(world.github, job)
  expect(annotations(published, 'error')).toEqual([])
  expect(published.outputs.operation).toBe('created')

  await rm(join(bundles, '1'), { recursive: true })
  const partly = await publishBundles(world.github, job)
  expect(partly.outputs).toMatchObject({ 'failed-images': 'images/b' })
})

test.concurrent('one job locks all images for another one that publishes', async () => {
  const project = await startImages('images-two-jobs')
  const locked = await project.run({ inputs: { ...UNSET, mode: 'lock' } })
  expect(annotations(locked, 'error')).toEqual([])
  const published = await publishBundles(world.github, {
    token: TOKEN,
    bundles: locked.outputs.bundle ?? '',
    repository: project.own.fullName,
    inputs: {}
  })
  expect(annotations(published, 'error')).toEqual([])
  expect(published.outputs).toMatchObject({ operation: 'created', 'failed-images': '' })
})

test.concurrent('different versions in different images are told, or refused where that is asked', async () => {
  const project = await startImages('images-differ')
  const { own, run, writes } = project
  await own.commit({
    'images/a/environment.yml': environment('numpy=1.26'),
    'images/b/environment.yml': environment('numpy=2.1')
  })
  const before = writes().length
  const refused = await run({ inputs: { ...UNSET, 'on-different-versions': 'error' } })
  expect(annotations(refused, 'error')).toEqual([
    expect.stringContaining(
      'Images have different versions: numpy is 1.26.4 in images/a and 2.1.0 in images/b on linux-64.'
    )
  ])
  expect(writes()).toHaveLength(before)
  expect((await run({ inputs: UNSET })).outputs.operation).toBe('created')
  expect((await project.openPulls())[0]?.body).toContain('### Not the same version everywhere')
  await own.merge(1)
  const inputs = { ...UNSET, ...NO_PYTHON, mode: 'check' }
  expect((await run({ inputs })).outputs.operation).toBe('checked')
  const checked = await run({ inputs: { ...inputs, 'on-different-versions': 'error' } })
  expect(annotations(checked, 'error')).toEqual([expect.stringContaining('numpy is 1.26.4 in images/a')])
})
