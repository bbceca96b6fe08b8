import { expect, test } from '@jest/globals'
import { checkMerge } from '../../src/environment/preflight.js'
import type { Spec } from '../../src/environment/specs.js'

function spec(file: string, version: string): Spec {
  const named = { manager: 'conda', name: 'xarray', version, build: '', channel: '', category: 'main' } as const
  const text = `xarray${version}`
  const read = { form: 'name', writtenChannel: '', unread: [], identity: text, implied: false } as const
  return { ...named, ...read, file, line: 4, platform: 'linux-64', place: [0], text }
}

const SETTINGS = { onOverlap: 'warn', channelAlias: 'https://conda.anaconda.org' } as const

/** What is said when upstream's file and the repository's own ask for the same package. */
function said(upstream: string, own: string): string[] {
  const specs = [spec('NBenvironment.yml', upstream), spec('environment.yml', own)]
  return checkMerge([], { specs, skipped: [], bad: [] }, SETTINGS).warnings.map(({ message }) => message)
}

test('a bare name that drops a constraint of upstream is told as such', () => {
  expect(said('<2025.9', '')).toEqual([
    expect.stringMatching(
      /^`xarray` in environment\.yml allows any `xarray`, so `xarray<2025\.9` \(NBenvironment\.yml, line 4\) has no effect/
    )
  ])
})

test('a spec that replaces another is told with what is lost', () => {
  expect(said('<2025.9', '>=2025')).toEqual([
    expect.stringMatching(
      /^`xarray>=2025` in environment\.yml replaces `xarray<2025\.9` \(NBenvironment\.yml, line 4\)/
    )
  ])
})

test('nothing is said where nothing is lost: upstream asks for any version, or for the same', () => {
  expect(said('', '<2025.9')).toEqual([])
  expect(said('<2025.9', '<2025.9')).toEqual([])
})
