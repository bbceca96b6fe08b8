import { describe, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readVirtualPackages } from '../../src/environment/virtual-packages.js'
import { SyncError } from '../../src/common/errors.js'
import { INPUTS_HASH } from '../../src/lockfile/propose.js'
import { makePlan } from '../../src/lock/plan.js'
import { inputsOf, type Given, ownFiles } from '../support/inputs.js'

test('what steers the solve is read', () => {
  const { steering } = inputsOf({
    'working-directory': 'gpu',
    update: 'minimal',
    'exclude-newer': '3d',
    'exclude-newer-exempt': 'Numpy\nxarray',
    'virtual-packages': 'machines.yml'
  })
  expect(steering).toMatchObject({
    update: 'minimal',
    exempt: [{ name: 'numpy' }, { name: 'xarray' }],
    virtualPackages: 'gpu/machines.yml'
  })
  expect(steering.excludeNewer).toMatchObject([{ text: '3d', kind: 'all', cutoff: { text: '3d' } }])
  expect(inputsOf({ upgrade: 'OpenSSL, xarray >=2025.9, <2026\nzlib=1.*,' })).toMatchObject({
    steering: { update: 'minimal', upgrade: ['openssl', 'xarray>=2025.9,<2026', 'zlib=1.*'] },
    relock: { kind: 'always' }
  })
  expect(inputsOf({ cuda: 'none' }).steering.cuda).toBe('none')
  expect(inputsOf({ cuda: '12.4' }).steering.cuda).toBe('12.4')
})

test.each<[string, Given, RegExp]>([
  ['a value of update that there is not', { update: 'some' }, /`update`: `some` is not one of all, minimal/],
  [
    'a misspelt date',
    { 'exclude-newer': '24.9.2025' },
    /`exclude-newer`: `24\.9\.2025` is neither a date .* nor an age/
  ],
  [
    'a package without a time',
    { 'exclude-newer': 'package numpy' },
    /`package numpy` says no time, as `package numpy=7d` does/
  ],
  [
    'an exempt spec',
    { 'exclude-newer': '3d', 'exclude-newer-exempt': 'numpy>=2' },
    /`exclude-newer-exempt`: `numpy>=2`/
  ],
  ['exemptions from nothing', { 'exclude-newer-exempt': 'numpy' }, /`exclude-newer-exempt`.*without `exclude-newer`/],
  ['an upgrade that is no spec', { upgrade: 'openssl; rm' }, /`upgrade`: `openssl; rm` is neither the name/],
  ['two upgrades in one', { upgrade: 'xarray>=2025.9 openssl' }, /`upgrade`: `xarray>=2025.9 openssl` is neither/],
  ['a spec without a comma', { upgrade: 'xarray>=1 <2' }, /`upgrade`: `xarray>=1 <2` is neither/],
  ['an upgrade from a channel', { upgrade: 'evil::openssl' }, /`upgrade`: `evil::openssl` is neither/],
  ['an upgrade with another conda', { upgrade: 'openssl', 'conda-executable': 'conda' }, /`upgrade`: .*`conda-exec/],
  ['CUDA of a kind', { cuda: 'yes' }, /`cuda`: `yes` is neither a version .* nor `none`/],
  ['CUDA twice', { cuda: '12.4', 'virtual-packages': 'v.yml' }, /`cuda`.*combined with `virtual-packages`/],
  ['a file outside', { 'virtual-packages': '../v.yml' }, /`virtual-packages`: .*outside the repository/],
  ['minimal with another conda', { update: 'minimal', 'conda-executable': 'conda' }, /`update`: .*`conda-executable`/],
  [
    'a cooldown with another conda',
    { 'exclude-newer': '3d', 'conda-executable': 'conda' },
    /`exclude-newer`: .*`conda-exec/
  ]
])('%s is refused by the name of the input', (_what, given, message) => {
  expect(() => inputsOf(given)).toThrow(message)
  expect(() => inputsOf(given)).toThrow(expect.objectContaining({ kind: 'input' }))
})

describe('the file of virtual packages', () => {
  async function read(text: string | undefined): Promise<unknown> {
    const folder = await mkdtemp(join(tmpdir(), 'virtual-'))
    try {
      if (text !== undefined) await writeFile(join(folder, 'v.yml'), text)
      return (await readVirtualPackages(folder, 'v.yml', ['linux-64'])).packages
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  test('is read whatever its order and comments', async () => {
    const one = await read('subdirs:\n  linux-64:\n    packages: {__glibc: "2.35", __cuda: "12.4"}\n')
    const other = await read('# ours\nsubdirs: {linux-64: {packages: {__cuda: "12.4", __glibc: "2.35"}}}\n')
    expect(one).toEqual({ 'linux-64': { __cuda: '12.4', __glibc: '2.35' } })
    expect(JSON.stringify(other)).toBe(JSON.stringify(one))
  })

  test.each([
    ['missing', undefined, /`v\.yml` is not in the repository/],
    ['not YAML', 'subdirs: [', /is not valid YAML/],
    ['something else', 'packages: {}\n', /no mapping `subdirs:`/],
    ['without packages', 'subdirs: {linux-64: {}}\n', /no mapping `packages:` under linux-64/],
    [
      'of real packages',
      'subdirs: {linux-64: {packages: {glibc: "2.35"}}}\n',
      /names glibc, which is no virtual package/
    ],
    ['of numbers', 'subdirs: {linux-64: {packages: {__glibc: 2.35}}}\n', /version of __glibc that is not in quotes/],
    ['for other platforms', 'subdirs: {osx-64: {packages: {__osx: "11.0"}}}\n', /says nothing about linux-64/]
  ])('that is %s is refused', async (_what, text, message) => {
    const error: unknown = await read(text).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SyncError)
    expect(error).toMatchObject({ kind: 'input', place: { file: 'v.yml' } })
    expect(String(error)).toMatch(/Input `virtual-packages`/)
    expect(String(error)).toMatch(message)
  })
})

test('an age means the same inputs every day, and how to get there is no input of the lock', () => {
  const upstream = { repository: 'o/r', commit: '0', url: 'https://host.example/o/r', files: [] }
  const own = ownFiles([{ path: 'environment.yml', content: Buffer.from('channels: [c]\ndependencies: [a]\n') }])
  const hash = (given: Given) => makePlan(inputsOf(given), upstream, own, []).metadata[INPUTS_HASH]
  expect(hash({ update: 'minimal' })).toBe(hash({}))
  expect(hash({ 'exclude-newer': '3d' })).toBe(hash({ 'exclude-newer': '3d' }))
  expect(hash({ 'exclude-newer': '3d' })).not.toBe(hash({}))
  expect(hash({ 'exclude-newer': '3d' })).not.toBe(hash({ 'exclude-newer': '4d' }))
})
