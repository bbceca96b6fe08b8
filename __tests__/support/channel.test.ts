import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildChannel, type FileServer, serveDirectory } from './channel.js'
import { buildIndex } from './pypi.js'

const execFileAsync = promisify(execFile)

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'channel-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

describe('buildChannel', () => {
  interface Repodata {
    packages: Record<string, Record<string, unknown>>
  }
  const repodata = async (subdir: string) =>
    (JSON.parse(await readFile(join(folder, subdir, 'repodata.json'), 'utf8')) as Repodata).packages
  const archive = (subdir: string, name: string) => readFile(join(folder, subdir, name))
  const list = (subdir: string, name: string) =>
    execFileSync('tar', ['-tjf', join(folder, subdir, name)], { encoding: 'utf8' })
      .trim()
      .split('\n')

  test('writes archives and the records that describe them', async () => {
    const depends = ['python >=3.11']
    await buildChannel(folder, [
      { name: 'zlib', version: '1.3', subdir: 'linux-64', timestamp: 5 },
      {
        name: 'dask',
        version: '2025.1',
        buildNumber: 2,
        depends,
        files: { 'etc/a b': 'text' },
        scripts: { 'bin/x': '' }
      }
    ])
    const content = await archive('noarch', 'dask-2025.1-pyhd8ed1ab_2.tar.bz2')
    expect((await repodata('noarch'))['dask-2025.1-pyhd8ed1ab_2.tar.bz2']).toMatchObject({
      ...{
        name: 'dask',
        version: '2025.1',
        build: 'pyhd8ed1ab_2',
        build_number: 2,
        subdir: 'noarch',
        depends,
        constrains: []
      },
      sha256: createHash('sha256').update(content).digest('hex'),
      size: content.length
    })
    expect(list('noarch', 'dask-2025.1-pyhd8ed1ab_2.tar.bz2')).toEqual(
      expect.arrayContaining(['info/index.json', 'info/paths.json', 'share/dask/2025.1', 'etc/a b', 'bin/x'])
    )
    expect(await repodata('linux-64')).toMatchObject({ 'zlib-1.3-hb9d3cd8_0.tar.bz2': { timestamp: 5 } })
  })

  test('adds to what is there, yanks, and gives the same bytes for the same package', async () => {
    await buildChannel(folder, [{ name: 'a', version: '1' }])
    const before = await archive('noarch', 'a-1-pyhd8ed1ab_0.tar.bz2')
    await buildChannel(folder, [
      { name: 'a', version: '1' },
      { name: 'a', version: '2' }
    ])
    expect(await archive('noarch', 'a-1-pyhd8ed1ab_0.tar.bz2')).toEqual(before)
    expect(Object.keys(await repodata('noarch'))).toEqual(['a-1-pyhd8ed1ab_0.tar.bz2', 'a-2-pyhd8ed1ab_0.tar.bz2'])
    await buildChannel(folder, [], { remove: ['a-1-pyhd8ed1ab_0.tar.bz2'] })
    expect(Object.keys(await repodata('noarch'))).toEqual(['a-2-pyhd8ed1ab_0.tar.bz2'])
    await expect(buildChannel(folder, [], { remove: ['b'] })).rejects.toThrow('cannot remove b')
  })

  test('has a noarch folder even without packages', async () => {
    await buildChannel(folder, [])
    expect(await repodata('noarch')).toEqual({})
  })

  test('makes a Python with a pip that installs from an index', async () => {
    const channel = join(folder, 'channel')
    await buildChannel(channel, [
      { name: 'python', version: '3.11.9', subdir: 'linux-64', realPython: true },
      { name: 'pip', version: '25.0', realPip: true }
    ])
    const prefix = join(folder, 'prefix')
    await mkdir(prefix)
    for (const name of ['linux-64/python-3.11.9-h9e4cc4f_0_cpython.tar.bz2', 'noarch/pip-25.0-pyhd8ed1ab_0.tar.bz2']) {
      execFileSync('tar', ['-xjf', join(channel, name), '-C', prefix])
    }
    const marker = join(folder, 'built')
    await buildIndex(folder, [
      { name: 'Some.Pkg', version: '1.0', requires: ['dep_a<2'] },
      { name: 'dep_a', version: '1.5' },
      { name: 'sources', version: '1.0', buildMarker: marker }
    ])
    await buildIndex(folder, [{ name: 'dep-a', version: '2.0' }])

    const server = await serveDirectory(folder)
    const python = async (...args: string[]) => (await execFileAsync(join(prefix, 'bin/python'), args)).stdout.trim()
    const options = ['-m', 'pip', '--isolated', '--disable-pip-version-check', '-q']
    const index = ['--no-cache-dir', '--index-url', `${server.url}/simple/`]
    try {
      await python(...options, 'install', ...index, 'some-pkg')
      const versions = await python('-c', 'import sys, some_pkg, dep_a; print(sys.prefix, dep_a.__version__)')
      expect(versions).toBe(`${prefix} 1.5`)
      await expect(access(marker)).rejects.toThrow()
      await python(...options, 'download', ...index, '--dest', folder, 'sources')
      await access(marker)
    } finally {
      await server.close()
    }
  })
})

