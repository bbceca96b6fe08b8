/** A toolchain from a mirror, where nothing else is reached, and pip is set up for something else. Takes minutes: each row installs it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { startForwardProxy } from '../support/forward-proxy.js'
import { listen } from '../support/loopback.js'
import { BARE } from '../support/networks.js'
import { annotations, startWorld } from '../support/world.js'

const world = await startWorld()
const folder = await mkdtemp(join(tmpdir(), 'air-gap-'))
const asked: string[] = []
const FILES = 'https://files.pythonhosted.org'
const mirror = await listen(async (request, response) => {
  const path = request.url ?? '/'
  asked.push(path)
  const answer = await fetch(path.startsWith('/simple') ? `https://pypi.org${path}` : `${FILES}${path}`)
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/html' })
  if (path.startsWith('/simple')) response.end((await answer.text()).replaceAll(FILES, mirror.url))
  else response.end(Buffer.from(await answer.arrayBuffer()))
})
const wall = await startForwardProxy()
wall.refuse(403)
const silent = createServer(() => undefined)
await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
const silence = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/simple`
afterAll(async () => {
  silent.close()
  await Promise.all([world.close(), mirror.close(), wall.close()])
  await rm(folder, { recursive: true })
})

const index = `${mirror.url}/simple`
await mkdir(join(folder, 'xdg', 'pip'), { recursive: true })
await writeFile(join(folder, 'xdg', 'pip', 'pip.conf'), `[global]\nindex-url = ${index}\n[install]\nuser = true\n`)

test.each<[string, Readonly<Record<string, string>>]>([
  ['PIP_INDEX_URL', { PIP_INDEX_URL: index }],
  ['UV_INDEX_URL', { UV_INDEX_URL: index }],
  ['a pip.conf in XDG_CONFIG_HOME, which wants to install for the user', { XDG_CONFIG_HOME: join(folder, 'xdg') }],
  ['a silent index before it', { PIP_INDEX_URL: silence, PIP_EXTRA_INDEX_URL: index }],
  [
    'settings of pip that say where to install',
    { PIP_INDEX_URL: index, PIP_USER: '1', PIP_REQUIRE_VIRTUALENV: '1', PIP_TARGET: '/gone', PIP_NO_BINARY: ':all:' }
  ]
])('%s', async (what, environment) => {
  asked.length = 0
  const project = await world.project(what.replaceAll(/[^a-z]+/gi, '-'))
  const run = await project.run({
    inputs: { mode: 'files' },
    environment: {
      ...BARE,
      HTTPS_PROXY: wall.url,
      NO_PROXY: '127.0.0.1',
      RUNNER_TOOL_CACHE: await mkdtemp(join(folder, 'tools-')),
      ...environment
    }
  })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.exitCode).toBe(0)
  expect(asked).toContain('/simple/py-rattler/')
})

test('without a mirror the proxy is named that is in the way', async () => {
  const project = await world.project('no-mirror')
  const run = await project.run({
    inputs: { mode: 'files' },
    environment: { ...BARE, HTTPS_PROXY: wall.url, NO_PROXY: '127.0.0.1', RUNNER_TOOL_CACHE: join(folder, 'none') }
  })
  expect(annotations(run, 'error')[0]).toContain(`the proxy ${wall.url} refuses to connect to pypi.org (status 403)`)
})

test('an index that stays silent is told after seconds', async () => {
  const project = await world.project('silent')
  const run = await project.run({
    inputs: { mode: 'files' },
    environment: { ...BARE, PIP_INDEX_URL: silence, RUNNER_TOOL_CACHE: join(folder, 'none') }
  })
  expect(annotations(run, 'error')[0]).toContain('conda-lock and py-rattler cannot be installed: 127.0.0.1')
})
