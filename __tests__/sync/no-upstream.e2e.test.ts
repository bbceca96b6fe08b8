/** A repository that follows nobody: its own files are locked in every mode, and no upstream is asked or spoken of. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishBundles } from '../support/publish-job.js'
import { annotations, environment, startWorld, type Project } from '../support/world.js'

const world = await startWorld()
const scratch = await mkdtemp(join(tmpdir(), 'no-upstream-'))
afterAll(async () => {
  await world.close()
  await rm(scratch, { recursive: true })
})

const ALONE = { 'upstream-files': 'none' }
const NO_PYTHON = { python: 'python-of-nobody' }

/** A repository that has everything itself. */
function startAlone(name: string, own: Readonly<Record<string, string>> = {}): Promise<Project> {
  return world.project(name, { own: { 'environment.yml': environment('python=3.11', 'xarray', 'dask'), ...own } })
}

function upstreamCalls({ upstream }: Project): string[] {
  return world.github.calls.map(({ path }) => path).filter(path => path.startsWith(`/repos/${upstream.fullName}/`))
}

test.concurrent('is proposed, kept quiet, updated, checked and committed', async () => {
  const project = await startAlone('alone')
  const { own, run } = project

  const first = await run({ inputs: ALONE })
  expect(annotations(first, 'error')).toEqual([])
  expect(first.outputs).toMatchObject({ operation: 'created', added: '6', 'upstream-sha': '' })
  const [pull] = await project.openPulls()
  expect(pull?.body).toContain('Your `environment.yml` was locked in one solve, and the lockfiles were checked.')
  expect(pull?.body.replace(/<!-- conda-lock-sync.*/, '')).not.toMatch(/upstream/i)
  expect(first.summary).not.toMatch(/upstream/i)
  // The first group of the log quotes the inputs.
  expect(first.stdout.slice(first.stdout.indexOf('::endgroup::'))).not.toMatch(/upstream/i)
  expect((await own.files('conda-lock-sync')).filter(path => /^[^.]/.test(path)).sort()).toEqual([
    'conda-linux-64.lock',
    'conda-lock.yml',
    'environment.yml'
  ])
  const lockfile = (await own.read('conda-lock.yml', 'conda-lock-sync')) ?? ''
  expect(lockfile).toContain('inputs-hash')
  expect(lockfile).not.toMatch(/pangeo|NBenvironment/)

  await own.merge(pull?.number ?? 0)
  expect((await run({ inputs: { ...ALONE, ...NO_PYTHON, relock: '7' } })).outputs).toMatchObject({
    operation: 'none',
    'upstream-sha': ''
  })
  expect((await run({ inputs: { ...ALONE, ...NO_PYTHON, mode: 'check', token: '' } })).outputs).toMatchObject({
    operation: 'checked',
    changed: 'false'
  })

  await own.commit({ 'environment.yml': environment('python=3.11', 'xarray<2025.10', 'dask') })
  const stale = await run({ inputs: { ...ALONE, mode: 'check', token: '' } })
  expect(annotations(stale, 'error')[0]).toContain('asks for something else than when `conda-lock.yml` was made')
  expect((await run({ inputs: ALONE })).outputs).toMatchObject({ operation: 'created', downgraded: '1' })
  await own.commit({ 'environment.yml': environment('python=3.11', 'dask') }, { branch: 'topic' })
  const committed = await run({ inputs: { ...ALONE, mode: 'commit' }, checkout: 'topic', ref: 'refs/heads/topic' })
  expect(committed.outputs).toMatchObject({ operation: 'committed' })
  expect(upstreamCalls(project)).toEqual([])
})

test.concurrent('images with and without an upstream are published in one pull request', async () => {
  const images = ['a', 'b', 'c']
  const project = await startAlone(
    'alone-images',
    Object.fromEntries(images.map(name => [`images/${name}/environment.yml`, environment('python=3.11', 'dask')]))
  )
  for (const name of images) {
    const inputs = name === 'c' ? {} : ALONE
    const run = await project.run({
      inputs: { ...inputs, mode: 'lock', 'working-directory': `images/${name}`, bundle: join(scratch, name) }
    })
    expect(annotations(run, 'error')).toEqual([])
  }
  const published = await publishBundles(world.github, {
    token: 'ghs_of_the_workflow',
    bundles: scratch,
    repository: project.own.fullName,
    inputs: { 'channel-alias': world.channel.alias, images: images.map(name => `images/${name}`).join('\n') }
  })
  expect(annotations(published, 'error')).toEqual([])
  expect(published.outputs).toMatchObject({ operation: 'created' })
  const [pull] = await project.openPulls()
  const [head, a = '', b = '', c = ''] = (pull?.body.replace(/<!-- conda-lock-sync.*/, '') ?? '').split(/^## /m)
  expect([head, a, b].join('')).not.toMatch(/upstream/i)
  expect(c).toContain('What upstream changed')
})

test.concurrent('a repository that leaves its upstream is locked from its own files again', async () => {
  const project = await startAlone('leaving')
  await project.settle()
  const run = await project.run({ inputs: ALONE })
  expect(annotations(run, 'error')).toEqual([])
  const lockfile = (await project.own.read('conda-lock.yml', 'conda-lock-sync')) ?? ''
  expect(lockfile).not.toContain('NBenvironment.yml')
  expect((await project.run({ inputs: ALONE })).outputs.operation).toBe('unchanged')
})

test.concurrent('nothing is trusted but names and conda-forge where nobody has reviewed the own files', async () => {
  const project = await startAlone('alone-hostile', {
    'environment.yml': 'channels: [https://evil.example/c]\ndependencies: [dask]\n'
  })
  const run = await project.run({ inputs: { ...ALONE, mode: 'lock', 'policy-on': 'all' } })
  expect(annotations(run, 'error')[0]).toMatch(/file=environment\.yml,line=1.*evil\.example/)
})
