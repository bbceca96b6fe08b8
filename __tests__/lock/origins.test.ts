import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Origins } from '../../src/lock/check-values.js'
import { findUnnamedChannels } from '../../src/lock/origins.js'
import type { UnifiedLock } from '../../src/lockfile/unified.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { lockOnce, type LockResult } from '../support/lock-once.js'
import { pin } from '../support/pins.js'

describe('a channel that sends its files from elsewhere (`base_url`, CEP 15)', () => {
  const file = 'moved-1.0-pyhd8ed1ab_0.tar.bz2'
  let folder: string
  let server: FileServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'origins-'))
    await buildChannel(join(folder, 'conda-forge'), [{ name: 'tqdm', version: '4.67.1' }])
    await buildChannel(join(folder, 'away'), [{ name: 'moved', version: '1.0' }])
    await buildChannel(join(folder, 'near'), [{ name: 'moved', version: '1.0' }])
    server = await serveDirectory(folder)
    await send('away', `${server.url}/files/blobs/`)
    await send('near', '../../files/blobs')
  })
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** As a channel does it whose files lie somewhere else than its repodata. */
  async function send(channel: string, baseUrl: string): Promise<void> {
    await mkdir(join(folder, 'files', 'blobs'), { recursive: true })
    await rename(join(folder, channel, 'noarch', file), join(folder, 'files', 'blobs', file))
    const path = join(folder, channel, 'noarch', 'repodata.json')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"info": {', `"info": {"base_url": ${JSON.stringify(baseUrl)},`))
  }

  async function lock(channel: string): Promise<LockResult> {
    const environments = { 'environment.yml': `channels: [${channel}, conda-forge]\ndependencies: [moved, tqdm]\n` }
    return lockOnce({ environments, alias: server.url, trial: ['true'] })
  }

  test.each(['away', 'near'])('is locked and installed from there (%s)', async channel => {
    const { locked } = await lock(channel)
    const url = `${server.url}/files/blobs/`
    expect(locked.unified.packages.map(pin => pin.url)).toContain(`${url}${file}`)
    // It was accepted by what the solver has found; nobody knows that when a bundle is published.
    const origins = { channels: locked.unified.channels, channelAlias: server.url, baseUrls: [] }
    expect(findUnnamedChannels({ ...locked, origins })).toMatchObject([
      { message: expect.stringMatching(/moved was not accepted: .*\/files\/blobs\/moved.* is in none of the channels/) }
    ])
  })
})

describe('where packages may come from', () => {
  const lock = (url: string): UnifiedLock => ({
    ...{ platforms: ['linux-64'], channels: ['conda-forge'], sources: [], custom: {} },
    packages: [pin('numpy', '2.1', { url })]
  })
  const origins: Origins = {
    channels: ['conda-forge'],
    channelAlias: 'https://mirror.example',
    baseUrls: [{ channel: 'https://mirror.example/conda-forge/', url: 'https://files.example/a/' }]
  }
  const check = (url: string, more: Partial<Origins> = {}) =>
    findUnnamedChannels({ unified: lock(url), origins: { ...origins, ...more } }).map(({ message }) => message)
  const IN_NONE = [expect.stringContaining('is in none of the channels')]
  const FILE = 'numpy-2.1-py312h68727a3_0.conda'

  test.each([`https://mirror.example/conda-forge/linux-64/${FILE}`, `https://files.example/a/${FILE}`])(
    'a channel, and where it sends its files from: %s',
    url => {
      expect(check(url)).toEqual([])
    }
  )

  test.each([
    `https://mirror.example/evil/linux-64/${FILE}`,
    `https://mirror.example/conda-forge/osx-64/${FILE}`,
    `https://mirror.example/conda-forge/label/broken/linux-64/${FILE}`,
    `https://files.example/${FILE}`,
    `https://files.example/a/b/${FILE}`,
    `https://files.example/a/../${FILE}`
  ])('nowhere else: %s', url => {
    expect(check(url)).toEqual(IN_NONE)
  })

  test('an address that a channel stands behind which nobody has named is refused', () => {
    const baseUrls = [{ channel: 'https://mirror.example/evil/', url: 'https://files.example/a/' }]
    expect(check(`https://files.example/a/${FILE}`, { baseUrls })).toEqual(IN_NONE)
  })

  test('what a maintainer allows is allowed', () => {
    expect(check(`https://other.example/linux-64/${FILE}`, { channels: ['https://other.example'] })).toEqual([])
  })
})
