/** What the files hold, and what the counts say of them. No pull request is needed for that, so `mode: files`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { readUnified } from '../support/lockfiles.js'
import {
  annotations,
  commands,
  environment,
  OWN_YML,
  PACKAGES,
  snapshot,
  startChannel,
  startWorld,
  UPSTREAM_FILE,
  UPSTREAM_YML
} from '../support/world.js'

// Projects are made before the tests, because jest has no dynamic imports between concurrent ones.
const world = await startWorld()

afterAll(() => Promise.all([world.close(), channel.close()]))

const FILES = { mode: 'files', token: '' }
const NO_CHANGES = { added: '0', removed: '0', upgraded: '0', downgraded: '0', rebuilt: '0' }

test.concurrent(
  'files mode writes the files, and neither needs a token nor asks GitHub about the repository',
  async () => {
    const { own, machine, run } = await world.project('files')
    const result = await run({ inputs: FILES, environment: { GITHUB_REPOSITORY: undefined, GITHUB_REF: undefined } })
    expect(result).toMatchObject({ exitCode: 0 })
    expect(result.outputs).toMatchObject({ operation: 'files', changed: 'true', added: '6', 'pull-request-number': '' })
    expect(Object.keys(await snapshot(machine.workspace))).toEqual([
      'NBenvironment.yml',
      'conda-linux-64.lock',
      'conda-lock.yml',
      'environment.yml'
    ])
    expect(world.github.calls.filter(call => call.path.startsWith(`/repos/${own.fullName}`))).toEqual([])

    const before = await snapshot(machine.workspace)
    const again = await run({ inputs: FILES, checkout: false })
    expect(again.outputs).toMatchObject({ ...NO_CHANGES, operation: 'files', changed: 'false' })
    expect(await snapshot(machine.workspace)).toEqual(before)
  }
)

const channel = await startChannel([
  ...PACKAGES,
  { name: 'gone', version: '1' },
  { name: 'epoch', version: '9' },
  { name: 'ten', version: '1.9' }
])
const counts = await world.project('counts', {
  own: { 'environment.yml': environment('dask', 'gone', 'epoch', 'ten', 'zlib') },
  channel
})

test.concurrent('each package is counted as what happened to it', async () => {
  const { machine, run } = counts
  expect((await run({ inputs: FILES })).outputs).toMatchObject({ ...NO_CHANGES, added: '9' })
  await channel.publish(
    [
      { name: 'dask', version: '2025.2', buildNumber: 1, depends: ['python'] },
      { name: 'epoch', version: '1!2' },
      { name: 'ten', version: '1.10' },
      { name: 'new', version: '1' }
    ],
    ['numpy-2.1.0-pyhd8ed1ab_0.tar.bz2']
  )
  const edit = () => machine.write('environment.yml', environment('dask', 'new', 'epoch', 'ten', 'zlib'))
  const result = await run({ inputs: FILES, checkout: false, before: edit })
  expect(result.outputs).toMatchObject({ added: '1', removed: '1', upgraded: '2', downgraded: '1', rebuilt: '1' })
  expect(result.outputs.summary).toMatch(/1 added.*1 removed.*2 upgraded.*1 downgraded.*1 rebuilt/)
  for (const name of ['dask', 'epoch', 'gone', 'new', 'numpy', 'ten']) expect(result.summary).toContain(name)
  expect(result.summary).not.toMatch(/^\| `(?:xarray|zlib)`/m)
})

test.concurrent(
  'several platforms are locked in one run; one that is no longer asked for is dropped, not removed',
  async () => {
    const { machine, run } = await world.project('platforms', {
      own: { 'environment.yml': `${OWN_YML}  - zlib  # [linux64]\n` }
    })
    const both = await run({ inputs: { ...FILES, platforms: 'linux-64\nosx-arm64' } })
    expect(both.outputs).toMatchObject({ added: '12' })
    const lock = readUnified(await machine.read('conda-lock.yml'))
    expect(lock.platforms).toEqual(['linux-64', 'osx-arm64'])
    expect(await machine.read('conda-osx-arm64.lock')).toMatch(/\/osx-arm64\/zlib-1\.3\.1/)
    expect(await machine.read('conda-osx-arm64.lock')).not.toContain('linux-64')
    expect(await machine.read('conda-linux-64.lock')).toMatch(/\/linux-64\/zlib-1\.3\.1/)

    const explicit = await machine.read('conda-linux-64.lock')
    const one = await run({ inputs: FILES, checkout: false })
    expect(one.outputs).toMatchObject({ ...NO_CHANGES, changed: 'true' })
    expect(one.outputs.summary).toContain('osx-arm64')
    expect(one.summary).toContain('osx-arm64')
    expect(readUnified(await machine.read('conda-lock.yml')).platforms).toEqual(['linux-64'])
    expect(explicit?.split('@EXPLICIT')[1]).toBe((await machine.read('conda-linux-64.lock'))?.split('@EXPLICIT')[1])
  }
)

const conflict = await world.project('conflict')

test.concurrent('an old lockfile with conflict markers counts as absent, with a warning', async () => {
  const { machine, run, settle } = conflict
  await settle()
  const good = await machine.read('conda-lock.yml')
  const conflicting = `<<<<<<< HEAD\n${good ?? ''}=======\nversion: 1\n>>>>>>> theirs\n`
  const result = await run({ inputs: FILES, before: () => machine.write('conda-lock.yml', conflicting) })
  expect(result.outputs).toMatchObject({ ...NO_CHANGES, changed: 'true', added: '6' })
  expect(annotations(result, 'warning')).toEqual([expect.stringMatching(/conda-lock\.yml/)])
  expect(result.summary).toContain('conda-lock.yml')
  expect(readUnified(await machine.read('conda-lock.yml'))).toEqual(readUnified(good))
})

const differ = await world.project('differ')

test.concurrent('two lockfiles that differ are each compared with their own successor', async () => {
  const { machine, run, settle } = differ
  await settle()
  const unified = await machine.read('conda-lock.yml')
  const explicit = (await machine.read('conda-linux-64.lock')) ?? ''
  const older = explicit.replace('/xarray-2025.10-', '/xarray-2025.9-')
  expect(older).not.toBe(explicit)
  const result = await run({ inputs: FILES, before: () => machine.write('conda-linux-64.lock', older) })
  expect(result.outputs).toMatchObject({ ...NO_CHANGES, changed: 'true' })
  expect(await machine.read('conda-linux-64.lock')).toBe(explicit)
  expect(await machine.read('conda-lock.yml')).toBe(unified)
  expect(result.summary).toMatch(/disagree/i)
  expect(result.summary).toMatch(/conda-linux-64\.lock.*1 upgraded/)
})

test.concurrent('a local copy is what upstream has, byte for byte, whatever that is', async () => {
  const bytes = Buffer.from(
    `\ufeff# Gr\u00fc\u00dfe \ud83d\udc0d\r\n${UPSTREAM_YML.trimEnd().replaceAll('\n', '\r\n')}`
  )
  const { own, upstream, machine, run } = await world.project('bytes', { upstream: { [UPSTREAM_FILE]: bytes } })
  const result = await run()
  expect(result.outputs).toMatchObject({ operation: 'created', added: '6' })
  expect(await readFile(join(machine.workspace, 'NBenvironment.yml'))).toEqual(bytes)
  expect(Buffer.from((await own.read('NBenvironment.yml', 'conda-lock-sync')) ?? '')).toEqual(bytes)

  await own.merge(1)
  const more = Buffer.concat([bytes, Buffer.from('\r\n# only a comment')])
  await upstream.commit({ [UPSTREAM_FILE]: more })
  const comment = await run()
  expect(comment.outputs).toMatchObject({ ...NO_CHANGES, operation: 'created', changed: 'true' })
  expect(await own.read('conda-lock.yml', 'conda-lock-sync')).toBe(await own.read('conda-lock.yml'))
  expect(await readFile(join(machine.workspace, 'NBenvironment.yml'))).toEqual(more)
})

test.concurrent('the commit that a copy was first taken from is kept while its content stays the same', async () => {
  const base = 'base-notebook/environment.yml'
  const { upstream, machine, run, settle } = await world.project('provenance', {
    upstream: { [base]: environment('python=3.11'), [UPSTREAM_FILE]: environment('xarray', 'dask<2025') }
  })
  const inputs = { 'upstream-files': `${base}: base.yml\n${UPSTREAM_FILE}: NBenvironment.yml\n` }
  const start = await upstream.head('main')
  await settle({ inputs })
  expect(readUnified(await machine.read('conda-lock.yml'))).toMatchObject({
    sources: ['base.yml', 'NBenvironment.yml', 'environment.yml'],
    // The repository's own `dask`, which comes last, wins.
    versions: { dask: '2025.2' },
    custom: {
      'base.yml': `pangeo/provenance/${base}@${start ?? ''}`,
      'NBenvironment.yml': `pangeo/provenance/${UPSTREAM_FILE}@${start ?? ''}`
    }
  })
  await upstream.commit({ 'README.md': 'more images\n' })
  const second = await upstream.commit({ [UPSTREAM_FILE]: environment('xarray<2025.10', 'dask<2025') })
  await run({ inputs: { ...FILES, ...inputs } })
  expect(readUnified(await machine.read('conda-lock.yml')).custom).toMatchObject({
    'base.yml': `pangeo/provenance/${base}@${start ?? ''}`,
    'NBenvironment.yml': `pangeo/provenance/${UPSTREAM_FILE}@${second}`
  })
})

test.concurrent('what upstream and channels write never becomes a command of the runner', async () => {
  const nasty = [
    '# ::set-output name=operation::evil',
    `name: "::warning::evil"`,
    UPSTREAM_YML.trimEnd(),
    '  - zlib  # ##[set-output name=operation;]evil [osx]',
    '  - zlib  # ::set-output name=operation::evil [win]',
    ''
  ].join('\n')
  const { run } = await world.project('nasty', { upstream: { [UPSTREAM_FILE]: nasty } })
  const result = await run({ inputs: FILES })
  expect(result).toMatchObject({ exitCode: 0 })
  expect(result.stdout).toContain('evil')
  expect(commands(result.stdout)).toEqual(['group', 'endgroup', 'group', 'endgroup'])
})
