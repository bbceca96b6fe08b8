import { describe, expect, test } from '@jest/globals'
import {
  describeUnreadable,
  formatProvenance,
  provenanceCommit,
  readPreviousLocks
} from '../../src/lockfile/previous.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { proposeLockfiles, type NewLock } from '../../src/lockfile/propose.js'
import { pin } from '../support/pins.js'

const HASH = 'h1'

function unifiedText(pins: readonly LockedPackage[], inputsHash = HASH, comment = ''): string {
  const metadata = {
    platforms: ['linux-64'],
    channels: [],
    sources: [],
    custom_metadata: { 'inputs-hash': inputsHash }
  }
  const packages = pins.map(({ hash, md5, categories, ...rest }) => ({
    ...rest,
    hash: { sha256: hash.replace('sha256:', ''), ...(md5 === '' ? {} : { md5 }) },
    category: categories[0]
  }))
  return `${comment}${JSON.stringify({ version: 1, metadata, package: packages })}`
}

function explicitText(pins: readonly LockedPackage[], comment = ''): string {
  return [`${comment}@EXPLICIT`, ...pins.map(({ url }) => url), ''].join('\n')
}

function newLock(pins: readonly LockedPackage[], inputsHash = HASH): NewLock {
  return {
    unified: {
      platforms: ['linux-64'],
      channels: [],
      sources: [],
      custom: { 'inputs-hash': inputsHash },
      packages: pins
    },
    lockfile: { path: 'conda-lock.yml', text: unifiedText(pins, inputsHash) },
    explicit: [
      {
        platform: 'linux-64',
        path: 'e.lock',
        text: explicitText(pins),
        packages: pins.map(one => ({ ...one, hash: '', dependencies: {}, categories: [] }))
      }
    ]
  }
}

const PATHS = { lockfile: 'conda-lock.yml', explicitLockfile: 'e.lock' }

/** Which files change when there were these. */
function changed(old: Readonly<Record<string, string>>, next: NewLock): Record<string, boolean> {
  const contents = new Map(Object.entries(old).map(([path, text]) => [path, Buffer.from(text)] as const))
  const files = proposeLockfiles(readPreviousLocks(contents, PATHS, ['linux-64']), next)
  return Object.fromEntries(files.map(({ path, content }) => [path, Buffer.from(content).toString() !== old[path]]))
}

const A = [pin('a', '1', { dependencies: { b: '>=1' } }), pin('b', '1')]
const B = [pin('a', '2', { dependencies: { b: '>=1' } }), pin('b', '1')]
const NOTHING = { 'conda-lock.yml': false, 'e.lock': false }
const BOTH = { 'conda-lock.yml': true, 'e.lock': true }

describe('a lockfile', () => {
  test('of the same packages does not keep the marks of a merge conflict at its head', () => {
    const marks = '<<<<<<< HEAD\n# input_hash: a\n=======\n# input_hash: b\n>>>>>>> main\n'
    const old = { 'conda-lock.yml': unifiedText(A), 'e.lock': explicitText(A, marks) }
    expect(changed(old, newLock(A))).toEqual({ 'conda-lock.yml': false, 'e.lock': true })
  })

  test('of the same packages keeps its old bytes, comments and order included', () => {
    const old = {
      'conda-lock.yml': unifiedText([...A].reverse(), HASH, '# of last week\n'),
      'e.lock': explicitText([...A].reverse(), '# of last week\n')
    }
    expect(changed(old, newLock(A))).toEqual(NOTHING)
  })

  test('of other packages is replaced', () => {
    expect(changed({ 'conda-lock.yml': unifiedText(A), 'e.lock': explicitText(A) }, newLock(B))).toEqual(BOTH)
  })

  test('of other inputs is replaced even if the packages are the same', () => {
    const old = { 'conda-lock.yml': unifiedText(A), 'e.lock': explicitText(A, '# of last week\n') }
    expect(changed(old, newLock(A, 'h2'))).toEqual(BOTH)
  })

  test('that is not there is made', () => {
    expect(changed({}, newLock(A))).toEqual(BOTH)
    expect(changed({ 'conda-lock.yml': unifiedText(A) }, newLock(A))).toEqual({ ...NOTHING, 'e.lock': true })
  })

  test('that cannot be read is replaced, and told of', () => {
    const old = { 'conda-lock.yml': unifiedText(A), 'e.lock': `<<<<<<< a\n${explicitText(A)}=======\n` }
    expect(changed(old, newLock(A))).toEqual({ ...NOTHING, 'e.lock': true })
    const contents = new Map([['conda-lock.yml', Buffer.from('<<<<<<< a\n')]])
    const { unified, unreadable } = readPreviousLocks(contents, PATHS, ['linux-64'])
    expect(unified).toBeUndefined()
    expect(unreadable.map(describeUnreadable)).toEqual([
      'The old `conda-lock.yml` has a merge conflict that nobody has resolved. It counts as absent.'
    ])
  })

  test('that alone differs from its successor is replaced alone', () => {
    const old = { 'conda-lock.yml': unifiedText(A), 'e.lock': explicitText(B) }
    expect(changed(old, newLock(A))).toEqual({ ...NOTHING, 'e.lock': true })
  })
})

test('where an upstream file came from is remembered for the same repository and path only', () => {
  const commit = 'a'.repeat(40)
  const origin = { repository: 'o/r', path: 'x/environment.yml' }
  const metadata = { 'NB.yml': formatProvenance({ ...origin, commit }) }
  expect(metadata['NB.yml']).toBe(`o/r/x/environment.yml@${commit}`)
  expect(provenanceCommit(metadata, 'NB.yml', origin)).toBe(commit)
  expect(provenanceCommit(metadata, 'other.yml', origin)).toBeUndefined()
  expect(provenanceCommit(metadata, 'NB.yml', { ...origin, path: 'environment.yml' })).toBeUndefined()
  expect(provenanceCommit(metadata, 'NB.yml', { ...origin, repository: 'fork/r' })).toBeUndefined()
  expect(provenanceCommit({ 'NB.yml': 'o/r/x/environment.yml@main)[x' }, 'NB.yml', origin)).toBeUndefined()
})
