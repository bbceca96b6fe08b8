import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseUnifiedLock, type UnifiedLock } from '../../src/lockfile/unified.js'
import { runAction, startRunner, type RunnerMachine } from '../support/action.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { startGitHub, type FakeGitHub, type Repository } from '../support/github.js'
import { buildIndex } from '../support/pypi.js'

const EXAMPLE = fileURLToPath(new URL('../../examples/heliocloud/', import.meta.url))
const IMAGES = ['notebook', 'gpu', 'dask']

let folder: string
let server: FileServer
let github: FakeGitHub
let machine: RunnerMachine
let own: Repository

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heliocloud-'))
  const linux = { subdir: 'linux-64' }
  const users = ['sunpy', 'dask', 'distributed', 'dask-gateway', 'jupyterlab', 'ipykernel', 'xarray']
  await buildChannel(join(folder, 'conda-forge'), [
    { name: 'python', version: '3.12.1', ...linux },
    { name: 'pip', version: '25.0', depends: ['python'] },
    { name: 'numpy', version: '2.1', ...linux, depends: ['python'] },
    ...users.map(name => ({ name, version: '2025.1', depends: ['python', 'numpy'] })),
    {
      name: 'tensorflow',
      version: '2.17.0',
      build: 'cuda120py312h02ad488_203',
      ...linux,
      depends: ['python', '__cuda >=12']
    },
    { name: 'tensorflow', version: '2.18.0', build: 'cpu_py312h6ac8430_0', ...linux, depends: ['python'] }
  ])
  await buildIndex(join(folder, 'pypi'), [
    { name: 'hvpy', version: '1.1.0' },
    { name: 'viresclient', version: '0.16.0', requires: ['cdflib'] },
    { name: 'cdflib', version: '1.3.4' }
  ])
  server = await serveDirectory(folder)
  github = await startGitHub()
  machine = await startRunner()
  const upstream = (...specs: string[]) => `channels: [conda-forge, nodefaults]\ndependencies: [${specs.join(', ')}]\n`
  await github.addRepository('pangeo-data/pangeo-docker-images', {
    'base-notebook/environment.yml': upstream('python=3.12', 'pip'),
    'pangeo-notebook/environment.yml': upstream('xarray', 'dask', 'numpy')
  })
  own = await github.addRepository('helio/images', { 'lookup.json': '{}', ...(await exampleFiles()) })
  await machine.checkout(own, 'main')
})

afterAll(async () => {
  await Promise.all([server.close(), github.close(), machine.close()])
  await rm(folder, { recursive: true, force: true })
})

/** The files of the example, with the index on loopback in the place of PyPI. */
async function exampleFiles(): Promise<Record<string, string>> {
  const index = `pip-repositories: ['${server.url}/pypi/simple/']\nallow-pypi-requests: false\n`
  const paths = ['common', ...IMAGES].map(image => `${image}/environment.yml`)
  const entries = paths.map(async path => [path, index + (await readFile(join(EXAMPLE, path), 'utf8'))] as const)
  const settings = await readFile(join(EXAMPLE, 'settings.yml'), 'utf8')
  return { '.github/conda-lock-sync.yml': settings, ...Object.fromEntries(await Promise.all(entries)) }
}

test('three images are locked from two or three files each, one with CUDA builds, pip packages in all', async () => {
  const inputs = {
    mode: 'files',
    'upstream-api-url': github.apiUrl,
    'channel-alias': server.url,
    'pypi-lookup-file': '../lookup.json'
  }
  const run = await runAction(machine, { github, repository: 'helio/images', inputs })
  expect(run.stdout).not.toMatch(/^::error/m)
  expect(run.exitCode).toBe(0)
  const locks = new Map<string, UnifiedLock>()
  for (const image of IMAGES) locks.set(image, parseUnifiedLock((await machine.read(`${image}/conda-lock.yml`)) ?? ''))

  const names = (image: string, manager: string) =>
    (locks.get(image)?.packages ?? [])
      .filter(pin => pin.manager === manager)
      .map(pin => pin.name)
      .sort()
  expect(IMAGES.map(image => names(image, 'pip'))).toEqual([['cdflib', 'hvpy', 'viresclient'], ['hvpy'], ['hvpy']])
  expect(locks.get('gpu')?.packages.find(pin => pin.name === 'tensorflow')).toMatchObject({
    version: '2.17.0',
    build: 'cuda120py312h02ad488_203'
  })
  expect(names('dask', 'conda')).not.toContain('xarray')
  expect(locks.get('notebook')?.sources).toEqual([
    'BNenvironment.yml',
    'NBenvironment.yml',
    '../common/environment.yml',
    'environment.yml'
  ])
  for (const image of IMAGES) expect(await machine.read(`${image}/conda-linux-64.pip.txt`)).toContain('hvpy @ ')
  // What Dask and Python are is the same in all of them.
  const shared = (lock: UnifiedLock | undefined) =>
    lock?.packages.filter(pin => ['python', 'dask', 'distributed', 'numpy'].includes(pin.name)).map(pin => pin.url)
  expect(shared(locks.get('gpu'))).toEqual(shared(locks.get('notebook')))
  expect(shared(locks.get('dask'))).toEqual(shared(locks.get('notebook')))
})
