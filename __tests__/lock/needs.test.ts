/** What locked packages need of each other, on each platform by itself. */
import { expect, test } from '@jest/globals'
import type { Wanted } from '../../src/environment/wanted.js'
import { findContradictions, findMissingDependencies, findUnmet, findUnneeded } from '../../src/lock/package-checks.js'
import { loadVersionMatch } from '../../src/lockfile/constraint.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { factsOfLock } from '../support/lock-facts.js'

const pin = (platform: string, name: string, dependencies: LockedPackage['dependencies'] = {}): LockedPackage => ({
  platform,
  manager: 'conda',
  name,
  version: '1.0',
  build: '0',
  url: `https://conda.anaconda.org/conda-forge/${platform}/${name}-1.0-0.conda`,
  hash: '',
  md5: '',
  dependencies,
  categories: ['main']
})

const pip = (name: string, dependencies: LockedPackage['dependencies'] = {}): LockedPackage => ({
  ...pin('linux-64', name, dependencies),
  manager: 'pip'
})

const wanted = (manager: Wanted['manager'], platform: Wanted['platform'], name: string): Wanted => ({
  manager,
  platform,
  name,
  version: '',
  build: '',
  channel: '',
  isOptional: false,
  text: name,
  file: 'environment.yml',
  line: 2
})

const told = (problems: readonly { readonly message: string }[]) => problems.map(({ message }) => message)

test('what is locked for one platform only is missing on another', async () => {
  const needing = { b: '', __glibc: '>=2.17' }
  const packages = [pin('linux-64', 'a', needing), pin('linux-64', 'b'), pin('osx-64', 'a', needing)]
  expect(told(findMissingDependencies(await factsOfLock(packages)))).toEqual([
    'The lockfiles were not accepted: a needs b, which is not in the lockfile.'
  ])
})

test('a spec that several packages have is told of each, on each platform', async () => {
  const needing = ['a', 'c'].map(name => pin('linux-64', name, { b: '>=2' }))
  const packages = [...needing, pin('linux-64', 'b'), pin('osx-64', 'a', { b: '>=2' }), pin('osx-64', 'b')]
  const problems = told(findContradictions(await factsOfLock(packages)))
  expect(problems.map(message => /accepted: (\S+) .* locked for (\S+)\.$/.exec(message)?.slice(1))).toEqual([
    ['a', 'linux-64'],
    ['c', 'linux-64'],
    ['a', 'osx-64']
  ])
})

test('a pip package is found by any form of its name, and none of conda stands in for it', async () => {
  const packages = [pip('Top.Level', { under_score: '*' }), pip('under-score'), pin('linux-64', 'under-score')]
  const facts = { ...(await factsOfLock(packages)), wanted: [wanted('pip', 'linux-64', 'top_level')] }
  expect(findUnmet(facts)).toEqual([])
  expect(told(findUnneeded(facts))).toEqual([
    'The lockfiles were not accepted: nothing asks for `under-score`, which they have for linux-64.'
  ])
})

test('what is needed on one platform is not needed on another', async () => {
  const packages = ['linux-64', 'osx-64'].flatMap(platform => [pin(platform, 'a'), pin(platform, 'b')])
  const asked = [wanted('conda', 'linux-64', 'a'), wanted('conda', 'linux-64', 'b'), wanted('conda', 'osx-64', 'a')]
  const facts = { ...(await factsOfLock(packages)), wanted: asked }
  expect(told(findUnneeded(facts))).toEqual([
    'The lockfiles were not accepted: nothing asks for `b`, which they have for osx-64.'
  ])
})

test('of very long versions and specs nothing is said, however often they come', async () => {
  const meets = await loadVersionMatch()
  const long = `${'1.'.repeat(600)}1`
  expect([meets(long, '>=1'), meets(long, '>=1'), meets('1', `>=${long}`)]).toEqual([undefined, undefined, undefined])
  expect([meets('1.0a0', '=1.0'), meets('1.0a0', '=1.0'), meets('1.0', '=1.0')]).toEqual([undefined, undefined, true])
})
