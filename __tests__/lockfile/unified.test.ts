import { expect, test } from '@jest/globals'
import { parseUnifiedLock } from '../../src/lockfile/unified.js'

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e'
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const entry = (name: string, fields: Readonly<Record<string, string>>): string =>
  [`- name: ${name}`, ...Object.entries(fields).map(([key, value]) => `  ${key}: ${value}`)].join('\n')

const conda = (name: string, more: Readonly<Record<string, string>> = {}): string =>
  entry(name, {
    version: "'1.0'",
    manager: 'conda',
    platform: 'linux-64',
    dependencies: "{python: '>=3.11', zlib: ''}",
    url: `https://c/conda-forge/linux-64/${name}-1.0-h1_0.conda`,
    hash: `{md5: ${MD5}, sha256: ${SHA256}}`,
    category: 'main',
    optional: 'false',
    ...more
  })

const mapping = (size: number) => `{${Array.from({ length: size }, (_, index) => `d${index}: ''`).join(', ')}}`

const lock = (...packages: readonly string[]): string => `# comment
version: 1
metadata:
  content_hash:
    linux-64: ${SHA256}
  channels:
  - url: conda-forge
    used_env_vars: []
  platforms:
  - linux-64
  sources:
  - NBenvironment.yml
  - environment.yml
  custom_metadata:
    inputs-hash: 0123
package:
${packages.join('\n')}
`

test('takes no text for a platform that would be more than a name in a summary', () => {
  const lockOf = (platform: string) => parseUnifiedLock(lock(conda('a', { platform })))
  expect(lockOf('linux-ppc64le').packages).toHaveLength(1)
  expect(() => lockOf("'[win](https://example.com)'")).toThrow('package a is for something that is no platform')
})

test('reads what matters, every scalar as the text that it is', () => {
  const parsed = parseUnifiedLock(lock(conda('a', { version: '1.10' }), conda('b', { version: '2025' })))
  expect(parsed).toMatchObject({
    platforms: ['linux-64'],
    channels: ['conda-forge'],
    sources: ['NBenvironment.yml', 'environment.yml'],
    custom: { 'inputs-hash': '0123' }
  })
  expect(parsed.packages.map(pin => pin.version)).toEqual(['1.10', '2025'])
  expect(parsed.packages[0]).toEqual({
    platform: 'linux-64',
    manager: 'conda',
    name: 'a',
    version: '1.10',
    build: 'h1_0',
    url: 'https://c/conda-forge/linux-64/a-1.0-h1_0.conda',
    hash: `sha256:${SHA256}`,
    md5: MD5,
    dependencies: { python: '>=3.11', zlib: '' },
    categories: ['main']
  })
})

test('keeps dependencies that are called like what every object has', () => {
  const odd = conda('a', { dependencies: "{__proto__: '>=1', constructor: '*', '7': ''}" })
  const [pin] = parseUnifiedLock(lock(odd)).packages
  expect(Object.entries(pin?.dependencies ?? {})).toEqual([
    ['7', ''],
    ['__proto__', '>=1'],
    ['constructor', '*']
  ])
})

test('takes the strongest hash that there is', () => {
  const hashes = [`{md5: ${MD5}}`, `{md5: ${MD5}, sha256: null}`, '{}', '{md5: null}'].map((hash, index) =>
    conda(`p${index}`, { hash })
  )
  const parsed = parseUnifiedLock(lock(...hashes))
  expect(parsed.packages.map(pin => pin.hash)).toEqual([`md5:${MD5}`, `md5:${MD5}`, '', ''])
})

test('a package of several categories is one package', () => {
  const parsed = parseUnifiedLock(lock(conda('a'), conda('a', { category: 'dev' }), conda('a', { platform: 'osx-64' })))
  expect(parsed.packages.map(pin => [pin.platform, pin.categories])).toEqual([
    ['linux-64', ['main', 'dev']],
    ['osx-64', ['main']]
  ])
})

