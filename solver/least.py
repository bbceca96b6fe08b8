"""A search for what can stay: the solver prefers each kept record by itself, and does not count how many it moves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from rattler import Gateway, MatchSpec, RepoDataRecord
from rattler.exceptions import SolverError

from outcome import age, matches, moved
from possible import Possible
from request import Request, solution
from steering import is_held_back, query

MOST_SOLVES = 60  # each some 0.3 s of 800 packages

Solution = TypeVar("Solution")


async def with_least_moved(
    request: Request, gateway: Gateway, records: list[RepoDataRecord]
) -> tuple[list[RepoDataRecord], bool]:
    """A solution in which no locked record has moved that could have stayed; whether that is certain.

    Nothing goes back in it that does not in the solution that there is: an older build often goes with more only
    because it says less of what it needs. numba 0.61.2 has one that takes any numpy, and then cannot be imported.
    """
    if not moved_in(request, records):
        return records, True
    names = {record.name.normalized for record in records}
    kept = request.locked.keys() & names

    def staying(solved: list[RepoDataRecord]) -> list[RepoDataRecord]:
        gone = moved_in(request, solved)
        return [request.locked[name] for name in sorted(kept) if name not in gone]

    stays = staying(records)
    back = gone_back(request, records)
    others = await allowed(request, gateway, names - {record.name.normalized for record in stays})
    forward = [record for record in others if record.name.normalized in back or not is_older(request, record)]
    possible = Possible([*stays, *forward], {spec.name.normalized for spec in request.specs.values()})

    def movable(solved: list[RepoDataRecord]) -> set[str]:
        possible.decide(staying(solved))
        return {name for name in moved_in(request, solved) if possible.allows(request.locked[name])}

    async def solve(solved: list[RepoDataRecord], group: list[str]) -> list[RepoDataRecord] | None:
        stay = [*staying(solved), *(request.locked[name] for name in group)]
        left = kept - back - {record.name.normalized for record in stay}
        constraints = [*map(identical, stay), *(no_older(request.locked[name]) for name in sorted(left))]
        try:
            found = await solution(replace(request, constraints=constraints), gateway)
        except SolverError:
            return None
        # A package can also keep to its constraint by going, which is no staying.
        stayed = kept <= {record.name.normalized for record in found}
        return found if stayed and gone_back(request, found) <= back else None

    return await least_moved(records, movable, solve)


async def allowed(request: Request, gateway: Gateway, names: set[str]) -> list[RepoDataRecord]:
    """What the channels have of these packages, the specs allow, and no cooldown holds back."""
    specs: dict[str, list[MatchSpec]] = {}
    for spec in request.specs.values():
        specs.setdefault(spec.name.normalized, []).append(spec)
    return [
        record
        for record in await query(gateway, request.channels, request.subdirs, names)
        if all(matches(spec, record) for spec in specs.get(record.name.normalized, []))
        and not is_held_back(record, request.steering)
    ]


def moved_in(request: Request, records: list[RepoDataRecord]) -> set[str]:
    """The names of what is to be kept and has another record in a solution."""
    return set(moved(request.locked, {record.name.normalized: record for record in records}))


def gone_back(request: Request, records: list[RepoDataRecord]) -> set[str]:
    """The names of what is older in a solution than what was to be kept."""
    return {record.name.normalized for record in records if is_older(request, record)}


def is_older(request: Request, record: RepoDataRecord) -> bool:
    kept = request.locked.get(record.name.normalized)
    return kept is not None and age(record) < age(kept)


def identical(record: RepoDataRecord) -> MatchSpec:
    """A spec that this file alone meets."""
    return MatchSpec(
        f"{record.name.normalized}[version='=={record.version}',build='{record.build}',fn='{record.file_name}']"
    )


def no_older(record: RepoDataRecord) -> MatchSpec:
    """A spec that no older version meets; there is none for older builds of one version."""
    return MatchSpec(f"{record.name.normalized}[version='>={record.version}']")


async def least_moved(
    start: Solution,
    movable: Callable[[Solution], set[str]],
    solve: Callable[[Solution, list[str]], Awaitable[Solution | None]],
) -> tuple[Solution, bool]:
    """A solution in which nothing has moved that could have stayed with all that does; whether that is certain.

    `movable` names what has moved in a solution and is not known to have to. `solve` looks for a solution in which
    these stay as well. The search may end before it is through.
    """
    kept = start
    groups = filled([sorted(movable(kept))])
    for _ in range(MOST_SOLVES):
        if not groups:
            break
        group = groups.pop(0)  # the large ones first, of which something can be had before the search ends
        found = await solve(kept, group)
        if found is not None:
            kept = found
            left = movable(kept)
            groups = filled([name for name in group if name in left] for group in groups)
        elif len(group) > 1:
            groups += [group[: len(group) // 2], group[len(group) // 2 :]]
    return kept, not groups


def filled(groups: Iterable[list[str]]) -> list[list[str]]:
    return [group for group in groups if group]
