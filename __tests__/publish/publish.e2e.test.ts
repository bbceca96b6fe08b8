/** Branches, tokens, and people who work at the same time. */
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub } from '../support/github.js'
import { readUnified } from '../support/lockfiles.js'
import { annotations, environment, OWN_YML, startWorld, TOKEN, UPSTREAM_FILE, UPSTREAM_YML } from '../support/world.js'

// Projects are made before the tests, because jest has no dynamic imports between concurrent ones.
const world = await startWorld()

afterAll(() => Promise.all([world.close(), elsewhere.close()]))

/** What a pull request proposes: the files whose content differs from the base branch. */
async function proposed(repository: string, number = 1): Promise<string[]> {
  const response = await fetch(`${world.github.apiUrl}/repos/${repository}/pulls/${number}/files`)
  return ((await response.json()) as { filename: string }[]).map(file => file.filename)
}

const WRITTEN = ['NBenvironment.yml', 'conda-linux-64.lock', 'conda-lock.yml']

test.concurrent.each([
  ['before the commit is made', 'GET', /\/octo\/moves-0\/commits\/heads/, await world.project('moves-0')],
  ['while the commit is made', 'POST', /\/octo\/moves-1\/git\/trees/, await world.project('moves-1')]
] as const)('a base branch that moves %s loses nothing', async (_when, method, path, { own, run }) => {
  const before = async () => {
    await own.commit({ 'notes.md': 'written meanwhile\n' })
  }
  world.github.inject({ method, path, times: 1, before })
  const result = await run()
  expect(result.outputs).toMatchObject({ operation: 'created', changed: 'true' })
  expect(await proposed(own.fullName)).toEqual(WRITTEN)
  await own.merge(1)
  expect(await own.files('main')).toEqual([...WRITTEN, 'environment.yml', 'notes.md'])
  expect(await own.read('notes.md')).toBe('written meanwhile\n')
})

test.concurrent(
  'an environment file that changes on the base branch meanwhile is neither lost nor locked as it was',
  async () => {
    const { own, run, openPulls } = await world.project('edited')
    const edited = environment('dask<2025')
    const before = async () => {
      await own.commit({ 'environment.yml': edited })
    }
    world.github.inject({ method: 'GET', path: /\/repos\/octo\/edited\/commits\/heads/, times: 1, before })
    expect(await run()).toMatchObject({ exitCode: 0 })
    expect(await openPulls()).toEqual([])
    expect(await own.read('environment.yml')).toBe(edited)

    expect((await run()).outputs).toMatchObject({ operation: 'created' })
    expect(readUnified(await own.read('conda-lock.yml', 'conda-lock-sync')).versions).toMatchObject({ dask: '2024.12' })
  }
)

const base = await world.project('base')

test.concurrent('a base that is not the default branch has a pull request of its own', async () => {
  const { own, run } = base
  await own.commit({ 'environment.yml': environment('dask<2025') }, { branch: 'release/1.0' })
  const result = await run({ ref: 'refs/heads/release/1.0', checkout: 'release/1.0' })
  expect(result.outputs).toMatchObject({ operation: 'created' })
  const pulls = await own.pulls()
  expect(pulls).toMatchObject([{ base: { ref: 'release/1.0' }, head: { ref: 'conda-lock-sync--release/1.0' } }])
  expect(await own.parents(pulls[0]?.head.sha ?? '')).toEqual([await own.head('release/1.0')])
  expect(await proposed(own.fullName)).toEqual(WRITTEN)
})

const tag = await world.project('tag')

test.concurrent('a run on a tag proposes to the default branch', async () => {
  const { own, run } = tag
  await own.tag('v1', (await own.head('main')) ?? '')
  const result = await run({ ref: 'refs/tags/v1' })
  expect(result.outputs).toMatchObject({ operation: 'created' })
  expect(await own.pulls()).toMatchObject([{ base: { ref: 'main' }, head: { ref: 'conda-lock-sync' } }])
})

