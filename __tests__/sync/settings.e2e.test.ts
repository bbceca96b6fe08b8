/** One file says what a repository locks; every mode reads it, and from where nobody has tampered with it. */
import { afterAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, TOOL_CACHE } from '../support/action.js'
import { publishBundles } from '../support/publish-job.js'
import { annotations, environment, startWorld, TOKEN, UPSTREAM_FILE, type Project } from '../support/world.js'

const world = await startWorld()
const scratch = await mkdtemp(join(tmpdir(), 'settings-'))
afterAll(async () => {
  await world.close()
  await rm(scratch, { recursive: true })
})

const FILE = '.github/conda-lock-sync.yml'
const LOCKFILES = ['conda-lock.yml', 'conda-linux-64.lock']
/** What a project's runs set unless told otherwise. */
const UNSET = { 'upstream-repository': '', 'upstream-api-url': '', 'channel-alias': '' }
const NO_PYTHON = { python: 'python-of-nobody' }

function settingsOf(name: string, ...lines: readonly string[]): string {
  const upstream = [`upstream-repository: pangeo/${name}`, `upstream-api-url: ${world.github.apiUrl}`]
  return [...upstream, `channel-alias: ${world.channel.alias}`, ...lines, ''].join('\n')
}

/** A repository whose settings differ from the defaults in what is locked. */
async function startConfigured(name: string, ...lines: readonly string[]): Promise<Project> {
  const own = { [FILE]: settingsOf(name, `upstream-files: {${UPSTREAM_FILE}: Upstream.yml}`, ...lines) }
  return world.project(name, { own })
}

interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command in a terminal, in a folder of the checkout. */
function laptop(cwd: string, ...words: readonly string[]): Promise<Printed> {
  const env = { PATH: process.env.PATH, HOME: scratch, XDG_CACHE_HOME: TOOL_CACHE }
  return new Promise(resolve => {
    execFile(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...words], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

/** The variables of a run for an event about a pull request. */
async function forPull(event: string, payload: object): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(scratch, 'event-'))
  const path = join(folder, 'event.json')
  await writeFile(path, JSON.stringify({ repository: { default_branch: 'main' }, ...payload }))
  return { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: path }
}

test.concurrent('nightly, check, commit, two jobs and the laptop make one lock, byte for byte', async () => {
  const project = await startConfigured('one-place')
  const { own, machine, run } = project
  const nightly = await run({ inputs: UNSET })
  expect(annotations(nightly, 'error')).toEqual([])
  expect(nightly.outputs).toMatchObject({ operation: 'created' })
  expect(nightly.stdout).toContain(
    `Settings: ${FILE} says upstream-repository, upstream-api-url, channel-alias, upstream-files. This run itself sets nothing.`
  )
  const read = (branch: string) => Promise.all([...LOCKFILES, 'Upstream.yml'].map(path => own.read(path, branch)))
  const wanted = await read('conda-lock-sync')
  expect(wanted.every(text => text !== undefined)).toBe(true)

  await machine.checkout(own, 'main')
  expect(await laptop(machine.workspace)).toMatchObject({ code: 0 })
  expect(await Promise.all([...LOCKFILES, 'Upstream.yml'].map(path => machine.read(path)))).toEqual(wanted)

  await own.commit({ 'README.md': 'x' }, { branch: 'topic' })
  const inputs = { ...UNSET, mode: 'commit' }
  expect((await run({ inputs, checkout: 'topic', ref: 'refs/heads/topic' })).outputs.operation).toBe('committed')
  expect(await read('topic')).toEqual(wanted)

  const locked = await run({ inputs: { ...UNSET, mode: 'lock' } })
  const published = await publishBundles(world.github, {
    token: TOKEN,
    bundles: locked.outputs.bundle ?? '',
    repository: own.fullName,
    inputs: {}
  })
  expect(annotations(published, 'error')).toEqual([])
  expect(published.outputs.operation).toBe('unchanged')

  await own.merge(1)
  expect((await run({ inputs: { ...UNSET, ...NO_PYTHON, mode: 'check' } })).outputs.operation).toBe('checked')
  await machine.checkout(own, 'main')
  expect(await laptop(machine.workspace, '--mode', 'check', '--python', NO_PYTHON.python)).toMatchObject({ code: 0 })
})

test.concurrent('an input of the workflow wins over the file', async () => {
  const { own, run } = await startConfigured('workflow-wins', 'lockfile: from-the-file.yml')
  await run({ inputs: { ...UNSET, lockfile: 'from-the-workflow.yml' } })
  expect(await own.read('from-the-workflow.yml', 'conda-lock-sync')).toBeDefined()
  expect(await own.read('from-the-file.yml', 'conda-lock-sync')).toBeUndefined()
})

test.concurrent('what is wrong in the file is told at its line, and nothing happens', async () => {
  const { run, writes } = await (async () => {
    const project = await startConfigured('wrong-settings', 'platform: linux-64', 'relock: sometimes')
    return { run: project.run, writes: project.writes }
  })()
  const result = await run({ inputs: { ...UNSET, ...NO_PYTHON } })
  expect(annotations(result, 'error')).toEqual([
    expect.stringMatching(/file=\.github\/conda-lock-sync\.yml,line=5.*There is no setting `platform`.*`platforms`/)
  ])
  expect(writes()).toEqual([])
  const missing = await run({ inputs: { ...UNSET, settings: 'locks.yml' } })
  expect(annotations(missing, 'error')[0]).toContain('There is no settings file `locks.yml`')
})

test.concurrent('a pull request cannot change what is read for it', async () => {
  const project = await startConfigured('pulls')
  const { own, run } = project
  await run({ inputs: UNSET })
  await own.merge(1)
  const evil = settingsOf(
    'pulls',
    'allowed-channels: [conda-forge, https://evil.example/c]',
    'conda-executable: ./evil'
  )
  await own.commit({ [FILE]: evil, evil: '#!/bin/sh\ntouch "$HOME/pwned"\n' }, { branch: 'topic' })

  const pull = await forPull('pull_request', { pull_request: { base: { ref: 'main' }, head: { repo: {} } } })
  const checked = await run({ inputs: { ...UNSET, mode: 'check' }, checkout: 'topic', environment: pull })
  expect(annotations(checked, 'error')).toEqual([])
  expect(checked.stdout).not.toContain('allowed-channels')
  expect(checked.outputs).toMatchObject({ operation: 'checked', changed: 'false' })

  await own.commit(
    { 'environment.yml': 'channels: [https://evil.example/c]\ndependencies: [dask]\n' },
    { branch: 'topic' }
  )
  for (const [event, payload] of [
    ['issue_comment', { issue: { number: 2 } }],
    // Whatever has started it: with this policy nobody has reviewed what is checked out.
    ['workflow_dispatch', {}]
  ] as const) {
    const environmentOfEvent = await forPull(event, payload)
    const inputs = { ...UNSET, mode: 'lock', 'policy-on': 'all' }
    const relock = await run({ inputs, checkout: 'topic', environment: environmentOfEvent })
    expect(annotations(relock, 'error')[0]).toMatch(/evil\.example/)
    expect(relock.stdout).not.toContain('conda-executable')
  }
})

const IMAGES = ['images/a', 'images/b']

async function startImages(name: string): Promise<Project> {
  const lines = ['environment-files: [../common.yml, environment.yml]', 'images:', '  images/a:', '  images/b:']
  const own = {
    [FILE]: settingsOf(name, ...lines, '    upstream-files: none'),
    'environment.yml': environment('no-such-package'),
    'images/common.yml': environment('python=3.11', 'dask'),
    'images/a/environment.yml': environment('numpy'),
    'images/b/environment.yml': environment('zlib')
  }
  return world.project(name, { own })
}

test.concurrent('all images in one run: proposed, checked, listed and locked on a laptop', async () => {
  const project = await startImages('images-in-one')
  const { own, machine, run } = project
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

  await own.merge(1)
  expect((await run({ inputs: { ...UNSET, ...NO_PYTHON, mode: 'check' } })).outputs).toMatchObject({ changed: 'false' })
  await own.commit({ 'images/b/environment.yml': environment('numpy') })
  const stale = await run({ inputs: { ...UNSET, mode: 'check' } })
  expect(annotations(stale, 'error')).toEqual([expect.stringContaining('images/b/conda-lock.yml was made from other')])
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
  expect(all.outputs).toEqual({})
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
