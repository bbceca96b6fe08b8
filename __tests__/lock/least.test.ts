/** The search for what can stay when something has to move, with a solver that knows which packages exclude each other. */
import { expect, test } from '@jest/globals'
import * as z from 'zod/mini'
import { SOLVER } from '../support/toolchain-paths.js'
import { askToolchain } from '../support/toolchain-python.js'

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
  'all that is left over can stay at once': { moved: names, known: names.slice(0, 90), conflicts: [names.slice(0, 1)] },
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
