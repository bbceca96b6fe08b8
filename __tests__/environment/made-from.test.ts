/** What a lockfile remembers of what it was made from. */
import { expect, test } from '@jest/globals'
import type { SolveSettings } from '../../src/environment/inputs-hash.js'
import { changedInputs, madeFrom } from '../../src/environment/made-from.js'
import { parseEnvironment } from '../../src/environment/parse.js'

const SETTINGS: SolveSettings = {
  platforms: ['linux-64'],
  channelAlias: 'https://conda.anaconda.org',
  lookup: undefined,
  solver: 'rattler'
}
const FILES = { 'NB.yml': 'dependencies: [dask, python]', 'environment.yml': 'dependencies: [xarray]' }

function remembered(settings: Partial<SolveSettings> = {}, files: Readonly<Record<string, string>> = FILES) {
  const all = { ...SETTINGS, ...settings }
  const environments = Object.entries(files).map(
    ([file, text]) => [file, parseEnvironment({ file, fix: '' }, Buffer.from(text), all.platforms)] as const
  )
  return madeFrom(environments, all)
}

test('it is flat text, and nothing has changed since itself', () => {
  expect(remembered()).toMatchObject({ 'setting-platforms': 'linux-64', 'setting-conda-executable': 'rattler' })
  expect(changedInputs(remembered(), remembered())).toEqual([])
})

test.each<[string, Partial<SolveSettings>, string, string]>([
  ['cuda', { cuda: '12.4' }, '', '12.4'],
  ['exclude-newer', { excludeNewer: '3d' }, '', '3d'],
  ['exclude-newer-exempt', { exempt: ['a', 'b'] }, '', 'a, b'],
  ['conda-executable', { solver: 'mamba' }, 'rattler', 'mamba'],
  ['channel-alias', { channelAlias: 'https://m.example' }, 'https://conda.anaconda.org', 'https://m.example'],
  ['pypi-lookup-file', { lookup: 'abc' }, '', 'abc'],
  ['platforms', { platforms: ['osx-64', 'linux-64'] }, 'linux-64', 'osx-64, linux-64']
])('a change of the input %s is named, in both directions', (input, settings, before, now) => {
  const [old, next] = [remembered(), remembered(settings)]
  expect(changedInputs(old, next)).toEqual([{ kind: 'setting', input, before, now }])
  expect(changedInputs(next, old)).toEqual([{ kind: 'setting', input, before: now, now: before }])
})

test('virtual packages are told apart by a hash, and credentials of a mirror are not kept', () => {
  const virtual = remembered({ virtualPackages: { 'linux-64': { __glibc: '2.35' } } })
  expect(changedInputs(remembered(), virtual)).toMatchObject([{ input: 'virtual-packages', before: '' }])
  const secret = remembered({ channelAlias: 'https://user:pa@ss@m.example/t/token/x' })
  expect(JSON.stringify(secret)).not.toMatch(/pass|token/)
})

test('the environment file that asks for something else is named, and a comment in it is nothing else', () => {
  const edit = (text: string) => remembered({}, { ...FILES, 'environment.yml': text })
  expect(changedInputs(remembered(), edit('dependencies: [xarray] # more\n'))).toEqual([])
  expect(changedInputs(remembered(), edit('dependencies: [xarray<2025]'))).toEqual([
    { kind: 'edited', file: 'environment.yml' }
  ])
  const { 'NB.yml': only } = FILES
  expect(changedInputs(remembered(), remembered({}, { 'NB.yml': only, 'gpu.yml': only }))).toEqual([
    { kind: 'removed', file: 'environment.yml' },
    { kind: 'added', file: 'gpu.yml' }
  ])
})

test('of a lockfile that remembers nothing, nothing is said', () => {
  expect(changedInputs({ 'inputs-hash': 'abc' }, remembered())).toEqual([])
})
