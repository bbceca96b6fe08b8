"""`upgrade`: packages that move to the newest that the environment files allow, while the rest stays where it can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rattler import Gateway, MatchSpec, RepoDataRecord
from rattler.exceptions import SolverError

from diagnosis import conflicts
from least import with_least_moved
from outcome import age, matches
from request import Request, solution
from steering import is_held_back, query


async def upgraded(request: Request, gateway: Gateway) -> tuple[Request, list[dict[str, Any]], bool]:
    """The request with what is to be kept after the upgrades, what came of each, and whether no more moves than must.

    What is settled for one stays so for those after it. The specs themselves are not added to, so that a package which
    nothing needs any more can go.
    """
    settled: dict[str, MatchSpec] = {}
    told = []
    is_least = True
    for text in request.steering.upgrade:
        name = MatchSpec(text).name.normalized
        if not any(file.name == name for file in request.steering.locked):
            told.append({"asked": text, "name": name, "is_locked": False, "newest": None, "held": []})
            continue
        free = replace(request, locked={other: kept for other, kept in request.locked.items() if other != name})
        there = await candidates(request, gateway, MatchSpec(text))
        newest = there[0] if there else None
        found = await newest_solution(free, gateway, there, settled)
        if found:
            record, records = found
            settled[exact(record)] = MatchSpec(exact(record))
            records, is_certain = await with_least_moved(with_record(free, record, settled), gateway, records)
            is_least = is_least and is_certain
            request = replace(request, locked={kept.name.normalized: kept for kept in records})
        is_held = newest is not None and (not found or found[0] is not newest)
        held = await holders(free, gateway, newest, settled) if newest and is_held else []
        version = newest and str(newest.version)
        told.append({"asked": text, "name": name, "is_locked": True, "newest": version, "held": held})
    return request, told, is_least


async def candidates(request: Request, gateway: Gateway, asked: MatchSpec) -> list[RepoDataRecord]:
    """What is asked for and newer than what is locked, the newest first, one of each version and build number."""
    old = request.locked.get(asked.name.normalized)
    floor = age(old) if old is not None and asked.matches(old) else None
    records = await query(gateway, request.channels, request.subdirs, [asked])
    found: dict[str, RepoDataRecord] = {}
    for record in sorted(records, key=age, reverse=True):
        if not is_held_back(record, request.steering) and (floor is None or age(record) > floor):
            found.setdefault(exact(record), record)
    return list(found.values())


async def newest_solution(
    request: Request, gateway: Gateway, there: list[RepoDataRecord], settled: dict[str, MatchSpec]
) -> tuple[RepoDataRecord, list[RepoDataRecord]] | None:
    """The first of the records that can be had, with a solution that has it."""
    for record in there:
        if not direct_holders(request, record):
            try:
                return record, await solution(with_record(request, record, settled), gateway)
            except SolverError:
                continue
    return None


async def holders(
    request: Request, gateway: Gateway, record: RepoDataRecord, settled: dict[str, MatchSpec]
) -> list[str]:
    """The specs that do not let the record in."""
    if direct := direct_holders(request, record):
        return direct
    others = {text: spec for text, spec in settled.items() if spec.name.normalized != record.name.normalized}
    found = await conflicts(with_record(request, record, others), gateway)
    return [text for conflict in found for text in conflict["specs"] if text in request.specs]


def direct_holders(request: Request, record: RepoDataRecord) -> list[str]:
    name = record.name.normalized
    return [text for text, spec in request.specs.items() if spec.name.normalized == name and not matches(spec, record)]


def with_record(request: Request, record: RepoDataRecord, settled: dict[str, MatchSpec]) -> Request:
    return replace(request, specs={**request.specs, **settled, exact(record): MatchSpec(exact(record))})


def exact(record: RepoDataRecord) -> str:
    return f"{record.name.normalized}[version='=={record.version}',build_number='=={record.build_number}']"