const two = await world.project('two', {
  own: { 'images/cpu/environment.yml': OWN_YML, 'images/gpu/environment.yml': environment('dask<2025') }
})

test.concurrent('two environments of one repository do not disturb each other', async () => {
  const { own, machine, run } = two
  const cpu = await run({
    inputs: { 'working-directory': 'images/cpu', branch: 'sync-cpu', labels: 'deps\nimage: cpu' }
  })
  expect(cpu.outputs).toMatchObject({ operation: 'created', 'pull-request-number': '1' })
  const gpu = await run({
    inputs: {
      'working-directory': 'images/gpu/',
      branch: 'sync-gpu',
      'explicit-lockfile': 'explicit.txt',
      lockfile: 'locks/gpu.conda-lock.yml',
      title: 'Lock the GPU image',
      'commit-message': 'Lock the GPU image\n\nNightly.'
    }
  })
  expect(gpu.outputs).toMatchObject({ operation: 'created', 'pull-request-number': '2' })

  const pulls = await own.pulls()
  expect(pulls).toMatchObject([
    { state: 'open', head: { ref: 'sync-cpu' }, labels: ['deps', 'image: cpu'] },
    { state: 'open', head: { ref: 'sync-gpu' }, labels: [], title: 'Lock the GPU image' }
  ])
  expect(await own.message(pulls[1]?.head.sha ?? '')).toMatch(
    /^Lock the GPU image\n\nNightly\.\n\nConda-Lock-Sync: [0-9a-f]{40}$/
  )
  expect(await proposed(own.fullName)).toEqual(WRITTEN.map(path => `images/cpu/${path}`))
  const paths = ['NBenvironment.yml', 'explicit.txt', 'locks/gpu.conda-lock.yml'].map(path => `images/gpu/${path}`)
  expect(await proposed(own.fullName, 2)).toEqual(paths)
  const lock = readUnified(await machine.read('images/gpu/locks/gpu.conda-lock.yml'))
  expect(lock.versions).toMatchObject({ dask: '2024.12' })
  expect(lock.sources).toEqual(['../NBenvironment.yml', '../environment.yml'])
})

test.concurrent(
  'a repository that forbids pull requests names the setting, and recovers once it is changed',
  async () => {
    const { own, run } = await world.project('forbidden')
    own.forbidPullRequests(true)
    const refused = await run()
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(annotations(refused, 'error')).toEqual([
      expect.stringMatching(/Settings → Actions → General → Workflow permissions/)
    ])
    own.forbidPullRequests(false)
    expect((await run()).outputs).toMatchObject({ operation: 'created' })
    expect(await proposed(own.fullName)).toEqual(WRITTEN)
  }
)

const reader = await world.project('reader')

test.concurrent('a token that may only read is told what permissions it lacks', async () => {
  const { own, run } = reader
  world.github.addToken('reader', { contents: 'read', 'pull-requests': 'read' })
  const result = await run({ inputs: { token: 'reader' } })
  expect(result).toMatchObject({ exitCode: 1, outputs: {} })
  expect(annotations(result, 'error')).toEqual([
    expect.stringMatching(/403.*`contents: write`.*`pull-requests: write`/)
  ])
  expect(await own.branches()).toEqual(['main'])
})

const hosts = await world.project('hosts')
const elsewhere = await startGitHub()
elsewhere.addToken('for-upstream', { contents: 'read' })
await elsewhere.addRepository('pangeo/public', { [UPSTREAM_FILE]: UPSTREAM_YML })
await elsewhere.addRepository('pangeo/hidden', { [UPSTREAM_FILE]: environment('numpy') }, { private: true })

