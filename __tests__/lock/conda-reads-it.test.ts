/** conda 26.5 and newer read `conda-lock.yml` by themselves; here their own reader says what it makes of ours. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { readByConda } from '../support/conda-reader.js'
import { lockOnce } from '../support/lock-once.js'
import { buildIndex } from '../support/pypi.js'

let folder: string
let server: FileServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conda-reads-'))
  await buildChannel(join(folder, 'conda-forge'), [
    { name: 'python', version: '3.12.11', build: 'h9e4cc4f_0_cpython', subdir: 'linux-64' },
    { name: 'pip', version: '25.0', depends: ['python'] },
    { name: 'dask', version: '2025.7.0', depends: ['python'] }
  ])
  await buildIndex(join(folder, 'pypi'), [{ name: 'sunpy-soar', version: '1.11' }])
  server = await serveDirectory(folder)
  await writeFile(join(folder, 'lookup.json'), '{}')
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

async function lockOf(dependencies: string): Promise<{ readonly file: string; readonly urls: readonly string[] }> {
  const index = `pip-repositories: ['${server.url}/pypi/simple/']\nallow-pypi-requests: false\n`
  const { locked } = await lockOnce({
    environments: { 'environment.yml': `${index}channels: [conda-forge]\ndependencies: ${dependencies}\n` },
    alias: server.url,
    lookup: join(folder, 'lookup.json')
  })
  const file = join(folder, `${locked.unified.packages.length}.yml`)
  await writeFile(file, locked.lockfile.text)
  return { file, urls: locked.unified.packages.map(pin => pin.url).sort() }
}

test('it takes the lockfile, and would install what is locked', async () => {
  const { file, urls } = await lockOf('[python=3.12, dask]')
  expect(urls).toHaveLength(3)
  expect(await readByConda([file], 'linux-64')).toEqual([urls])
})

test('it refuses one with packages from PyPI, as docs/use-the-lockfiles.md says', async () => {
  const { file } = await lockOf('[python=3.12, dask, pip: [sunpy-soar]]')
  expect(await readByConda([file], 'linux-64')).toEqual([
    { refused: expect.stringMatching(/^field 'package\.\d\.manager': Input should be 'conda' or 'pypi'$/) }
  ])
})