test('a package of several categories stays where it is first', () => {
  const parsed = parseUnifiedLock(lock(conda('a'), conda('b', { category: 'dev' }), conda('a', { category: 'dev' })))
  expect(parsed.packages.map(pin => [pin.name, pin.categories])).toEqual([
    ['a', ['main', 'dev']],
    ['b', ['dev']]
  ])
  const elsewhere = conda('a', { url: 'https://c/conda-forge/linux-64/a-2.0-h1_0.conda' })
  expect(() => parseUnifiedLock(lock(conda('a'), elsewhere))).toThrow('package a is there twice for linux-64')
})

test('reads a lockfile of before custom_metadata, and pip packages', () => {
  const old = lock(conda('a', { manager: 'pip', url: 'https://f/a-1.0-py3-none-any.whl', category: 'main' }))
  const parsed = parseUnifiedLock(old.replace(/ {2}custom_metadata:\n.*\n/, ''))
  expect(parsed.custom).toEqual({})
  expect(parsed.packages).toMatchObject([{ manager: 'pip', build: '' }])
})

test.each([
  ['conflict markers', `<<<<<<< HEAD\n${lock(conda('a'))}=======\n`, /./],
  ['a conflict inside', lock(conda('a')).replace('version: 1\n', 'version: 1\n<<<<<<< HEAD\n'), /./],
  ['another format version', lock(conda('a')).replace('version: 1', 'version: 2'), /format version 2/],
  ['an empty file', '', /empty/],
  ['a list', '- a\n', /the file is not a mapping/],
  ['no packages', lock().replace('package:', 'packages:'), /package is not a list/],
  ['a package without a URL', lock(conda('abc').replace(/ {2}url: .*\n/, '')), /url of package abc is not a text/],
  ['an unknown manager', lock(conda('a', { manager: 'npm' })), /unknown manager npm/],
  [
    'an alias',
    lock(conda('a', { dependencies: '&d {b: c}' }), conda('b', { dependencies: '*d' })),
    /an alias, .* in line 21/
  ],
  ['a circle', 'version: &a [*a]\n', /an anchor or an alias, which conda-lock never writes, in line 1/],
  ['a tag', lock(conda('a', { version: '!!str 1' })), /a tag, .* in line 18/],
  ['a merge key', lock(conda('a', { dependencies: '{<<: {b: c}}' })), /a merge key, .* in line 21/],
  ['another YAML', `%YAML 9.9\n---\n${lock()}`, /unacceptable YAML version of the document, in line 2/],
  ['two documents', `${lock()}---\n${lock()}`, /it has several documents/],
  ['deep lists', `version: ${'['.repeat(30_000)}`, /nesting exceeded maxDepth \(10\), in line 1/],
  ['deep mappings', '? '.repeat(30_000), /nesting exceeded maxDepth/],
  ['a name of a novel', lock(conda('a'.repeat(5000))), /package\.name has more than 4096 characters/],
  [
    'a key of a novel',
    lock(conda('a', { dependencies: `{${'a'.repeat(900)}: '', ${'b'.repeat(5000)}: ''}` })),
    /more than 4096/
  ],
  [
    '100,000 dependencies',
    lock(conda('a', { dependencies: mapping(100_000) })),
    /dependencies of package a has more than 2000 entries/
  ],
  ['two million items', `version: [${'a,'.repeat(2_000_000)}]`, /more than 1000000 entries/],
  ['20 MB', `# ${'a'.repeat(20 << 20)}`, /more than 16777216 characters/]
])('refuses %s in one line', (_what, text, message) => {
  expect(() => parseUnifiedLock(text)).toThrow(message)
  expect(() => parseUnifiedLock(text)).toThrow(/^[^\n]+$/)
})

test('a package that is there very often is one package', () => {
  const often = Array.from({ length: 5000 }, () => conda('a'))
  expect(parseUnifiedLock(lock(...often)).packages.map(({ categories }) => categories)).toEqual([['main']])
})
