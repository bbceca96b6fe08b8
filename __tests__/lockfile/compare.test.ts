import { describe, expect, test } from '@jest/globals'
import { compareLocks, countChanges } from '../../src/lockfile/compare.js'
import { samePackages, type LockedPackage } from '../../src/lockfile/package.js'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { pin } from '../support/pins.js'

const order = await loadVersionOrder()

function kinds(before: readonly LockedPackage[], after: readonly LockedPackage[], platforms = ['linux-64']): string[] {
  return compareLocks(before, after, platforms, order).changes.map(change => {
    const { platform, manager, name } = change.kind === 'removed' ? change.previous : change.next
    return `${change.kind} ${platform} ${manager} ${name}`
  })
}

describe("by conda's order", () => {
  test.each([
    ['1.9', '1.10', 'upgraded'],
    ['2025b', '2025.1', 'upgraded'],
    ['1.0rc1', '1.0', 'upgraded'],
    ['1.0', '1.0.post1', 'upgraded'],
    ['2025.9', '1!1.0', 'upgraded'],
    ['1.1.1w', '3.0.0', 'upgraded'],
    ['1.10', '1.9', 'downgraded'],
    ['1!1.0', '2.0', 'downgraded'],
    ['1.0', '1.0rc1', 'downgraded'],
    ['1.0', '1.0.0', 'rebuilt'],
    ['1.0RC1', '1.0rc1', 'rebuilt'],
    ['1.0', 'what is this', 'downgraded']
  ])('%s → %s is %s', (before, after, kind) => {
    expect(kinds([pin('a', before)], [pin('a', after)])).toEqual([`${kind} linux-64 conda a`])
  })
})

test('the same version in another build, from another URL or with another hash is rebuilt', () => {
  const before = pin('a', '1.0')
  expect(kinds([before], [pin('a', '1.0', { build: 'h1_1' })])).toEqual(['rebuilt linux-64 conda a'])
  expect(kinds([before], [{ ...before, url: before.url.replace('example', 'mirror') }])).toHaveLength(1)
  expect(kinds([before], [{ ...before, hash: 'sha256:00' }])).toHaveLength(1)
  expect(kinds([before], [{ ...before, dependencies: { b: '' }, categories: ['dev'] }])).toEqual([])
})

test('an MD5 and a SHA-256 of the same file are no difference, and another MD5 is one', () => {
  const both = pin('a', '1.0', { md5: 'aa' })
  expect(kinds([{ ...both, hash: 'md5:aa' }], [both])).toEqual([])
  expect(kinds([both], [{ ...both, hash: 'md5:ab', md5: 'ab' }])).toEqual(['rebuilt linux-64 conda a'])
})

test('an epoch in a URL is the same however it is written', () => {
  const before = pin('a', '1!2', { url: 'https://e/a-1!2-0.conda' })
  expect(kinds([before], [{ ...before, url: 'https://e/a-1%212-0.conda' }])).toEqual([])
})

test('packages are told apart by platform, manager and name', () => {
  const before = [
    pin('a', '1'),
    pin('a', '1', { platform: 'osx-64' }),
    pin('a', '1', { manager: 'pip' }),
    pin('b', '1')
  ]
  const after = [pin('a', '2'), pin('a', '1', { platform: 'osx-64' }), pin('c', '1', { manager: 'pip' }), pin('b', '1')]
  expect(kinds(before, after, ['linux-64', 'osx-64'])).toEqual([
    'upgraded linux-64 conda a',
    'removed linux-64 pip a',
    'added linux-64 pip c'
  ])
})

test('a platform that is no longer asked for is dropped, and its packages are not removed', () => {
  const before = [
    pin('a', '1'),
    pin('b', '1'),
    pin('a', '1', { platform: 'win-64' }),
    pin('a', '1', { platform: 'osx-64' })
  ]
  const { changes, droppedPlatforms } = compareLocks(before, [pin('a', '1')], ['linux-64'], order)
  expect(droppedPlatforms).toEqual(['osx-64', 'win-64'])
  expect(countChanges(changes)).toEqual({ added: 0, removed: 1, upgraded: 0, downgraded: 0, rebuilt: 0 })
})

describe('two locks are the same', () => {
  const locks = [
    pin('a', '1', { dependencies: { x: '>=1', y: '' }, categories: ['main', 'dev'] }),
    pin('b', '1')
  ] as const
  const [a, b] = locks

  test('in any order', () => {
    const turned = { ...a, dependencies: { y: '', x: '>=1' }, categories: ['dev', 'main'] }
    expect(samePackages(locks, [b, turned])).toBe(true)
  })

  test.each<[string, Partial<LockedPackage>]>([
    ['URL', { url: 'https://e/a' }],
    ['hash', { hash: '' }],
    ['dependency', { dependencies: { x: '>=2', y: '' } }],
    ['category', { categories: ['main'] }],
    ['platform', { platform: 'osx-64' }]
  ])('but not with another %s', (_what, change) => {
    expect(samePackages(locks, [{ ...a, ...change }, b])).toBe(false)
  })

  test('nor with more or fewer packages', () => {
    expect(samePackages(locks, [a])).toBe(false)
    expect(samePackages([a, a], [a, b])).toBe(false)
  })
})
