/** What conda-lock does for each package is done in a shorter way, with the outcome of its own functions. */
import { expect, test } from '@jest/globals'
import { SOLVER } from '../support/toolchain-paths.js'
import { askToolchain } from '../support/toolchain-python.js'

const START = `
import json, random, sys
request = json.load(sys.stdin)
sys.path.insert(0, request["solver"])
`

const ask = (program: string) => askToolchain(START + program, { solver: SOLVER })

const PACKAGES = `
from types import SimpleNamespace
from conda_lock.conda_solver import apply_categories as own
from condalock_shortcuts import apply_categories

def planned_of(needs):
    return {name: SimpleNamespace(name=name, manager="conda", categories=set(), dependencies=dict.fromkeys(needed, ""))
            for name, needed in needs.items()}

def categories(apply, needs, asked):
    planned = planned_of(needs)
    requested = {name: SimpleNamespace(name=name, category=category) for name, category in asked.items()}
    try:
        apply(requested=requested, planned=planned, mapping_url="")
    except KeyError:
        return "missing"
    return {name: sorted(package.categories) for name, package in planned.items()}
`

test('packages get the same categories, however they need each other', async () => {
  const program = `${PACKAGES}
def world(chance):
    names = [f"a{chance.choice('-_')}{i}" for i in range(chance.randint(1, 12))] + ["__virtual"]
    needs = {name: chance.sample([other for other in names if other != name], chance.randint(0, min(3, len(names) - 1)))
             for name in names}
    if chance.random() < 0.1:
        needs[names[0]].append("missing")
    swap = str.maketrans("-_", "_-")  # conda-lock takes either for the other
    needs = {name: [other.translate(swap) if chance.random() < 0.2 and other[0] != "_" else other for other in needed]
             for name, needed in needs.items()}
    asked = chance.sample(names, chance.randint(0, len(names)))
    return needs, {name: chance.choice(["main", "dev", "docs"]) for name in asked}

worlds = [world(random.Random(seed)) for seed in range(500)]
outcomes = [(categories(own, *world), categories(apply_categories, *world)) for world in worlds]
print(json.dumps({
    "differing": [world for world, (theirs, ours) in zip(worlds, outcomes) if theirs != ours],
    "missing": sum(theirs == "missing" for theirs, _ in outcomes),
    "in several": sum(any(len(found) > 1 for found in theirs.values()) for theirs, _ in outcomes if theirs != "missing"),
}))`
  const { differing, missing, ...counts } = (await ask(program)) as Readonly<Record<string, unknown>>
  expect(differing).toEqual([])
  expect(missing).toBeGreaterThan(10)
  expect(counts['in several']).toBeGreaterThan(50)
})

test('packages that need each other along a million ways, or themselves, get their categories, too', async () => {
  const program = `${PACKAGES}
layers = {f"{name}{layer}": [f"{other}{layer + 1}" for other in "abc"] for layer in range(30) for name in "abc"}
needs = {**layers, **{f"{name}30": [f"{name}30"] for name in "abc"}}
print(json.dumps(categories(apply_categories, needs, {"a0": "dev", "b29": "docs", "c30": "main"})))`
  const found = (await ask(program)) as Readonly<Record<string, unknown>>
  expect(found).toMatchObject({
    a0: ['dev'],
    b0: [],
    a29: ['dev'],
    b29: ['dev', 'docs'],
    b30: ['dev', 'docs'],
    c30: ['main']
  })
})

test('packages are sorted as by conda-lock, each time, circles included', async () => {
  const program = `
from conda_lock.interfaces.vendored_conda import toposort
from condalock_shortcuts import sorted_once
sort = sorted_once(toposort)

def world(chance):
    names = [*"abcdefgh", "python", "pip"][:chance.randint(1, 10)]
    return {name: set(chance.sample([*names, "elsewhere"], chance.randint(0, 2))) for name in names}

worlds = [world(random.Random(seed)) for seed in range(300)]
print(json.dumps([repr(world) for world in worlds if [sort(world), sort(world)] != [toposort(world)] * 2]))`
  expect(await ask(program)).toEqual([])
})

test('nothing is changed in a conda-lock that has other code', async () => {
  const program = `
import condalock_shortcuts
from conda_lock import conda_solver
from conda_lock.interfaces import vendored_conda

def used():
    return [conda_solver.apply_categories, conda_solver.MatchSpec, vendored_conda.toposort]

own, known = used(), condalock_shortcuts.KNOWN
condalock_shortcuts.KNOWN = "other"
condalock_shortcuts.install()
other = used() == own
condalock_shortcuts.KNOWN = known
condalock_shortcuts.install()
print(json.dumps({"other": other, "known": all(now is not before for now, before in zip(used(), own))}))`
  expect(await ask(program)).toEqual({ other: true, known: true })
})
