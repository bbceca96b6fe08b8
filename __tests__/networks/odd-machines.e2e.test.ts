/** Machines that are set up in odd ways, as far as they can be made up without root and in seconds. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { annotations, startWorld } from '../support/world.js'

const world = await startWorld()
const folder = await mkdtemp(join(tmpdir(), 'odd-machines-'))
afterAll(() => Promise.all([world.close(), rm(folder, { recursive: true, force: true })]))

test('a tool cache that cannot be made: the temporary folder is used, which costs a line', async () => {
  const file = join(folder, 'a-file')
  await writeFile(file, '')
  const project = await world.project('no-tool-cache')
  const run = await project.run({ inputs: { mode: 'files' }, environment: { RUNNER_TOOL_CACHE: join(file, 'tools') } })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.exitCode).toBe(0)
  expect(run.stdout.match(/cannot be written to, so what is fetched is kept in the temporary folder/g)).toHaveLength(1)
})

test.each<[string, Readonly<Record<string, string | undefined>>]>([
  ['no HOME', { HOME: undefined }],
  ['a HOME that is not there', { HOME: '/gone', XDG_CACHE_HOME: undefined }],
  ['no HOME, and a cache folder that cannot be made', { HOME: undefined, XDG_CACHE_HOME: '/dev/null/cache' }],
  ['variables of another Python', { PYTHONHOME: '/gone', PYTHONPATH: folder }]
])('%s', async (what, environment) => {
  await writeFile(join(folder, 'yaml.py'), 'raise SystemExit("not this yaml")\n')
  const project = await world.project(what.replaceAll(/[^a-z]+/gi, '-'))
  const run = await project.run({ inputs: { mode: 'files' }, environment })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.exitCode).toBe(0)
})

test('Windows is refused with a sentence', async () => {
  const windows = "data:text/javascript,Object.defineProperty(process,'platform',{value:'win32'})"
  const project = await world.project('windows')
  const run = await project.run({ inputs: { mode: 'files' }, environment: { NODE_OPTIONS: `--import "${windows}"` } })
  expect(run.exitCode).toBe(1)
  expect(annotations(run, 'error').map(text => text.trim())).toEqual([
    '::error title=Input of the action::conda-lock-sync does not run on Windows. Use a runner with Linux or macOS (`runs-on: ubuntu-latest`), or WSL; it locks for win-64 from there, too.'
  ])
})
