import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { startCacheService, type CacheService } from '../support/cache-service.js'
import { toolchainBin } from '../support/toolchain-paths.js'
import { annotations, startWorld, type World } from '../support/world.js'

let world: World
let folder: string
const services: CacheService[] = []

beforeAll(async () => {
  world = await startWorld()
  folder = await mkdtemp(join(tmpdir(), 'tool-cache-'))
})

afterAll(async () => {
  await Promise.all([world.close(), ...services.map(service => service.close())])
  await rm(folder, { recursive: true, force: true })
})

async function service(): Promise<CacheService> {
  const started = await startCacheService()
  services.push(started)
  return started
}

/** A machine without the toolchain, on which installing one takes no time: its uv links what the tests have installed. */
async function newMachine(): Promise<Readonly<Record<string, string>>> {
  const machine = await mkdtemp(join(folder, 'machine-'))
  const installed = dirname(await toolchainBin())
  const link = `for made; do :; done; mkdir -p "$made"; ln -s ${['bin', 'lib', 'pyvenv.cfg'].map(name => join(installed, name)).join(' ')} "$made"`
  await writeFile(join(machine, 'uv'), `#!/bin/sh\nif [ "$1" = venv ]; then ${link}; fi\n`, { mode: 0o755 })
  return { RUNNER_TOOL_CACHE: join(machine, 'tools'), PATH: `${machine}${delimiter}${process.env.PATH ?? ''}` }
}

test('new machines take the toolchain from the cache of the runner, several runs at once, too, and a damaged one costs a line', async () => {
  const { environment, entries } = await service()
  const project = await world.project('kept')
  const tools = join(folder, 'tools')
  const start = async (more: Readonly<Record<string, string>>, machine = project.machine) =>
    project.run({
      inputs: { mode: 'files' },
      machine,
      environment: { ...environment, RUNNER_TOOL_CACHE: tools, ...more }
    })
  const run = async (more: Readonly<Record<string, string>> = {}) => {
    await rm(tools, { recursive: true, force: true })
    return start(more)
  }
  expect((await run()).exitCode).toBe(0)
  expect([...entries.keys()]).toEqual([expect.stringContaining('conda-lock-sync-toolchain-')])
  expect(await readdir(join(tools, 'conda-lock-sync'))).toHaveLength(2)

  const noIndex = { PIP_NO_INDEX: '1', UV_OFFLINE: '1' }
  const restored = await run(noIndex)
  expect(annotations(restored, 'error')).toEqual([])
  expect(restored.exitCode).toBe(0)

  await rm(tools, { recursive: true })
  const runners = await Promise.all([world.machine(), world.machine(), world.machine()])
  const atOnce = await Promise.all(runners.map(machine => start(noIndex, machine)))
  expect(atOnce.flatMap(each => annotations(each, 'error'))).toEqual([])
  expect(atOnce.map(({ stdout }) => /is damaged|Nothing was restored/.test(stdout))).toEqual([false, false, false])
  expect(await readdir(join(tools, 'conda-lock-sync'))).toHaveLength(2)

  for (const [key, content] of entries) entries.set(key, content.subarray(0, content.length / 2))
  const damaged = await run(noIndex)
  expect(annotations(damaged, 'error')[0]).toContain('pip could not install conda-lock')
  expect(await readdir(join(tools, 'conda-lock-sync'))).toEqual([])
})

test.concurrent.each<[string, 'silent' | number, RegExp]>([
  ['silent', 'silent', /Nothing was restored from the runner's cache: it did not answer within 5 s/],
  ['out of order', 503, /Nothing was restored from the runner's cache: /],
  ['full', 507, /Nothing was restored from the runner's cache: /]
])('a cache that is %s costs seconds and lines, and decides nothing', async (what, how, line) => {
  const broken = await service()
  broken.fail(how)
  const project = await world.project(what.replaceAll(' ', '-'))
  const environment = { ...broken.environment, ...(await newMachine()) }
  const run = await project.run({ inputs: { mode: 'files' }, environment })
  expect(run.exitCode).toBe(0)
  expect(run.outputs.changed).toBe('true')
  expect(run.stdout).toMatch(line)
  expect(run.stdout.match(/Nothing was (?:restored|kept)/g)).toHaveLength(2)
  expect([...annotations(run, 'warning'), ...annotations(run, 'error')]).toEqual([])
  expect(run.stdout.indexOf('Nothing was kept')).toBeGreaterThan(run.stdout.indexOf('Seconds: '))
})

test.concurrent('a cache that answers is waited for, though not without end', async () => {
  const slow = await service()
  const project = await world.project('slow')
  const run = async (machine: Readonly<Record<string, string>>) =>
    project.run({ inputs: { mode: 'files' }, environment: { ...slow.environment, ...machine } })
  slow.delayStorage(5500)
  expect((await run(await newMachine())).stdout).not.toContain('Nothing was kept')
  expect(slow.entries.size).toBe(1)

  const noIndex = { PIP_NO_INDEX: '1', UV_OFFLINE: '1' }
  const restored = await run({ ...noIndex, RUNNER_TOOL_CACHE: join(folder, 'slow') })
  expect(annotations(restored, 'error')).toEqual([])

  slow.delayStorage(Infinity)
  const endless = await run(await newMachine())
  expect(endless.stdout).toContain("Nothing was restored from the runner's cache: it was not done within 20 s")
  expect(endless.exitCode).toBe(0)
})

test.concurrent('a cache that keeps nothing, or is not there, does not disturb the run', async () => {
  const readOnly = await service()
  readOnly.refuse()
  const gone = await startCacheService()
  await gone.close()
  const project = await world.project('read-only')
  for (const { environment } of [readOnly, gone]) {
    const result = await project.run({
      inputs: { mode: 'files' },
      environment: { ...environment, ...(await newMachine()) }
    })
    expect(result.exitCode).toBe(0)
    expect(annotations(result, 'error')).toEqual([])
  }
})
