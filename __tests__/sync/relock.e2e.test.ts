import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { annotations, environment, startWorld, UPSTREAM_FILE, type Project, type World } from '../support/world.js'

let world: World
let scratch: string

beforeAll(async () => {
  world = await startWorld()
  scratch = await mkdtemp(join(tmpdir(), 'relock-'))
})

afterAll(async () => {
  await world.close()
  await rm(scratch, { recursive: true })
})

/** A Python that is not there: a run that succeeds with it has started none. */
const NO_PYTHON = { python: 'python-of-nobody' }

/** A run that may not solve, and the number of its calls to GitHub. */
async function night(project: Project, relock: string) {
  const before = world.github.calls.length
  const run = await project.run({ inputs: { ...NO_PYTHON, relock } })
  return { run, calls: world.github.calls.length - before }
}

async function age(project: Project, days: number): Promise<void> {
  const lock = (await project.own.read('conda-lock.yml')) ?? ''
  const day = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
  await project.own.commit({ 'conda-lock.yml': lock.replace(/locked-on: .*/, `locked-on: '${day}'`) })
}

test('a night without news takes five calls and no Python, until the lock is too old or an input changes', async () => {
  const project = await world.project('quiet')
  await project.settle()
  await age(project, 6)
  for (const relock of ['if-inputs-changed', '7']) {
    const { run, calls } = await night(project, relock)
    expect(annotations(run, 'error')).toEqual([])
    expect(run.outputs).toMatchObject({ operation: 'none', changed: 'false', added: '0' })
    expect(calls).toBe(5)
  }
  expect((await night(project, 'always')).run.stdout).toContain('python-of-nobody')

  await age(project, 7)
  expect((await night(project, '7')).run.stdout).toContain('python-of-nobody')
  expect((await night(project, 'if-inputs-changed')).run.outputs.operation).toBe('none')

  const explicit = (await project.own.read('conda-linux-64.lock')) ?? ''
  await project.own.commit({ 'conda-linux-64.lock': null })
  expect((await night(project, 'if-inputs-changed')).run.stdout).toContain('python-of-nobody')
  await project.own.commit({ 'conda-linux-64.lock': explicit })
  expect((await night(project, 'if-inputs-changed')).run.outputs.operation).toBe('none')
  await project.own.commit({ 'environment.yml': environment('dask', 'numpy') })
  expect((await night(project, 'if-inputs-changed')).run.stdout).toContain('python-of-nobody')
})

test('an open pull request with a lock of the same inputs stays, and goes when its reason is gone', async () => {
  const project = await world.project('open')
  await project.settle()
  await project.upstream.commit({ [UPSTREAM_FILE]: environment('python=3.11', 'xarray<2025.10') })
  expect((await project.run({ inputs: { relock: '7' } })).outputs.operation).toBe('created')

  const { run, calls } = await night(project, '7')
  expect(run.outputs).toMatchObject({ operation: 'unchanged', changed: 'true', 'pull-request-number': '1', added: '' })
  expect(calls).toBe(5)

  await project.upstream.commit({ [UPSTREAM_FILE]: environment('python=3.11', 'xarray') })
  expect((await night(project, '7')).run.outputs).toMatchObject({ operation: 'closed', changed: 'false' })
  expect(await project.openPulls()).toEqual([])
})

test('an open pull request that the base branch has made unmergeable is locked and made anew', async () => {
  const project = await world.project('unmergeable')
  await project.settle()
  await project.upstream.commit({ [UPSTREAM_FILE]: environment('python=3.11', 'xarray<2025.10') })
  expect((await project.run({ inputs: { relock: '7' } })).outputs.operation).toBe('created')
  await project.own.commit({ 'NBenvironment.yml': environment('python=3.11') })
  expect((await project.run({ inputs: { relock: '7' } })).outputs.operation).toBe('updated')
  await project.own.merge(1)
  expect((await night(project, '7')).run.outputs.operation).toBe('none')
})

test('a comment of upstream reaches the copy, though it changes no package', async () => {
  const project = await world.project('comment')
  await project.settle()
  await project.upstream.commit({ [UPSTREAM_FILE]: `# Mind the gap.\n${environment('python=3.11', 'xarray')}` })
  const run = await project.run({ inputs: { relock: 'if-inputs-changed' } })
  expect(run.outputs).toMatchObject({ operation: 'created', upgraded: '0' })
  expect(await project.own.read('NBenvironment.yml', 'conda-lock-sync')).toContain('Mind the gap')
})

test('a job that locks hands on what stands to the job that publishes', async () => {
  const project = await world.project('handed-on')
  await project.settle()
  const bundles = join(scratch, 'bundle')
  const locked = await project.run({ inputs: { ...NO_PYTHON, relock: '7', mode: 'lock', bundle: bundles } })
  expect(annotations(locked, 'error')).toEqual([])
  expect(locked.outputs).toMatchObject({ operation: 'bundled', changed: 'false' })
  expect(locked.stdout).toContain('Nothing is solved')
  const published = await project.run({ inputs: { ...NO_PYTHON, mode: 'publish', bundles } })
  expect(annotations(published, 'error')).toEqual([])
  expect(published.outputs).toMatchObject({ operation: 'none', changed: 'false' })

  // What somebody has torn apart by hand no job would accept, so it is locked anew.
  const explicit = (await project.own.read('conda-linux-64.lock')) ?? ''
  await project.own.commit({ 'conda-linux-64.lock': explicit.replace(/.*\/zlib-.*\n/, '') })
  const mended = await project.run({ inputs: { relock: '7', mode: 'lock', bundle: bundles } })
  expect(mended.outputs).toMatchObject({ operation: 'bundled', changed: 'true' })
  // What others have locked is proposed, and does not belong into the checkout of the job that publishes.
  const proposed = await project.run({ inputs: { ...NO_PYTHON, mode: 'publish', bundles } })
  expect(proposed.outputs).toMatchObject({ operation: 'created' })
  expect(await project.machine.read('conda-linux-64.lock')).not.toContain('/zlib-')
  await project.own.commit({ 'conda-linux-64.lock': explicit })

  const committed = await project.run({ inputs: { ...NO_PYTHON, relock: '7', mode: 'commit' } })
  expect(annotations(committed, 'error')).toEqual([])
  expect(committed.outputs).toMatchObject({ operation: 'none', changed: 'false' })
})
