/** The main job as users see it: what a run proposes, and what becomes of it from run to run. */
import { afterAll, expect, test } from '@jest/globals'
import { EventEmitter, once } from 'node:events'
import { readUnified } from '../support/lockfiles.js'
import {
  annotations,
  environment,
  OWN_YML,
  snapshot,
  startWorld,
  TOKEN,
  UPSTREAM_FILE,
  UPSTREAM_YML
} from '../support/world.js'

// Projects are made before the tests, because jest has no dynamic imports between concurrent ones.
const world = await startWorld()

afterAll(() => world.close())

const NO_CHANGES = { added: '0', removed: '0', upgraded: '0', downgraded: '0', rebuilt: '0' }
const WRITTEN = ['NBenvironment.yml', 'conda-linux-64.lock', 'conda-lock.yml']

const first = await world.project('first', { own: { 'README.md': 'mine\n' } })

test.concurrent('a first run proposes all packages in one commit on top of the base branch', async () => {
  const { own, upstream, machine, run, openPulls } = first
  const [base, upstreamHead] = [await own.head('main'), await upstream.head('main')]

  const result = await run()

  expect(annotations(result, 'error')).toEqual([])
  expect(annotations(result, 'warning')).toEqual([])
  expect(result).toMatchObject({ exitCode: 0 })
  expect(result.outputs).toEqual({
    ...NO_CHANGES,
    bundle: '',
    'failed-images': '',
    'trial-prefix': '',
    changed: 'true',
    operation: 'created',
    'pull-request-number': '1',
    'pull-request-url': `${world.github.url}/octo/first/pull/1`,
    'upstream-sha': upstreamHead,
    added: '6',
    summary: expect.stringMatching(/^[^\n]*#1[^\n]*6 added[^\n]*$/)
  })

  const [pull] = await openPulls()
  if (pull === undefined) throw new Error('no pull request')
  expect(pull).toMatchObject({
    number: 1,
    title: 'Update conda lockfiles',
    head: { ref: 'conda-lock-sync' },
    base: { ref: 'main' },
    labels: []
  })
  for (const name of ['xarray', '2025.10', 'dask', upstream.fullName, String(upstreamHead).slice(0, 7)]) {
    expect(pull.body).toContain(name)
    expect(result.summary).toContain(name)
  }
  expect(await own.parents(pull.head.sha)).toEqual([base])
  expect(await own.message(pull.head.sha)).toMatch(/^Update conda lockfiles\n\nConda-Lock-Sync: [0-9a-f]{40}$/)
  expect(await authorOf(pull.head.sha)).toBe('github-actions[bot]')

  expect(await own.files('conda-lock-sync')).toEqual([...WRITTEN, 'README.md', 'environment.yml'].sort())
  for (const path of WRITTEN) expect(await machine.read(path)).toBe(await own.read(path, 'conda-lock-sync'))
  expect(await machine.read('NBenvironment.yml')).toBe(UPSTREAM_YML)
  const lock = readUnified(await machine.read('conda-lock.yml'))
  expect(lock.versions).toEqual({
    dask: '2025.2',
    numpy: '2.1.0',
    pip: '25.0',
    python: '3.11.9',
    xarray: '2025.10',
    zlib: '1.3.1'
  })
  expect(lock.custom).toEqual({
    'NBenvironment.yml': `pangeo/first/${UPSTREAM_FILE}@${upstreamHead ?? ''}`,
    'inputs-hash': expect.stringMatching(/^[0-9a-f]{64}$/),
    'locked-on': expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    created_by: 'conda-lock-sync',
    'setting-channel-alias': world.channel.alias,
    'setting-conda-executable': 'rattler',
    'setting-platforms': 'linux-64',
    'specs-of-NBenvironment.yml': expect.stringMatching(/^[0-9a-f]{64}$/),
    'specs-of-environment.yml': expect.stringMatching(/^[0-9a-f]{64}$/)
  })
  expect(lock.sources).toEqual(['NBenvironment.yml', 'environment.yml'])
  const explicit = (await machine.read('conda-linux-64.lock'))?.split('@EXPLICIT\n')[1]?.trim().split('\n') ?? []
  expect(explicit.map(line => line.replace(/#[0-9a-f]{32}$/, '')).sort()).toEqual(lock.urls)
})

async function authorOf(sha: string): Promise<string> {
  const response = await fetch(`${world.github.apiUrl}/repos/octo/first/git/commits/${sha}`, {
    headers: { authorization: `Bearer ${TOKEN}` }
  })
  const commit = (await response.json()) as { author: { name: string } }
  return commit.author.name
}

const life = await world.project('life')

test.concurrent('one pull request keeps up with upstream until it is merged', async () => {
  const { own, upstream, machine, run, openPulls, writes } = life
  expect((await run()).outputs).toMatchObject({ operation: 'created', added: '6' })
  const tip = await own.head('conda-lock-sync')

  // Neither the same run again nor an upstream commit to another file is a reason to push.
  const before = writes().length
  await upstream.commit({ 'README.md': 'more images\n' })
  const again = await run()
  expect(again.outputs).toMatchObject({ operation: 'unchanged', changed: 'true', 'pull-request-number': '1' })
  expect(again.outputs['upstream-sha']).toBe(await upstream.head('main'))
  expect(writes()).toHaveLength(before)
  expect(await own.head('conda-lock-sync')).toBe(tip)

  const next = await upstream.commit({ [UPSTREAM_FILE]: environment('python=3.11', 'xarray<2025.10', 'numpy<2') })
  const updated = await run()
  expect(updated.outputs).toMatchObject({
    operation: 'updated',
    changed: 'true',
    added: '6',
    'pull-request-number': '1'
  })
  const [pull, ...others] = await openPulls()
  expect(others).toEqual([])
  expect(pull?.body).toContain('2025.9')
  expect(await own.parents(pull?.head.sha ?? '')).toEqual([await own.head('main')])
  const lock = readUnified(await own.read('conda-lock.yml', 'conda-lock-sync'))
  expect(lock.versions).toMatchObject({ xarray: '2025.9', numpy: '1.26.4' })
  expect(lock.custom['NBenvironment.yml']).toBe(`pangeo/life/${UPSTREAM_FILE}@${next}`)

  await own.merge(1)
  const merged = await run()
  expect(merged.outputs).toMatchObject({
    ...NO_CHANGES,
    operation: 'none',
    changed: 'false',
    'pull-request-number': ''
  })
  expect(await machine.read('conda-lock.yml')).toBe(await own.read('conda-lock.yml'))
  expect(await own.pulls()).toHaveLength(1)
})

test.concurrent(
  'what concerns nobody is no pull request; a new change is a new one; taken back it is closed',
  async () => {
    const { own, upstream, machine, run, settle, openPulls, writes } = await world.project('quiet')
    await settle()
    await upstream.commit({ 'README.md': 'more images\n' })
    await own.commit({ 'environment.yml': `# for the workshop\n${OWN_YML.replace('- dask', '- dask  # newest')}` })
    const quiet = await run()
    expect(quiet.outputs).toMatchObject({ ...NO_CHANGES, operation: 'none', changed: 'false' })
    expect(writes()).toEqual([])
    expect(Object.keys(await snapshot(machine.workspace))).toHaveLength(4)
    for (const path of WRITTEN) expect(await machine.read(path)).toBe(await own.read(path))

    await upstream.commit({ [UPSTREAM_FILE]: environment('python=3.11', 'xarray<2025.10', 'zlib') })
    const changed = await run()
    expect(changed.outputs).toMatchObject({ ...NO_CHANGES, operation: 'created', changed: 'true', downgraded: '1' })
    expect(await openPulls()).toHaveLength(1)

    await upstream.commit({ [UPSTREAM_FILE]: UPSTREAM_YML })
    const back = await run()
    expect(back.outputs).toMatchObject({
      ...NO_CHANGES,
      operation: 'closed',
      changed: 'false',
      'pull-request-number': '1'
    })
    expect(await openPulls()).toEqual([])
    expect(await own.branches()).toEqual(['main'])
  }
)

const twice = await world.project('twice')

test.concurrent(
  'what is wrong here is told before what is wrong upstream, whichever GitHub answers first',
  async () => {
    const { run, own } = twice
    const asked = new EventEmitter()
    const isAsked = once(asked, 'upstream')
    world.github.inject({
      path: /^\/repos\/pangeo\/gone/,
      status: 404,
      before: () => {
        asked.emit('upstream')
        return Promise.resolve()
      }
    })
    world.github.inject({
      path: new RegExp(`^/repos/${own.fullName}/pulls`),
      status: 403,
      body: { message: 'Resource not accessible by integration' },
      before: async () => {
        await isAsked
      }
    })

    const result = await run({ inputs: { 'upstream-repository': 'pangeo/gone' } })

    expect(annotations(result, 'error')).toEqual([expect.stringContaining('did not list the pull requests')])
  }
)
