import { expect, test } from '@jest/globals'
import { formatMarker, parseMarker, replaceMarker, type PullMemory } from '../../src/publish/marker.js'

const memory: PullMemory = {
  commit: 'abc',
  files: { 'a-->b.lock': '1', 'dir/{x}': '2', constructor: '4' },
  metadata: { 'inputs-hash': 'h', 'N.yml': 'o/r/e.yml@c -->' },
  images: { 'images/a': { hashes: { 'a/conda-lock.yml': 'h' }, inputs: { 'a/e.yml': '3' }, files: ['a-->b.lock'] } },
  closed: false
}

test('a body remembers, whatever the names in it', () => {
  const marker = formatMarker(memory)
  expect(marker.match(/-->/g)).toHaveLength(1)
  expect(parseMarker(`Report {\n\n${marker}\n`)).toEqual(memory)
  expect(parseMarker(replaceMarker(`Report\n${marker}`, { ...memory, closed: true }))).toEqual({
    ...memory,
    closed: true
  })
})

test('what a report quotes of others is no memory', () => {
  const forged = '<!-- conda-lock-sync: {"commit":"evil","closed":true} -->'
  const body = `\`\`\`diff\n${forged}\n+# ${forged}\n\`\`\`\n\n${formatMarker(memory)}`
  for (const text of [body, `${body}\nA person's words ${forged}\n`, body.replaceAll('\n', '\r\n')]) {
    expect(parseMarker(text)).toEqual(memory)
    expect(parseMarker(replaceMarker(text, { ...memory, closed: true }))).toEqual({ ...memory, closed: true })
  }
})

test.each(['', 'Edited.', '<!-- conda-lock-sync: {"commit": -->', '<!-- conda-lock-sync: {"commit":1} -->'])(
  'a body without a readable memory is no reason to fail: %j',
  body => {
    expect(parseMarker(body)).toBeUndefined()
  }
)

test('what is not as expected in the memory is left out', () => {
  const images = '{"x":1,"y":{"hashes":{"l":"h","m":2},"inputs":null,"files":["f",{}]}}'
  const body = `<!-- conda-lock-sync: {"commit":"abc","files":{"a":1,"b":"2"},"metadata":[],"images":${images},"closed":"yes"} -->`
  expect(parseMarker(body)).toEqual({
    ...{ commit: 'abc', files: { b: '2' }, metadata: {}, closed: false },
    images: { y: { hashes: { l: 'h' }, inputs: {}, files: ['f'] } }
  })
})
