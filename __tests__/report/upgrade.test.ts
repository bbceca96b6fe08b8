/** What the log and the pull request say of `upgrade` and `update: minimal`. */
import { expect, test } from '@jest/globals'
import { NO_STEERING, type AskedUpgrade, type SteeringResult } from '../../src/lock/steering.js'
import { steeringNotes } from '../../src/report/steering.js'
import { factsOf, lock } from '../support/locks.js'

const BEFORE = 'openssl 3.5.3\nxarray 2025.9.0\nnumpy 2.2.6\nnumba 0.61.2\nrich 13.9.4 pip\nhumanize 3.14.0 pip'
const AFTER = 'openssl 3.6.1\nxarray 2025.9.0\nnumpy 2.4.1\nnumba 0.63.1\nrich 15.0.0 pip\nhumanize 3.14.0 pip'

const asked: AskedUpgrade = {
  platform: 'linux-64',
  name: 'openssl',
  asked: 'openssl',
  isLocked: true,
  newest: '3.6.1',
  holders: []
}

function notes(steered: Partial<SteeringResult>): string[] {
  const { bundle, previous } = factsOf({ before: lock(BEFORE), after: lock(AFTER) })
  return steeringNotes({ ...bundle, previous, steered: { ...NO_STEERING, update: 'minimal', ...steered } })
}

test.each<[string, Partial<AskedUpgrade>, string]>([
  ['moved', {}, '`upgrade: openssl`: moved from `3.5.3` to `3.6.1`, the newest.'],
  [
    'moved as far as asked',
    { asked: 'openssl<3.7' },
    '`upgrade: openssl<3.7`: moved from `3.5.3` to `3.6.1`, the newest that this allows.'
  ],
  [
    'is asked for more than there is',
    { asked: 'xarray>=2030', name: 'xarray', newest: undefined },
    '`upgrade: xarray>=2030`: stays at `2025.9.0`: the channels have nothing newer that this allows.'
  ],
  [
    'has nothing newer',
    { asked: 'xarray', name: 'xarray', newest: undefined },
    '`upgrade: xarray`: stays at `2025.9.0`: the channels have nothing newer.'
  ],
  [
    'is held by an entry of a file',
    {
      asked: 'xarray',
      name: 'xarray',
      newest: '2025.12.0',
      holders: [{ text: 'pangeo-notebook=2025.07.15', file: 'BNenvironment.yml', line: 7 }]
    },
    '`upgrade: xarray`: stays at `2025.9.0`. `2025.12.0` is kept out by `pangeo-notebook=2025.07.15` (`BNenvironment.yml`, line 7).'
  ],
  [
    'comes from PyPI',
    { asked: 'rich<16', name: 'rich', isLocked: false, newest: undefined },
    '`upgrade: rich<16`: moved from `13.9.4` to `15.0.0`, the newest that this and the other packages allow.'
  ],
  [
    'comes from PyPI, and is held by an entry of a file',
    {
      asked: 'humanize',
      name: 'humanize',
      isLocked: false,
      newest: undefined,
      holders: [{ text: 'humanize<4', file: 'environment.yml', line: 6 }]
    },
    '`upgrade: humanize`: stays at `3.14.0`: its index has nothing newer that the other packages and `humanize<4` (`environment.yml`, line 6) allow.'
  ],
  [
    'is not there at all',
    { asked: 'opensll', name: 'opensll', isLocked: false, newest: undefined },
    '`upgrade: opensll`: no package `opensll` was locked until now, so there is nothing to upgrade.'
  ]
])('a package that %s is told as that', (_what, upgrade, note) => {
  expect(notes({ upgrades: [{ ...asked, ...upgrade }] })[0]).toBe(note)
})

test('what moved with it is told by its reason, that nothing did, and that some of it could perhaps have stayed', () => {
  const move = (name: string, reason: SteeringResult['moves'][number]['reason']) => ({
    platform: 'linux-64',
    name,
    reason,
    named: undefined
  })
  const itself = move('openssl', { kind: 'asked' })
  const numba = move('numba', { kind: 'requires', by: 'numpy', spec: 'numpy <2.3' })
  const unfinished = ['linux-64']
  const rich = { ...asked, name: 'rich', asked: 'rich', isLocked: false, newest: undefined }
  expect(notes({ upgrades: [asked, rich], moves: [itself] })[2]).toBe(
    '`update: minimal`: no other package of the old lockfile had to move.'
  )
  expect(notes({ upgrades: [asked], moves: [itself, numba], unfinished }).slice(1)).toEqual([
    '`update: minimal`: 2 other packages of the old lockfile had to move: `numba` from `0.61.2` to `0.63.1`, because `0.61.2` needs `numpy <2.3`; `rich` (pip) from `13.9.4` to `15.0.0`, because its index does not offer the old one any more, or that does not go together with the rest.',
    '`update: minimal`: on `linux-64` some of them could perhaps have stayed, as the search for these ended before it was through.'
  ])
})
