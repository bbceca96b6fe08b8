/** docs/networks.md lists every host that is contacted: a run with all the defaults, behind a proxy that records. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { ROOT, runAction, startRunner } from '../support/action.js'
import { buildChannel, serveDirectory } from '../support/channel.js'
import { startForwardProxy } from '../support/forward-proxy.js'
import { startGitHub } from '../support/github.js'
import { listen } from '../support/loopback.js'
import { BARE } from '../support/networks.js'
import { buildIndex } from '../support/pypi.js'
import { startAuthority } from '../support/tls-front.js'
import { annotations } from '../support/world.js'

const folder = await mkdtemp(join(tmpdir(), 'hosts-'))
const version = execFileSync('python3', ['-c', 'import platform; print(platform.python_version())'], {
  encoding: 'utf8'
})
const python = version.trim()
await buildChannel(join(folder, 'conda-forge'), [
  { name: 'python', version: python, subdir: 'linux-64' },
  { name: 'pip', version: '25.0', depends: ['python'] }
])
await buildIndex(join(folder, 'pypi'), [{ name: 'sunpy-soar', version: '1.11' }])
const files = await serveDirectory(folder)
const names = await listen((_request, response) => Promise.resolve(void response.end('{}')))
const github = await startGitHub()
const authority = await startAuthority()
const fronts = {
  'api.github.com': await authority.front(github.url, ['api.github.com']),
  'conda.anaconda.org': await authority.front(files.url, ['conda.anaconda.org']),
  'raw.githubusercontent.com': await authority.front(names.url, ['raw.githubusercontent.com'])
}
const hosts = Object.fromEntries(Object.entries(fronts).map(([name, { url }]) => [name, url]))
const proxy = await startForwardProxy({ hosts })
const machine = await startRunner()
afterAll(async () => {
  const servers = [files, names, github, authority, proxy, machine, ...Object.values(fronts)]
  await Promise.all(servers.map(server => server.close()))
  await rm(folder, { recursive: true })
})

/** The rows of the table by the host that they are about. */
async function documented(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(ROOT, 'docs', 'networks.md'), 'utf8')
  const rows = text.split('\n').filter(line => line.startsWith('| `'))
  return new Map(rows.map(row => [/^\| `([^`]+)`/.exec(row)?.[1] ?? '', row]))
}

test('the hosts that a run contacts are those that the documentation lists', async () => {
  const index = `pip-repositories: ['${files.url}/pypi/simple/']\nallow-pypi-requests: false\n`
  const own = `channels: [conda-forge]\n${index}dependencies: [python=${python}, pip, {pip: [sunpy-soar]}]\n`
  github.addToken('token', { contents: 'write', 'pull-requests': 'write' })
  await github.addRepository('pangeo/images', {
    'pangeo-notebook/environment.yml': 'channels: [conda-forge]\ndependencies: [python]\n'
  })
  await machine.checkout(await github.addRepository('helio/image', { 'environment.yml': own }), 'main')
  const run = await runAction(machine, {
    github,
    repository: 'helio/image',
    inputs: { token: 'token', 'upstream-repository': 'pangeo/images' },
    environment: {
      ...BARE,
      HTTPS_PROXY: proxy.url,
      HTTP_PROXY: proxy.url,
      NO_PROXY: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: authority.file,
      GITHUB_API_URL: 'https://api.github.com',
      GITHUB_SERVER_URL: 'https://github.com',
      RUNNER_TOOL_CACHE: join(folder, 'tools'),
      XDG_CACHE_HOME: join(folder, 'cache') // where conda-lock keeps the table of names, of which this one is made up
    }
  })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.outputs.operation).toBe('created')
  const rows = await documented()
  const expected = [...rows].filter(([, row]) => !row.includes('cache service')).map(([host]) => host)
  expect([...new Set(proxy.asked.map(one => one.replace(/:\d+$/, '')))].sort()).toEqual(expected.sort())
})
