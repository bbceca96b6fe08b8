"""Solves with what is fetched of the channels, once for all commands of a process."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from rattler import Client, Gateway, RepoDataRecord, SourceConfig, Subdir
from rattler.exceptions import GatewayError, SolverError

from diagnosis import bad_channel, no_solution
from least import with_least_moved
from outcome import base_urls, chosen_anew, held_back, moves, sizes
from request import Request, SolveError, solution
from steering import locked_records, parsed, sources, undated_channel, unknown_channel
from upgrade import upgraded

SECONDS = 120  # for one HTTP request, so that a channel that hangs is named before the whole lock is out of time


@dataclass
class Solution:
    records: list[RepoDataRecord]
    told: dict[str, Any]  # for the report


class Repodata:
    """What is fetched of the channels, once for all commands that share it."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._turns = asyncio.Semaphore(os.cpu_count() or 1)  # a solve keeps a core busy, and has memory of its own
        self._running = 0
        self._is_damaged = False
        cache.mkdir(parents=True, exist_ok=True)
        self.usual = Gateway(cache, client=Client.default_client(timeout=SECONDS))

    @cached_property
    def plain(self) -> Gateway:
        """For mirrors that answer 403 or 500 for shards they don't know, and if shards in the cache are damaged."""
        config = SourceConfig(sharded_enabled=False, cache_action="no-cache")
        client = Client.default_client(max_retries=1, timeout=SECONDS)
        return Gateway(self._cache, default_config=config, client=client)

    async def fetch(self, channels: list[str], platforms: list[str], specs: list[str]) -> None:
        """Gets what solves of these specs will read; what cannot be fetched they will tell."""
        subdirs = [*map(Subdir, platforms), Subdir("noarch")]
        readable = [spec for spec in map(parsed, specs) if spec]
        with suppress(GatewayError):
            await self.usual.query(channels, subdirs, readable, recursive=True, channel_relations="disabled")

    async def solve(self, request: Request) -> Solution:
        async with self._turns:
            return await self._solve(request)

    async def _solve(self, request: Request) -> Solution:
        self._running += 1
        try:
            return await attempt(request, self.usual)
        except GatewayError:
            try:
                found = await attempt(request, self.plain)
            except GatewayError as error:
                raise await bad_channel(request, self.plain, error) from error
            self._is_damaged = True
            return found
        finally:
            self._running -= 1
            if self._is_damaged and not self._running:  # what is damaged in the cache stays so
                shutil.rmtree(self._cache, ignore_errors=True)


async def attempt(request: Request, gateway: Gateway) -> Solution:
    """Raises SolveError if there is no solution, and GatewayError if a channel cannot be read."""
    steering = request.steering
    specs = list(request.specs.values())
    if unknown := unknown_channel(request.channels, steering):
        raise SolveError("unknown-channel", f"no channel of the solve is meant by '{unknown.text}'", entry=unknown.text)
    undated = await undated_channel(gateway, request.channels, request.subdirs, specs, steering)
    if undated:
        raise SolveError("undated-channel", f"{undated} has no timestamps", url=undated)
    old = await locked_records(gateway, request.channels, request.subdirs, steering)
    request = replace(request, sources=sources(gateway, request.channels, steering), locked=old)
    request, upgrades, is_least = await upgraded(request, gateway)
    try:
        records = await solution(request, gateway)
    except SolverError as error:
        raise await no_solution(request, gateway, str(error)) from error
    records, is_certain = await with_least_moved(request, gateway, records)
    there = [*records, *request.virtual_records]
    chosen = chosen_anew(steering, old, records)
    late = await held_back(gateway, request.channels, request.subdirs, steering, request.specs, chosen)
    told = {
        "moved": moves(steering, old, request.specs, there),
        "is_least": is_least and is_certain,
        "held_back": late,
        "upgrades": upgrades,
        "base_urls": base_urls(records),
        "sizes": await sizes(gateway, request.channels, request.subdirs, steering, records),
    }
    return Solution(records, told)
