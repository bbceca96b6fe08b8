/** Every mode as a workflow runs it, each with a token that may do what docs/modes.md says, and nothing else. */
import { afterAll, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { publishBundles } from '../support/publish-job.js'
import { annotations, environment, OWN_YML, snapshot, startWorld } from '../support/world.js'

const world = await startWorld()
afterAll(() => world.close())

world.github.addToken('reads', { contents: 'read' })
world.github.addToken('commits', { contents: 'write' })
world.github.addToken('publishes', { contents: 'write', 'pull-requests': 'write' })

const two = await world.project('two-jobs')
const straight = await world.project('straight')
const checked = await world.project('checked')

const publishFrom = (folder: string, repository: string, inputs: Readonly<Record<string, string>>) =>
  publishBundles(world.github, { token: 'publishes', bundles: folder, repository, inputs })

test.concurrent('lock in one job with a token that reads, publish in another one without Python', async () => {
  const { own, machine, run, openPulls } = two
  const locked = await run({ inputs: { mode: 'lock', token: 'reads' } })
  expect(annotations(locked, 'error')).toEqual([])
  expect(locked.outputs).toMatchObject({ operation: 'bundled', changed: 'true', added: '6' })
  const folder = join(machine.workspace, 'conda-lock-sync-bundle')
  expect(locked.outputs.bundle).toBe(folder)
  expect(two.writes()).toEqual([])
  expect(await machine.read('conda-lock.yml')).toBeUndefined()
  const files = await snapshot(folder)

  const alias = { 'channel-alias': world.channel.alias }
  const published = await publishFrom(folder, own.fullName, alias)
  expect(annotations(published, 'error')).toEqual([])
  expect(published.outputs).toMatchObject({ operation: 'created', 'pull-request-number': '1', added: '6' })
  const [pull] = await openPulls()
  expect(pull?.body).toContain('**First lock: 6 packages on `linux-64`.**')
  expect(Buffer.from((await own.read('conda-lock.yml', 'conda-lock-sync')) ?? '').toString('base64')).toBe(
    files['files/conda-lock.yml']
  )

  expect((await publishFrom(folder, own.fullName, alias)).outputs).toMatchObject({ operation: 'unchanged' })
  await own.commit({ 'environment.yml': environment('dask', 'numpy') })
  const late = await publishFrom(folder, own.fullName, alias)
  expect(late.outputs).toMatchObject({ operation: 'superseded' })
  await own.commit({ 'environment.yml': null })
  expect(annotations(await publishFrom(folder, own.fullName, alias), 'error')[0]).toContain(
    'was made from `environment.yml`, which the base branch does not have'
  )
})

test.concurrent('commit puts the lockfiles on the branch of the run, on top of what is there', async () => {
  const { own, run, openPulls } = straight
  await own.commit({ 'environment.yml': environment('numpy') }, { branch: 'topic' })
  const before = await own.head('topic')

  const committed = await run({
    inputs: { mode: 'commit', token: 'commits' },
    checkout: 'topic',
    ref: 'refs/heads/topic'
  })

  expect(annotations(committed, 'error')).toEqual([])
  expect(committed.outputs).toMatchObject({ operation: 'committed', changed: 'true' })
  expect(await own.parents((await own.head('topic')) ?? '')).toEqual([before])
  expect(await own.read('conda-lock.yml', 'topic')).toContain('numpy')
  expect(await own.read('conda-lock.yml', 'main')).toBeUndefined()
  expect(await openPulls()).toEqual([])
  const again = await run({ inputs: { mode: 'commit', token: 'commits' }, checkout: 'topic', ref: 'refs/heads/topic' })
  expect(again.outputs).toMatchObject({ operation: 'none', changed: 'false' })
})

test.concurrent('check needs no token: hashes decide, and only what fails is solved', async () => {
  const { machine, own, run, settle } = checked
  await settle()
  const inputs = { mode: 'check', token: '' }
  const good = await run({ inputs: { ...inputs, python: '/nowhere/python' } })
  expect(annotations(good, 'error')).toEqual([])
  expect(good.outputs).toMatchObject({ operation: 'checked', changed: 'false' })
  expect(good.summary).toMatch(/^\*\*The lockfiles are as they must be\.\*\*/)

  const explicit = await own.read('conda-linux-64.lock', 'main')
  const edited = explicit?.split('\n').filter(line => !line.includes('/zlib-')) ?? []
  const torn = await run({
    inputs: { ...inputs, python: '/nowhere/python' },
    before: () => machine.write('conda-linux-64.lock', edited.join('\n'))
  })
  expect(torn.exitCode).toBe(1)
  expect(annotations(torn, 'error')).toEqual([
    expect.stringMatching(
      /title=Verification,file=conda-linux-64\.lock::`conda-linux-64\.lock` is not what `conda-lock\.yml` says: `zlib` is missing\./
    )
  ])
  expect(torn.summary).not.toMatch(/No package changed|were locked together/)

  const stale = await run({
    inputs,
    before: () => machine.write('environment.yml', OWN_YML.replace('dask', 'dask<2025'))
  })
  expect(stale.exitCode).toBe(1)
  expect(annotations(stale, 'error')).toEqual([
    expect.stringContaining(
      'file=environment.yml::`environment.yml` asks for something else than when `conda-lock.yml` was made.'
    )
  ])
  expect(stale.outputs).toMatchObject({ downgraded: '1' })
  expect(stale.summary).toContain('| `dask` | `2025.2` | `2024.12` |')
  expect(stale.summary).toContain('Upstream was not asked')
  expect(stale.summary).not.toContain('have not changed')
  expect(checked.writes()).toEqual([])
})
