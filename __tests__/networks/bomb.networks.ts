/** Metadata of a channel that is small on its way, and would fill the disk or the memory when it is unpacked. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { asFrame, shardIndex, unpacksTo } from '../support/bomb.js'
import { solveDirectly } from '../support/front-end.js'
import { listen, type Loopback } from '../support/loopback.js'

const BOMB = unpacksTo(4)
const hash = createHash('sha256').update(BOMB).digest()
const honest = JSON.stringify({ info: { subdir: 'noarch' }, packages: {}, 'packages.conda': {} })
const FILES: Readonly<Record<string, string | Buffer>> = {
  '/plain/linux-64/repodata.json.zst': BOMB,
  '/index/linux-64/repodata_shards.msgpack.zst': BOMB,
  '/shard/linux-64/repodata_shards.msgpack.zst': asFrame(shardIndex('linux-64', 'xarray', hash)),
  [`/shard/linux-64/shards/${hash.toString('hex')}.msgpack.zst`]: BOMB
}

let server: Loopback

beforeAll(async () => {
  server = await listen(({ url = '' }, response) => {
    const file = url.endsWith('/noarch/repodata.json') ? honest : FILES[url]
    response.writeHead(file === undefined ? 404 : 200).end(file)
    return Promise.resolve()
  })
})

afterAll(() => server.close())

test.each(['plain', 'index', 'shard'])(
  '131 kB of a channel that unpack to 4 GiB are its fault: %s',
  async form => {
    const channels = [`${server.url}/honest`, `${server.url}/${form}`]
    const { failure } = await solveDirectly({ channels, specs: ['xarray'] })
    expect(failure).toMatchObject({ kind: 'too-large', url: expect.stringContaining(`/${form}/`) })
  },
  600_000
)
