import { expect, test } from '@jest/globals'
import type { Wanted } from '../../src/environment/wanted.js'
import { findUnmet } from '../../src/lock/package-checks.js'
import { factsOfLock } from '../support/lock-facts.js'
import { lock } from '../support/locks.js'

function spec(manager: Wanted['manager'], name: string, line: number): Wanted {
  const place = { file: 'environment.yml', line, platform: 'linux-64' } as const
  return { ...place, manager, name, text: name, version: '', build: '', channel: '', isOptional: false }
}

/** What is said of a lock of these packages. */
async function said(packages: string, wanted: readonly Wanted[], pypiNames: ReadonlyMap<string, string> = new Map()) {
  const problems = findUnmet({ ...(await factsOfLock(lock(packages))), wanted, pypiNames })
  return problems.map(({ message, place }) => `${place?.line ?? ''}: ${message}`)
}

test('each spec that is not locked is named, with its line', async () => {
  const specs = [
    spec('conda', 'dask', 3),
    spec('conda', 'tqdm', 4),
    spec('pip', 'sunpy', 6),
    spec('conda', '__glibc', 7)
  ]
  expect(await said('dask 1.0\nsunpy 1.0', specs)).toEqual([
    '4: The lockfiles were not accepted: `tqdm` is not in them for linux-64.',
    '6: The lockfiles were not accepted: `sunpy` is not in them for linux-64.'
  ])
})

test('a requirement of pip is there as a pip package, or as the conda package of that project', async () => {
  const specs = [spec('pip', 'sunpy', 3), spec('pip', 'build', 4)]
  expect(await said('sunpy 6.0 pip\npython-build 1.2', specs, new Map([['python-build', 'build']]))).toEqual([])
})
