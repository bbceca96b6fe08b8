import { expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import type { Spec } from '../../src/environment/specs.js'
import { checkNamed } from '../../src/lock/verify.js'
import { lock } from '../support/locks.js'

function spec(manager: Spec['manager'], name: string, line: number): Spec {
  const rest = { version: '', build: '', channel: '', writtenChannel: '', category: 'main', unread: [], identity: name }
  const place = { file: 'environment.yml', line, platform: 'linux-64', place: [line] } as const
  return { ...rest, ...place, manager, name, text: name, form: 'name', implied: false }
}

/** What is said of a lock of these packages. */
function said(packages: string, specs: readonly Spec[], pypiNames: ReadonlyMap<string, string> = new Map()): string[] {
  const unified = { platforms: ['linux-64'], channels: [], sources: [], custom: {}, packages: lock(packages) }
  try {
    checkNamed(unified, specs, pypiNames)
    return []
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    return [error, ...error.others].map(({ message, place }) => `${place?.line ?? ''}: ${message}`)
  }
}

test('each spec that is not locked is named, with its line', () => {
  const specs = [
    spec('conda', 'dask', 3),
    spec('conda', 'tqdm', 4),
    spec('pip', 'sunpy', 6),
    spec('conda', '__glibc', 7)
  ]
  expect(said('dask 1.0\nsunpy 1.0', specs)).toEqual([
    '4: The lockfiles were not accepted: `tqdm` is not in them for linux-64.',
    '6: The lockfiles were not accepted: `sunpy` is not in them for linux-64.'
  ])
})

test('a requirement of pip is there as a pip package, or as the conda package of that project', () => {
  const specs = [spec('pip', 'sunpy', 3), spec('pip', 'build', 4)]
  expect(said('sunpy 6.0 pip\npython-build 1.2', specs, new Map([['python-build', 'build']]))).toEqual([])
})
