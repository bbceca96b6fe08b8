/** What a channel may take of the machine. `npm run test:networks` tries it with the limits of real runs. */
import { expect, test } from '@jest/globals'
import { unpacksTo } from '../support/bomb.js'
import { solveDirectly } from '../support/front-end.js'
import { listen } from '../support/loopback.js'

test('a channel that takes more memory than any real one is named, not the one beside it', async () => {
  const honest = JSON.stringify({ info: { subdir: 'noarch' }, packages: {}, 'packages.conda': {} })
  const server = await listen(({ url = '' }, response) => {
    const isBomb = url === '/bomb/linux-64/repodata_shards.msgpack.zst'
    const file = isBomb ? unpacksTo(1) : url.endsWith('/noarch/repodata.json') ? honest : undefined
    response.writeHead(file === undefined ? 404 : 200).end(file)
    return Promise.resolve()
  })
  try {
    const channels = [`${server.url}/honest`, `${server.url}/bomb`, `${server.url}/last`]
    const { failure } = await solveDirectly({ channels, specs: ['xarray'], mebibytes: 256 })
    expect(failure).toMatchObject({ kind: 'too-large', platform: 'linux-64', url: `${server.url}/bomb/` })
  } finally {
    await server.close()
  }
})
