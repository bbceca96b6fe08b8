/** One file says what a repository locks; every mode reads it, and from where nobody has tampered with it. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { laptop, SETTINGS_FILE as FILE, settingsOf, UNSET } from '../support/configured.js'
import { publishBundles } from '../support/publish-job.js'
import { annotations, startWorld, TOKEN, UPSTREAM_FILE, type Project } from '../support/world.js'

const world = await startWorld()
const scratch = await mkdtemp(join(tmpdir(), 'settings-'))
afterAll(async () => {
  await world.close()
  await rm(scratch, { recursive: true })
})

const LOCKFILES = ['conda-lock.yml', 'conda-linux-64.lock']
const NO_PYTHON = { python: 'python-of-nobody' }

/** A repository whose settings differ from the defaults in what is locked. */
async function startConfigured(name: string, ...lines: readonly string[]): Promise<Project> {
  const own = { [FILE]: settingsOf(world, name, `upstream-files: {${UPSTREAM_FILE}: Upstream.yml}`, ...lines) }
  return world.project(name, { own })
}

/** The variables of a run for an event about a pull request. */
async function forPull(event: string, payload: object): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(scratch, 'event-'))
  const path = join(folder, 'event.json')
  await writeFile(path, JSON.stringify({ repository: { default_branch: 'main' }, ...payload }))
  return { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: path }
}

test.concurrent('nightly, check, /relock, two jobs and the laptop make one lock, byte for byte', async () => {
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

  // As examples/relock-comment.yml does, on a branch without a lock.
  await own.commit({ 'conda-lock.yml': null, 'conda-linux-64.lock': null }, { branch: 'topic' })
  const comment = await forPull('issue_comment', { issue: { number: 2 } })
  const bundle = join(scratch, 'relock')
  const asked = { ...UNSET, mode: 'lock', 'policy-on': 'all', relock: 'always', bundle }
  await run({ inputs: asked, checkout: 'topic', environment: comment })
  const answer = { ...UNSET, mode: 'commit', branch: 'topic', 'policy-on': 'all', bundles: bundle }
  const relocked = await run({ inputs: answer, checkout: 'topic', environment: comment })
  expect(annotations(relocked, 'error')).toEqual([])
  expect(relocked.outputs.operation).toBe('committed')
  expect(await read('topic')).toEqual(wanted)

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
    world,
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
