/** `upgrade` and `update: minimal`: what is asked for, the search for what can stay, and what is told of it. */
import { describe, expect, test } from '@jest/globals'
import * as z from 'zod/mini'
import { SyncError } from '../../src/common/errors.js'
import { pipUpgrade } from '../../src/lock/pip-upgrade.js'
import { NO_STEERING, type AskedUpgrade, type SteeringResult } from '../../src/lock/steering.js'
import { steeringNotes } from '../../src/report/steering.js'
import { factsOf, lock } from '../support/locks.js'
import { SOLVER } from '../support/toolchain-paths.js'
import { askToolchain } from '../support/toolchain-python.js'

describe('what is asked for of a package from PyPI', () => {
  test.each([
    ['rich', 'rich', ''],
    ['ruamel.yaml>=0.18,<0.19', 'ruamel-yaml', '>=0.18,<0.19'],
    ['rich=13', 'rich', '==13.*'],
    ['rich=13.9.*', 'rich', '==13.9.*'],
    ['rich==13.9.*', 'rich', '==13.9.*'],
    ['rich!=13.9.4', 'rich', '!=13.9.4'],
    ['rich~=13.9', 'rich', '~=13.9'],
    ['rich>=14.0rc1', 'rich', '>=14.0rc1'],
    ['torch==2.9.0+cu128', 'torch', '==2.9.0+cu128'],
    ['epoch>=1!2.0.post1', 'epoch', '>=1!2.0.post1']
  ])('%s is about %s from PyPI, %j', (text, name, specifiers) => {
    const upgrade = pipUpgrade(text)
    expect([upgrade.name, upgrade.specifiers()]).toEqual([name, specifiers])
  })

  test.each(['rich>=13|<12', 'rich>=13.*', 'rich~=13', 'rich=py312', 'rich<', 'rich==13=0', 'torch>=2+cpu'])(
    '%s means nothing for a package from PyPI',
    text => {
      expect(() => pipUpgrade(text).specifiers()).toThrow(SyncError)
    }
  )
})

describe('the search for what can stay, with a solver that knows which packages exclude each other', () => {
  const SEARCH = `
import asyncio, json, sys
request = json.load(sys.stdin)
sys.path.insert(0, request["solver"])
from least import least_moved

def search(world):
    everything, known = set(world["moved"]), set(world["known"])
    solves = []

    async def solve(moved, group):
        solves.append(group)
        left = moved - set(group)
        return None if any(not left & set(conflict) for conflict in world["conflicts"]) else left

    moved, is_least = asyncio.run(least_moved(everything, lambda moved: moved - known, solve))
    return {"moved": sorted(moved), "isLeast": is_least, "solves": len(solves)}

print(json.dumps([search(world) for world in request["worlds"]]))
`

  interface World {
    /** What has moved in the first solution. */
    readonly moved: readonly string[]
    /** What of it is known to have to. */
    readonly known: readonly string[]
    /** Of each of these, one package has to move. */
    readonly conflicts: readonly (readonly string[])[]
  }

  const answer = z.array(z.object({ moved: z.array(z.string()), isLeast: z.boolean(), solves: z.number() }))

  const names = Array.from({ length: 120 }, (_, index) => `lib${String(index).padStart(3, '0')}`)

  const WORLDS = {
    'nothing has to move': { moved: names, known: [], conflicts: [] },
    'all that is left over can stay at once': {
      moved: names,
      known: names.slice(0, 90),
      conflicts: [names.slice(0, 1)]
    },
    'some of many have to move, some of them one of two': {
      moved: names,
      known: [],
      conflicts: [['lib003'], ['lib047'], ['lib048'], ['lib010', 'lib100'], ['lib011', 'lib099', 'lib101'], ['lib119']]
    },
    'more have to move than can be looked at': { moved: names, known: [], conflicts: names.map(name => [name]) }
  } satisfies Readonly<Record<string, World>>

  test('of what moved, all goes back that can, in few solves; a search that is not through says so', async () => {
    const worlds: readonly World[] = Object.values(WORLDS)
    const found = answer.parse(await askToolchain(SEARCH, { solver: SOLVER, worlds }))
    expect(found.map(({ moved, isLeast }) => [moved.length, isLeast])).toEqual([
      [0, true],
      [90, true],
      [6, true],
      [120, false]
    ])
    expect(found.slice(0, 2).map(({ solves }) => solves)).toEqual([1, 1])
    for (const [index, { moved, isLeast }] of found.entries()) {
      const { conflicts = [], known = [] } = worlds[index] ?? {}
      const canStay = (name: string) =>
        !known.includes(name) && conflicts.every(some => some.some(other => other !== name && moved.includes(other)))
      expect(isLeast ? moved.filter(canStay) : []).toEqual([])
    }
  })
})

