/** Behind a forward proxy: each request decides by its own host. */
import { afterAll, expect, test } from '@jest/globals'
import { startForwardProxy, type ForwardProxy, type ForwardProxyOptions } from '../support/forward-proxy.js'
import { BARE } from '../support/networks.js'
import { annotations, startWorld } from '../support/world.js'

const world = await startWorld()
const proxies: ForwardProxy[] = []
afterAll(() => Promise.all([world, ...proxies].map(one => one.close())))

const PUBLIC = 'api.github.test'
const INSIDE = 'ghes.example'

async function startProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const proxy = await startForwardProxy({
    hosts: { [PUBLIC]: world.github.url, [INSIDE]: world.github.url },
    ...options
  })
  proxies.push(proxy)
  return proxy
}

const named = (host: string) => `http://${host}/api/v3`
const hostsOf = ({ asked }: ForwardProxy) => [...new Set(asked.map(one => one.replace(/:\d+$/, '')))]

/** The proxy under its name in one case or the other, and what is asked without it. */
const through = (proxy: string, direct = '127.0.0.1') => ({ ...BARE, HTTP_PROXY: proxy, no_proxy: direct })

test('the own GitHub inside, upstream through the proxy', async () => {
  const proxy = await startProxy()
  const project = await world.project('upstream-outside')
  const run = await project.run({ inputs: { 'upstream-api-url': named(PUBLIC) }, environment: through(proxy.url) })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.outputs.operation).toBe('created')
  expect(hostsOf(proxy)).toEqual([PUBLIC])
})

test('upstream inside, the own GitHub through the proxy', async () => {
  const proxy = await startProxy()
  const project = await world.project('upstream-inside')
  const environment = { ...through(proxy.url), GITHUB_API_URL: named(INSIDE) }
  const run = await project.run({ environment })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.outputs.operation).toBe('created')
  expect(hostsOf(proxy)).toEqual([INSIDE])
})

test('credentials in the address of the proxy are used, and never told', async () => {
  const proxy = await startProxy({ credentials: 'ann:p@ss w' })
  const project = await world.project('credentials')
  const environment = through(proxy.url.replace('://', '://ann:p%40ss%20w@'))
  const run = await project.run({
    inputs: { 'upstream-api-url': named(PUBLIC), 'channel-alias': 'http://conda.test' },
    environment
  })
  expect(annotations(run, 'error')[0]).toContain('http://conda.test')
  expect(hostsOf(proxy)).toEqual([PUBLIC, 'conda.test'])
  expect(run.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toMatch(/p%40ss|p@ss/)
})

test.each([
  [403, `Let the proxy allow ${PUBLIC}; or, if the runner reaches that host without it, name the host in NO_PROXY.`],
  [407, 'Put the user and the password that the proxy wants into its address, in HTTPS_PROXY or HTTP_PROXY']
])('a proxy that refuses with %i is named, and asked once', async (status, hint) => {
  const proxy = await startProxy()
  proxy.refuse(status)
  const project = await world.project(`refused-${status}`)
  const environment = through(proxy.url.replace('://', '://ann:geheim@'))
  const run = await project.run({ inputs: { 'upstream-api-url': named(PUBLIC), mode: 'files' }, environment })
  const [error] = annotations(run, 'error')
  expect(error).toContain(`the proxy ${proxy.url} refuses to connect to ${PUBLIC} (status ${status})`)
  expect(error).toContain(hint)
  expect(proxy.refused).toEqual([`${PUBLIC}:80`])
})

test('a proxy that is not there is named', async () => {
  const proxy = await startForwardProxy()
  await proxy.close()
  const project = await world.project('no-proxy-there')
  const run = await project.run({
    inputs: { 'upstream-api-url': named(PUBLIC), mode: 'files' },
    environment: through(proxy.url.replace('://', '://ann:geheim@'))
  })
  const [error] = annotations(run, 'error')
  expect(error).toContain(`the proxy ${proxy.url}, which was to connect to ${PUBLIC}, could not be reached`)
  expect(error).not.toMatch(/githubstatus|geheim/)
})

test('an address of a proxy that is none is told before anything is asked', async () => {
  const project = await world.project('odd-proxy')
  const run = await project.run({
    inputs: { mode: 'files' },
    environment: { ...BARE, HTTP_PROXY: 'socks5://ann:geheim@127.0.0.1:1080' }
  })
  expect(annotations(run, 'error')[0]).toContain('The variable HTTP_PROXY is not the address of an HTTP proxy.')
  expect(run.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain('geheim')
})
