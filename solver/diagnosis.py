"""Why a solve has failed, told so that somebody can mend it."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from rattler import Gateway, MatchSpec, PackageRecord
from rattler.exceptions import GatewayError, SolverError

from cooldown import normalized
from request import Request, SolveError, solution
from steering import is_held_back, iso, query

SECONDS = 60  # for asking the solver again, with fewer specs, which of them exclude each other
SHOWN = 10  # versions, or builds, of a package that has none that match


async def no_solution(request: Request, gateway: Gateway, message: str) -> SolveError:
    """The solver stops at the first spec that nothing matches: find them all, and what there is instead."""
    records = await offered(request, gateway)
    missing: set[str] = set()
    unmatched = []
    too_new = []
    for text, spec in request.specs.items():
        name = spec.name.normalized
        url = spec.channel and spec.channel.base_url
        there = [r for r in records.get(name, []) if not url or getattr(r, "channel", None) == url]
        met = [record for record in there if spec.matches(record)]
        if not there:
            missing.add(name)
        elif not met:
            right_version = MatchSpec(f"{name} {spec.version or '*'}")
            builds = unique(str(record.build) for record in there if right_version.matches(record))
            versions = unique(str(record.version) for record in there)
            unmatched.append({"spec": text, "name": name, "versions": versions, "builds": builds})
        elif not name.startswith("__") and all(is_held_back(record, request.steering) for record in met):
            too_new.append({"spec": text, "name": name, "version": str(met[0].version), "uploaded": iso(met[0])})
    if missing:
        return await missing_packages(request, gateway, message, sorted(missing))
    if unmatched:
        return SolveError("unmatched", message, unmatched=unmatched)
    if too_new:
        return SolveError("too-new", message, too_new=too_new)
    return SolveError("conflict", message, conflicts=await conflicts(request, gateway))


async def offered(request: Request, gateway: Gateway) -> dict[str, list[PackageRecord]]:
    """What the channels and the machine have of the packages that are asked for, by name, the newest first."""
    names = {spec.name.normalized for spec in request.specs.values()}
    found = await query(gateway, request.channels, request.subdirs, names)
    records: dict[str, list[PackageRecord]] = {}
    for record in [*found, *request.virtual_records]:
        records.setdefault(record.name.normalized, []).append(record)
    for there in records.values():
        there.sort(key=lambda record: (record.version, record.build_number), reverse=True)
    return records


async def missing_packages(request: Request, gateway: Gateway, message: str, missing: list[str]) -> SolveError:
    # A missing linux-64 is no error to the gateway, only a missing noarch is.
    empty = not await gateway.names(request.channels, request.subdirs[:1])
    there = [name.normalized for name in await gateway.names(request.channels, request.subdirs)]
    same: dict[str, list[str]] = {}  # names that pip would take for the same
    for name in there:
        same.setdefault(normalized(name), []).append(name)
    near = {n: same.get(normalized(n)) or get_close_matches(n, there, n=3, cutoff=0.75) for n in missing}
    return SolveError("missing-package", message, missing=missing, near=near, empty=empty)


async def conflicts(request: Request, gateway: Gateway) -> list[dict[str, Any]]:
    """Sets of specs that exclude each other, each as small as can be, with what the solver says of that set alone."""
    end = time.monotonic() + SECONDS

    async def refusal(texts: list[str]) -> str | None:
        try:
            await solution(replace(request, specs={text: request.specs[text] for text in texts}), gateway)
        except SolverError as error:
            return str(error)
        return None

    found: list[dict[str, Any]] = []
    left = list(request.specs)
    while time.monotonic() < end and await refusal(left):
        core: list[str] = []
        rest = left
        while not (message := await refusal(core)) and rest and time.monotonic() < end:
            # The last spec without which the rest from there on could be solved belongs to the conflict. Later ones are
            # those of the files that win, so that they are the ones to be told.
            low, high = 0, len(rest)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if await refusal(core + rest[middle:]) else (low, middle)
            core.append(rest[low])
            rest = rest[low + 1 :]
        found.append({"specs": core, "message": message or ""})
        left = [text for text in left if text not in core]
    return found


def unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))[:SHOWN]


async def bad_channel(request: Request, gateway: Gateway, error: GatewayError) -> SolveError:
    urls = re.findall(r"\b(?:https?|file)://[^\s)\"']+", str(error))
    status = re.search(r"\b(?:client|server) error \((\d{3})\b", str(error))
    for channel in [] if urls else request.channels:  # damaged repodata is not named
        for subdir in request.subdirs:
            try:
                await gateway.names([channel], [subdir])
            except GatewayError:
                urls.append(f"{channel}{subdir}/repodata.json")
    url = urls[-1] if urls else None
    if os.strerror(errno.EFBIG) in str(error):
        return SolveError("too-large", str(error), url=url)
    return SolveError("channel", str(error), url=url, status=status and int(status[1]))
