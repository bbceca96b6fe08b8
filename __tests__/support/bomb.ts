/** What is small on its way, and large when it is unpacked. */

/**
 * A frame of Zstandard in which each block of four bytes stands for 128 KiB of spaces.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
 */
export function unpacksTo(gibibytes: number): Buffer {
  const [size, repeated] = [128 * 1024, 1]
  const header = (isLast: boolean) => (size << 3) | (repeated << 1) | Number(isLast)
  const blocks = Buffer.alloc(4 * gibibytes * 8192)
  for (let offset = 0; offset < blocks.length; offset += 4) {
    blocks.writeUIntLE(header(offset + 4 === blocks.length), offset, 3)
    blocks.write(' ', offset + 3)
  }
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]), blocks])
}

/** A frame of Zstandard of these bytes, as they are. */
export function asFrame(content: Buffer): Buffer {
  const header = Buffer.alloc(3)
  header.writeUIntLE((content.length << 3) | 1, 0, 3)
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]), header, content])
}

/**
 * The index of a sharded channel (CEP 16) in MessagePack, with one package.
 * @param hash the SHA-256 of its shard
 */
export function shardIndex(subdir: string, name: string, hash: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0xa0 | value.length]), Buffer.from(value)])
  const map = (...entries: readonly Buffer[]) => Buffer.concat([Buffer.from([0x80 | (entries.length / 2)]), ...entries])
  const bytes = (value: Buffer) => Buffer.concat([Buffer.from([0xc4, value.length]), value])
  const info = [text('subdir'), text(subdir), text('base_url'), text('./'), text('shards_base_url'), text('./shards/')]
  const shards = map(text(name), bytes(hash))
  return map(text('version'), Buffer.from([1]), text('info'), map(...info), text('shards'), shards)
}
