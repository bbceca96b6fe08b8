/** Repodata that is small on its way, and fills the disk when it is unpacked. */
import { expect, test } from '@jest/globals'
import { solveDirectly } from '../support/front-end.js'
import { listen } from '../support/loopback.js'

/**
 * A frame of Zstandard in which each block of four bytes stands for 128 KiB of spaces.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
 */
function unpacksTo(gibibytes: number): Buffer {
  const [size, repeated] = [128 * 1024, 1]
  const header = (isLast: boolean) => (size << 3) | (repeated << 1) | Number(isLast)
  const blocks = Buffer.alloc(4 * gibibytes * 8192)
  for (let offset = 0; offset < blocks.length; offset += 4) {
    blocks.writeUIntLE(header(offset + 4 === blocks.length), offset, 3)
    blocks.write(' ', offset + 3)
  }
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]), blocks])
}

test('repodata of 131 kB that unpacks to 4 GiB is a fault of the channel', async () => {
  const bomb = unpacksTo(4)
  const noarch = JSON.stringify({ info: { subdir: 'noarch' }, packages: {}, 'packages.conda': {} })
  const files = new Map<string | undefined, string | Buffer>([
    ['/linux-64/repodata.json.zst', bomb],
    ['/noarch/repodata.json', noarch]
  ])
  const server = await listen(({ url }, response) => {
    const file = files.get(url)
    response.writeHead(file === undefined ? 404 : 200).end(file)
    return Promise.resolve()
  })
  try {
    const { failure } = await solveDirectly({ channels: [server.url], specs: ['xarray'] })
    expect(failure).toMatchObject({ kind: 'channel', message: expect.stringContaining('File too large') })
  } finally {
    await server.close()
  }
}, 600_000)
