import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { parseUnifiedLock, type UnifiedLock } from '../../src/lockfile/unified.js'
import { runAction, startRunner, type RunnerMachine } from '../support/action.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { startGitHub, type FakeGitHub, type Repository } from '../support/github.js'
import { buildIndex } from '../support/pypi.js'

const EXAMPLE = fileURLToPath(new URL('../../examples/heliocloud/', import.meta.url))
const IMAGES = ['notebook', 'gpu', 'dask']

interface Step {
  readonly uses: string
  readonly with?: Readonly<Record<string, string>>
}
interface Workflow {
  readonly jobs: {
    readonly sync: {
      readonly strategy: { readonly matrix: { readonly include: Record<string, string>[] } }
      readonly steps: Step[]
    }
  }
}

let folder: string
let server: FileServer
let github: FakeGitHub
let machine: RunnerMachine
let own: Repository
let workflow: Workflow

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
      version: '2.15',
      build: 'cuda118py312h02dcf96_0',
      ...linux,
      depends: ['python', '__cuda >=11.8']
    },
    { name: 'tensorflow', version: '2.16', build: 'cpu_py312h85f0d7b_0', ...linux, depends: ['python'] }
  ])
  await buildIndex(join(folder, 'pypi'), [
    { name: 'hissw', version: '2.3' },
    { name: 'speasy', version: '1.5', requires: ['hapiclient'] },
    { name: 'hapiclient', version: '0.2' }
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
  workflow = parse(await readFile(join(EXAMPLE, 'workflow.yml'), 'utf8')) as Workflow
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
  return Object.fromEntries(await Promise.all(entries))
}

/** Runs the action as the workflow would for one entry of its matrix. */
async function lockImage(matrix: Readonly<Record<string, string>>): Promise<UnifiedLock> {
  const step = workflow.jobs.sync.steps.find(({ uses }) => uses.startsWith('conda-lock-sync/'))
  const filled = Object.entries(step?.with ?? {}).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{\{ matrix\.(\w+) \}\}/g, (_match, key: string) => matrix[key] ?? '')
  ])
  const onLoopback = {
    mode: 'files',
    'upstream-api-url': github.apiUrl,
    'channel-alias': server.url,
    'pypi-lookup-file': '../lookup.json'
  }
  const inputs = { ...(Object.fromEntries(filled) as Record<string, string>), ...onLoopback }
  const run = await runAction(machine, { github, repository: 'helio/images', inputs })
  expect(run.stdout).not.toMatch(/^::error/m)
  expect(run.exitCode).toBe(0)
  return parseUnifiedLock((await machine.read(`${matrix.image ?? ''}/conda-lock.yml`)) ?? '')
}

test('three images are locked from two or three files each, one with CUDA builds, pip packages in all', async () => {
  const locks = new Map<string, UnifiedLock>()
  for (const matrix of workflow.jobs.sync.strategy.matrix.include)
    locks.set(matrix.image ?? '', await lockImage(matrix))

  expect([...locks.keys()]).toEqual(IMAGES)
  const names = (image: string, manager: string) =>
    (locks.get(image)?.packages ?? [])
      .filter(pin => pin.manager === manager)
      .map(pin => pin.name)
      .sort()
  expect(IMAGES.map(image => names(image, 'pip'))).toEqual([['hapiclient', 'hissw', 'speasy'], ['hissw'], ['hissw']])
  expect(locks.get('gpu')?.packages.find(pin => pin.name === 'tensorflow')).toMatchObject({
    version: '2.15',
    build: 'cuda118py312h02dcf96_0'
  })
  expect(names('dask', 'conda')).not.toContain('xarray')
  expect(locks.get('notebook')?.sources).toEqual([
    'BNenvironment.yml',
    'NBenvironment.yml',
    '../common/environment.yml',
    'environment.yml'
  ])
  for (const image of IMAGES) expect(await machine.read(`${image}/conda-linux-64.pip.txt`)).toContain('hissw @ ')
  // What Dask and Python are is the same in all of them.
  const shared = (lock: UnifiedLock | undefined) =>
    lock?.packages.filter(pin => ['python', 'dask', 'distributed', 'numpy'].includes(pin.name)).map(pin => pin.url)
  expect(shared(locks.get('gpu'))).toEqual(shared(locks.get('notebook')))
  expect(shared(locks.get('dask'))).toEqual(shared(locks.get('notebook')))
})
