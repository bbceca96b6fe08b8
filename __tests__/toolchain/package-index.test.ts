/** Which index the toolchain comes from, as pip and uv are set up on the machine; pip itself is asked. */
import { afterAll, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chooseIndex, indexFor, readPackageIndex, type PackageIndex } from '../../src/toolchain/package-index.js'
import { listen } from '../support/loopback.js'

const folder = await mkdtemp(join(tmpdir(), 'package-index-'))
const home = join(folder, 'home')
await mkdir(join(home, '.config', 'pip'), { recursive: true })
await mkdir(join(folder, 'xdg', 'pip'), { recursive: true })
await mkdir(join(folder, 'empty'))
const PIP_CONF = `[global]
index-url = https://ann:geheim@mirror.example/simple
trusted-host = mirror.example
proxy = http://proxy.example:3128
[install]
extra-index-url =
    https://one.example/simple
    https://two.example/simple
user = true
`
await writeFile(join(home, '.config', 'pip', 'pip.conf'), PIP_CONF)
await writeFile(join(folder, 'xdg', 'pip', 'pip.conf'), '[global]\nno-index = true\nfind-links = /srv/wheels\n')
afterAll(() => rm(folder, { recursive: true }))

const plain = { PATH: process.env.PATH, HOME: join(folder, 'empty'), PIP_CONFIG_FILE: '/dev/null' }
const read = (environment: NodeJS.ProcessEnv) => readPackageIndex('python3', environment)

test('without settings it is PyPI', async () => {
  expect(await read(plain)).toMatchObject({ indexes: ['https://pypi.org/simple'], findLinks: [], access: {} })
})

test("pip's variables", async () => {
  const environment = {
    ...plain,
    PIP_INDEX_URL: 'https://a.example',
    PIP_EXTRA_INDEX_URL: 'https://b.example https://c.example'
  }
  expect(await read(environment)).toMatchObject({
    indexes: ['https://a.example', 'https://b.example', 'https://c.example']
  })
  expect(await read({ ...plain, PIP_NO_INDEX: '1', PIP_FIND_LINKS: '/a /b' })).toMatchObject({
    indexes: [],
    findLinks: ['/a', '/b']
  })
})

test("uv's variables come first, and their indexes may have names", async () => {
  const pip = { ...plain, PIP_INDEX_URL: 'https://pip.example' }
  expect(await read({ ...pip, UV_INDEX_URL: 'https://uv.example' })).toMatchObject({ indexes: ['https://uv.example'] })
  expect(await read({ ...pip, UV_INDEX: 'inner=https://in.example/x=y' })).toMatchObject({
    indexes: ['https://pip.example', 'https://in.example/x=y']
  })
})

test('a pip.conf at home, with the way to the index', async () => {
  const environment = { PATH: process.env.PATH, HOME: home }
  expect(await read(environment)).toMatchObject({
    indexes: ['https://ann:geheim@mirror.example/simple', 'https://one.example/simple', 'https://two.example/simple'],
    access: { UV_INSECURE_HOST: 'mirror.example', ALL_PROXY: 'http://proxy.example:3128' }
  })
})

test('a pip.conf in XDG_CONFIG_HOME', async () => {
  const environment = { PATH: process.env.PATH, HOME: join(folder, 'empty'), XDG_CONFIG_HOME: join(folder, 'xdg') }
  expect(await read(environment)).toMatchObject({ indexes: [], findLinks: ['/srv/wheels'] })
})

test('without pip the variables count alone', async () => {
  const environment = { ...plain, PIP_INDEX_URL: 'https://a.example' }
  expect(await readPackageIndex('/bin/false', environment)).toMatchObject({ indexes: ['https://a.example'] })
})

describe('an index that gives no answer', () => {
  const index = (...indexes: string[]): PackageIndex => ({ indexes, findLinks: [], access: {}, doubt: undefined })

  async function silentServer() {
    const server = createServer(() => undefined)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { url: `http://ann:geheim@127.0.0.1:${port}/simple`, close: () => server.close() }
  }

  test('is left out, refused or silent', async () => {
    const alive = await listen((_request, response) => Promise.resolve(void response.writeHead(403).end()))
    const gone = await listen(() => Promise.resolve())
    await gone.close()
    const silent = await silentServer()
    try {
      expect(await chooseIndex(index(gone.url, silent.url, alive.url))).toMatchObject({ indexes: [alive.url] })
    } finally {
      await alive.close()
      silent.close()
    }
  })

  test('is an error when nothing is left', async () => {
    const gone = await listen(() => Promise.resolve())
    await gone.close()
    await expect(chooseIndex(index(gone.url.replace('://', '://ann:geheim@')))).rejects.toMatchObject({
      kind: 'toolchain',
      message: expect.stringMatching(
        /^conda-lock and py-rattler cannot be installed: 127\.0\.0\.1:\d+ could not be reached/
      )
    })
  })

  test('is asked once more when it is the only one', async () => {
    let asked = 0
    const busy = await listen((_request, response) => {
      asked += 1
      if (asked > 1) response.writeHead(200).end()
      return Promise.resolve()
    })
    expect(await chooseIndex(index(busy.url))).toMatchObject({ indexes: [busy.url] })
    expect(asked).toBe(2)
    await busy.close()
  })

  test('leaves folders with packages', async () => {
    const gone = await listen(() => Promise.resolve())
    await gone.close()
    const wheels = { ...index(gone.url), findLinks: ['/srv/wheels'] }
    expect(await chooseIndex(wheels)).toMatchObject({ indexes: [], findLinks: ['/srv/wheels'] })
  })
})

test('the installers get the index as variables, and no others of the kind', () => {
  const index: PackageIndex = {
    indexes: ['https://a', 'https://b'],
    findLinks: ['/x', '/y'],
    access: {},
    doubt: undefined
  }
  const environment = { PATH: '/bin', UV_INDEX_URL: 'https://old', PIP_EXTRA_INDEX_URL: 'https://old' }
  expect(indexFor('uv', index, environment)).toEqual({
    PATH: '/bin',
    PIP_EXTRA_INDEX_URL: 'https://old',
    UV_DEFAULT_INDEX: 'https://a',
    UV_INDEX: 'https://b',
    UV_NO_INDEX: '0',
    UV_FIND_LINKS: '/x,/y'
  })
  expect(indexFor('pip', { ...index, indexes: [] }, { PATH: '/bin' })).toEqual({
    PATH: '/bin',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: '/x /y'
  })
})
