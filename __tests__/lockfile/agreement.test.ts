/** What is told of two lockfiles that do not say the same. */
import { expect, test } from '@jest/globals'
import { findDifferences, tellDifferences } from '../../src/lockfile/agreement.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { pin } from '../support/pins.js'

const DASK = pin('dask', '2025.2', { md5: 'aa' })
const WHEEL = pin('sunpy', '7.0', { manager: 'pip', build: '', url: 'https://p.example/sunpy-7.0-py3-none-any.whl' })
const LOCK = [DASK, WHEEL]

/** As an explicit lockfile has it: no dependencies, and of conda packages the MD5 alone. */
function explicit(entry: LockedPackage): LockedPackage {
  return entry.md5 === '' ? entry : { ...entry, hash: `md5:${entry.md5}`, dependencies: {}, categories: [] }
}

const told = (other: readonly LockedPackage[]) =>
  tellDifferences(findDifferences(LOCK, other), 'conda-linux-64.lock', 'conda-lock.yml').split(' says: ')[1]

test('the same packages in any order are no difference, whichever hash each file has', () => {
  expect(findDifferences(LOCK, LOCK.map(explicit).reverse())).toEqual([])
})

test.each<[string, readonly LockedPackage[], string]>([
  ['a package less', [WHEEL], '`dask` is missing'],
  ['a package more', [...LOCK, pin('zlib', '1.3')], '`zlib` is there besides'],
  ['another version', [pin('dask', '2024.2'), WHEEL], '`dask` (version `2024.2` instead of `2025.2`)'],
  ['another build', [pin('dask', '2025.2', { build: 'h0_1' }), WHEEL], '`dask` (build `h0_1` instead of `hb9d3cd8_0`)'],
  [
    'another address',
    [{ ...DASK, url: DASK.url.replace('example.org', 'evil.example') }, WHEEL],
    `\`dask\` (address \`${DASK.url.replace('example.org', 'evil.example')}\` instead of \`${DASK.url}\`)`
  ],
  [
    'another MD5',
    [{ ...explicit(DASK), hash: 'md5:ab', md5: 'ab' }, WHEEL],
    '`dask` (hash `md5:ab` instead of `md5:aa`)'
  ],
  [
    'another hash of a wheel',
    [DASK, { ...WHEEL, hash: 'sha256:00' }],
    `\`sunpy\` (hash \`sha256:00\` instead of \`${WHEEL.hash}\`)`
  ],
  ['two of them', [], '`dask` is missing, `sunpy` is missing']
])('%s is told by its field', (_, other, expected) => {
  expect(told(other)).toBe(expected)
})

test('of many only the first are named', () => {
  const many = Array.from({ length: 30 }, (_, index) => pin(`p${index}`, '1'))
  expect(tellDifferences(findDifferences(many, []), 'a', 'b')).toMatch(/`p9` is missing and 20 more$/)
})