describe('what is told', () => {
  const BEFORE =
    'openssl 3.5.3\npython-dateutil 2.9.0\nxarray 2025.9.0\nnumpy 2.2.6\nnumba 0.61.2\nrich 13.9.4 pip\nhumanize 3.14.0 pip'
  const AFTER =
    'openssl 3.6.1\npython-dateutil 2.9.0\nxarray 2025.9.0\nnumpy 2.4.1\nnumba 0.63.1\nrich 15.0.0 pip\nhumanize 3.14.0 pip'

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
      'is spelt otherwise',
      { asked: 'Python_Dateutil>=2.9', name: 'python_dateutil', isLocked: false, newest: undefined },
      '`upgrade: Python_Dateutil>=2.9`: `python_dateutil` was not locked until now, but `python-dateutil` was: name that.'
    ],
    [
      'is not there at all',
      { asked: 'opensll', name: 'opensll', isLocked: false, newest: undefined },
      '`upgrade: opensll`: `opensll` was not locked until now, so there is nothing to upgrade.'
    ]
  ])('a package that %s is told as that', (_what, upgrade, note) => {
    expect(notes({ upgrades: [{ ...asked, ...upgrade }] })[0]).toBe(note)
  })

  test.each([
    ['there was no lock', []],
    ['the old lock cannot be read', [{ path: 'conda-lock.yml', problem: 'is torn', line: undefined }]]
  ])('where %s, nothing is said of a package alone', (cause, unreadable) => {
    const { bundle } = factsOf({ before: undefined, after: lock('tqdm 4.67.1'), unreadable })
    const told = (upgrades: readonly AskedUpgrade[]) =>
      steeringNotes({
        ...bundle,
        previous: { unified: undefined, explicit: new Map(), unreadable },
        steered: { ...NO_STEERING, update: 'minimal', upgrades }
      })
    const anew = `${cause}, so everything is locked anew, and nothing is kept.`
    const tqdm = { ...asked, name: 'tqdm', asked: 'tqdm', isLocked: false, newest: undefined }
    expect(told([tqdm])).toEqual([`\`upgrade: tqdm\`: ${anew}`])
    expect(told([])).toEqual(unreadable.length === 0 ? [] : [`\`update: minimal\`: ${anew}`])
  })

  test('what `exclude-newer` keeps out of an upgrade is told with the way in', () => {
    const heldBack = [
      { platform: 'linux-64', name: 'xarray', version: '2025.12.0', uploaded: '2025-12-03T00:00:00+00:00', by: '7d' }
    ]
    const xarray = { ...asked, name: 'xarray', asked: 'xarray', newest: undefined }
    expect(notes({ upgrades: [xarray], heldBack })[0]).toBe(
      '`upgrade: xarray`: stays at `2025.9.0`: the channels have nothing newer. `exclude-newer: 7d` holds back `2025.12.0`; `exclude-newer-exempt: xarray=2025.12.0` would let it in.'
    )
  })

  test('the same file from another address has not moved', () => {
    const { bundle, previous } = factsOf({
      before: lock('xarray 1.0'),
      after: lock('https://mirror.example/conda-forge::xarray 1.0')
    })
    const upgrades = [{ ...asked, name: 'xarray', asked: 'xarray', newest: undefined }]
    const steered = { ...NO_STEERING, update: 'minimal' as const, upgrades }
    expect(steeringNotes({ ...bundle, previous, steered })[0]).toMatch(/: stays at `1\.0`: /)
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
})