describe('serveDirectory', () => {
  let server: FileServer
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${server.url}${path}`, { headers, method })

  /** fetch resolves `..` by itself; this sends the path as it is. */
  const rawStatus = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(server.url, { path }, response => {
        resolve(response.resume().statusCode)
      })
        .on('error', reject)
        .end()
    })

  beforeEach(async () => {
    await mkdir(join(folder, 'root', 'sub'), { recursive: true })
    await writeFile(join(folder, 'root', 'a.json'), '0123456789')
    await writeFile(join(folder, 'root', 'sub', 'index.html'), '<p>')
    await writeFile(join(folder, 'secret'), 'secret')
    await symlink('../secret', join(folder, 'root', 'link'))
    server = await serveDirectory(join(folder, 'root'))
  })

  afterEach(async () => {
    await server.close()
  })

  test('serves files and index pages, lists no folders, and keeps a record', async () => {
    const response = await get('/a.json', { authorization: 'me' })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toBe('0123456789')
    expect(await (await get('/sub/')).text()).toBe('<p>')
    expect((await get('/sub')).status).toBe(404)
    expect((await get('/')).status).toBe(404)
    expect((await get('/a.json', {}, 'POST')).status).toBe(405)
    const head = await get('/a.json', {}, 'HEAD')
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', ''])
    expect(server.requests[0]).toEqual({ path: '/a.json', status: 200, bytes: 10, authorization: 'me' })
    expect(server.requests).toHaveLength(6)
  })

  test.each(['/../secret', '/%2e%2e/secret', '/..%2fsecret', '/link', '/%00', '/%'])('refuses %s', async path => {
    expect(await rawStatus(path)).toBe(404)
  })

  test('answers 304 until the file changes', async () => {
    const { headers } = await get('/a.json')
    const tag = { 'if-none-match': headers.get('etag') ?? '' }
    expect((await get('/a.json', tag)).status).toBe(304)
    expect((await get('/a.json', { 'if-modified-since': headers.get('last-modified') ?? '' })).status).toBe(304)
    await writeFile(join(folder, 'root', 'a.json'), '9876543210')
    expect((await get('/a.json', tag)).status).toBe(200)
  })

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['lines=1-2', 200, '0123456789', null]
  ])('range %s gives %d', async (range, status, text, contentRange) => {
    const response = await get('/a.json', { range })
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
      ...[status, text, contentRange]
    ])
  })

  test('fails, as often as asked', async () => {
    server.fail(/a\.json$/g, 503, 2)
    const statuses = [await get('/a.json'), await get('/a.json'), await get('/a.json')].map(({ status }) => status)
    expect(statuses).toEqual([503, 503, 200])
  })

  test('truncates', async () => {
    server.truncate(/a\.json/)
    const response = await get('/a.json')
    expect(response.headers.get('content-length')).toBe('10')
    await expect(response.text()).rejects.toThrow()
    expect(server.requests).toMatchObject([{ status: 200, bytes: 5 }])
  })

  test('lets nobody in without the right header', async () => {
    server.requireAuthorization('Bearer right')
    expect((await get('/a.json', { authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await get('/a.json', { authorization: 'Bearer right' })).status).toBe(200)
    server.requireAuthorization(undefined)
    expect((await get('/a.json')).status).toBe(200)
  })
})