test.concurrent('the token of the run goes to no other host, and upstream-token only there', async () => {
  const { own, run } = hosts
  const inputs = { 'upstream-api-url': elsewhere.apiUrl, 'upstream-repository': 'pangeo/public', mode: 'files' }
  expect(await run({ inputs })).toMatchObject({ exitCode: 0 })
  expect(elsewhere.calls.length).toBeGreaterThan(0)
  expect(new Set(elsewhere.calls.map(call => call.token))).toEqual(new Set([undefined]))

  elsewhere.calls.length = 0
  const secret = { ...inputs, 'upstream-repository': 'pangeo/hidden', 'upstream-token': 'for-upstream' }
  const result = await run({ inputs: { ...secret, mode: 'pull-request' } })
  expect(result.outputs).toMatchObject({ operation: 'created' })
  expect(new Set(elsewhere.calls.map(call => call.token))).toEqual(new Set(['for-upstream']))
  const calls = world.github.calls.filter(call => call.path.startsWith(`/repos/${own.fullName}/`))
  expect(new Set(calls.map(call => call.token))).toEqual(new Set([TOKEN]))
})

const children = await world.project('children')

test.concurrent('no program that the action starts gets a token', async () => {
  const { machine, run } = children
  const folder = dirname(machine.workspace)
  const seen = join(folder, 'seen')
  const dump = async (name: string, rest: string) => {
    const path = join(folder, name)
    await writeFile(path, `#!/bin/sh\n{ echo "== ${name}"; env; } >> "${seen}"\n${rest}\n`)
    await chmod(path, 0o755)
    return path
  }
  const python = await dump('python', 'exec python3 "$@"')
  const conda = await dump('conda', 'exit 1')
  const secrets = { GITHUB_TOKEN: 'secret-1', ACTIONS_RUNTIME_TOKEN: 'secret-2', AWS_SECRET_ACCESS_KEY: 'secret-3' }
  const result = await run({ inputs: { python, 'conda-executable': conda }, environment: secrets })
  expect(result).toMatchObject({ exitCode: 1 })
  const environments = await readFile(seen, 'utf8')
  expect(environments).toMatch(/== python\n[^]*== conda\n/)
  expect(environments).toMatch(/^PATH=/m)
  expect(environments).not.toMatch(new RegExp(`${TOKEN}|secret-\\d|^(?:INPUT|GITHUB|ACTIONS|RUNNER)_`, 'm'))
})

test.concurrent('commits of others end the run with exit code 1, until overwrite lets them be replaced', async () => {
  const { own, run } = await world.project('blocked')
  const created = await run()
  expect(annotations(created, 'notice')).toEqual([
    expect.stringMatching(/^::notice title=Workflows of the pull request::.*wait until a person approves them/)
  ])
  const theirs = await own.commit({ 'conda-lock.yml': 'mended by hand\n' }, { branch: 'conda-lock-sync' })
  const blocked = await run()
  expect(blocked).toMatchObject({ exitCode: 1, outputs: { operation: 'blocked', 'pull-request-number': '1' } })
  expect(annotations(blocked, 'error')).toEqual([
    expect.stringMatching(/^::error title=GitHub::The branch `conda-lock-sync` has commits that are not this action's/)
  ])
  expect(await own.head('conda-lock-sync')).toBe(theirs)
  expect((await run({ inputs: { overwrite: 'true' } })).outputs).toMatchObject({ operation: 'updated' })
})

test.concurrent(
  'a run makes 11 requests for a new pull request, 12 for an update, and 5 when there is nothing to do',
  async () => {
    const { own, upstream, run } = await world.project('counted')
    world.github.addToken('counted', { contents: 'write', 'pull-requests': 'write' })
    const counted = async () => {
      const before = world.github.calls.filter(call => call.token === 'counted').length
      const { outputs } = await run({ inputs: { token: 'counted' } })
      return [outputs.operation, world.github.calls.filter(call => call.token === 'counted').length - before]
    }
    expect(await counted()).toEqual(['created', 11])
    expect(await counted()).toEqual(['unchanged', 5])
    await upstream.commit({ [UPSTREAM_FILE]: environment('numpy') })
    expect(await counted()).toEqual(['updated', 12])
    await own.merge(1)
    expect(await counted()).toEqual(['none', 5])
  }
)
