/** What a proxy costs that accepts connections and never answers: the seconds of each row beyond those of the first. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { BARE } from '../support/networks.js'
import { annotations, startWorld } from '../support/world.js'

const world = await startWorld()
const folder = await mkdtemp(join(tmpdir(), 'silence-'))
const silent = createServer(() => undefined)
await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
const proxy = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
afterAll(async () => {
  silent.close()
  await Promise.all([world.close(), rm(folder, { recursive: true })])
})

const through = { ...BARE, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1' }

test('a silent proxy that nothing goes through costs nothing', async () => {
  const project = await world.project('aside')
  const run = await project.run({ inputs: { mode: 'files' }, environment: through })
  expect(annotations(run, 'error')).toEqual([])
})

test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
  ['github.test', { 'upstream-api-url': 'http://github.test/api/v3' }, {}],
  ['conda.test', { 'channel-alias': 'http://conda.test' }, {}],
  ['pypi.org', {}, { RUNNER_TOOL_CACHE: join(folder, 'tools') }]
])('a silent proxy before %s is named', async (host, inputs, environment) => {
  const project = await world.project(host.replace('.', '-'))
  const run = await project.run({ inputs: { mode: 'files', ...inputs }, environment: { ...through, ...environment } })
  expect(annotations(run, 'error')[0]).toContain(`the proxy ${proxy} did not connect to ${host} within 4 s`)
})
