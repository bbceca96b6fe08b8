"""The parts of a conda's command line that are asked for, answered by py-rattler.

    create --prefix P --dry-run --json --override-channels --channel C… SPEC…
    blame (as create)
    fetch --platform P… --channel C… SPEC…

`create` is what conda-lock calls. `blame` tells why a process that tried it is broken (see bounded.py). `fetch` gets
what solves of these specs will read of the channels; what it can't get they will tell. Of the environment they read
CONDA_SUBDIR (the platform, but for `fetch`), CONDA_CHANNEL_ALIAS (where a bare channel name lives) and
RATTLER_CONDA_STEERING (see steering.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import unquote, urlsplit

from rattler import (
    Channel,
    ChannelConfig,
    Client,
    Gateway,
    MatchSpec,
    RepoDataRecord,
    SourceConfig,
    Subdir,
    Version,
)
from rattler.exceptions import GatewayError, InvalidChannelError, InvalidMatchSpecError, SolverError

from diagnosis import bad_channel, no_solution
from least import with_least_moved
from outcome import base_urls, chosen_anew, held_back, moves, sizes
from request import Request, SolveError, solution
from steering import locked_records, parsed, read_steering, sources, undated_channel, unknown_channel
from upgrade import upgraded

DEFAULTS = ["https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r"]
SECONDS = 120  # for one HTTP request, so that a channel that hangs is named before the whole lock is out of time


class Answer(TypedDict):
    """How a command has ended."""

    code: int  # the exit code
    stdout: str
    stderr: str
    report: dict[str, Any]  # what it did, or what the failure was


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


def channel_url(name: str, alias: str) -> str:
    try:
        return Channel(name, ChannelConfig(alias)).base_url
    except InvalidChannelError as error:
        raise SolveError("channel", f"invalid channel '{name}': {error}", url=name, status=None) from error


def virtual_packages(channel: str, platform: str) -> list[dict[str, Any]] | None:
    """What conda-lock's file:// channel of virtual packages says the target has; None if it is an ordinary channel.

    As real virtual packages they are also held against `constrains`, and can't end up among the installed ones.
    """
    if not channel.startswith("file://"):
        return None
    found: dict[str, dict[str, Any]] = {}
    for subdir in (platform, "noarch"):
        try:
            path = Path(unquote(urlsplit(channel).path), subdir, "repodata.json")
            packages = json.loads(path.read_bytes())["packages"]
        except (OSError, ValueError, KeyError):
            return None
        for file, record in packages.items():
            if record.get("package_type") != "virtual_system":
                return None
            old = found.get(record["name"])  # there are two of __osx
            if old is None or Version(old["version"]) < Version(record["version"]):
                found[record["name"]] = {**record, "url": f"{channel}/{subdir}/{file}", "md5": ""}
    return list(found.values())


def channel_urls(name: str, alias: str) -> list[str]:
    return [channel_url(each, alias) for each in (DEFAULTS if name == "defaults" else [name])]


def parse(channels: list[str], texts: list[str], environment: Mapping[str, str]) -> Request:
    platform = platform_of(environment)
    alias = alias_of(environment)
    request = Request(platform, steering=read_steering(platform, environment.get("RATTLER_CONDA_STEERING")))
    for name in channels:
        virtual = virtual_packages(name, platform)
        if virtual is None:
            request.channels += channel_urls(name, alias)
        else:
            request.virtual += virtual
    invalid = []
    for text in texts:
        try:
            spec = MatchSpec(text)  # not strict, as in conda: "numpy=1.26.4=py312_0" comes as "numpy 1.26.4 py312_0"
            if spec.channel and "://" not in text:  # a name, which rattler took to be on its own alias
                url = channel_url(spec.channel.name or "", alias)
                spec = MatchSpec(f"{url}{spec.subdir or ''}::{text.partition('::')[2]}")
        except InvalidMatchSpecError as error:
            invalid.append({"spec": text, "message": str(error)})
            continue
        if spec.channel and spec.channel.base_url not in request.channels:
            request.channels.append(spec.channel.base_url)
        request.specs[text] = spec
    for text in request.steering.upgrade:
        if parsed(text) is None:
            raise SolveError("invalid-upgrade", f"invalid spec '{text}'", entry=text)
    if invalid:
        message = "\n".join(f"invalid spec '{bad['spec']}': {bad['message']}" for bad in invalid)
        raise SolveError("invalid-spec", message, invalid=invalid)
    return request


async def attempt(request: Request, gateway: Gateway) -> Solution:
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


async def create(request: Request, repodata: Repodata) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The records to install, and what there is to tell about them."""
    found = await repodata.solve(request)
    names = {spec.name.normalized for spec in request.specs.values()}
    wanted = [
        record for record in request.virtual if record["name"] in names
    ]  # conda-lock looks them up, and drops them
    records = wanted + [json.loads(record.to_json()) for record in found.records]
    return sorted(records, key=lambda record: record["name"]), found.told


async def too_large(request: Request) -> SolveError:
    """Names the channel that is too much by itself, or has a record that is."""
    urls = request.channels
    if len(urls) > 1:
        found = [await is_too_large(url, request) for url in urls]
        urls = [url for url, is_large in zip(urls, found, strict=True) if is_large]
    return SolveError("too-large", "reading the channels took too much", url=urls[0] if urls else None)


async def is_too_large(url: str, request: Request) -> bool:
    probe = Path(__file__).with_name("probe.py")
    process = await asyncio.create_subprocess_exec(sys.executable, probe, url, request.platform, *request.specs)
    return await process.wait() != 0


def without_secrets(text: str) -> str:
    return re.sub(r"(?<=://)[^/\s@\"]+(?=@)|(?<=/t/)[^/\s\"]+", "********", text)


def platform_of(environment: Mapping[str, str]) -> str:
    return environment.get("CONDA_SUBDIR") or str(Subdir.current())


def alias_of(environment: Mapping[str, str]) -> str:
    return (environment.get("CONDA_CHANNEL_ALIAS") or "https://conda.anaconda.org").rstrip("/") + "/"


def parse_command(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rattler-conda", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    create, blame = (commands.add_parser(name, allow_abbrev=False) for name in ("create", "blame"))
    for command in (create, blame):
        for ignored in ("--dry-run", "--json", "--override-channels"):
            command.add_argument(ignored, action="store_true", required=True)
        command.add_argument("--prefix", required=True)
    fetch = commands.add_parser("fetch", allow_abbrev=False)
    fetch.add_argument("--platform", action="append", required=True)
    for command in (create, blame, fetch):
        command.add_argument("--channel", action="append", required=True)
        command.add_argument("spec", nargs="*")
    return parser.parse_args(arguments)


async def answer(arguments: list[str], environment: Mapping[str, str], repodata: Repodata) -> Answer:
    args = parse_command(arguments)
    start = time.monotonic()
    printed = ""
    try:
        if args.command == "fetch":
            channels = [url for name in args.channel for url in channel_urls(name, alias_of(environment))]
            await repodata.fetch(channels, args.platform, args.spec)
            return {"code": 0, "stdout": "", "stderr": "", "report": {}}
        request = parse(args.channel, args.spec, environment)
        if args.command == "blame":
            raise await too_large(request)
        fetch, told = await create(request, repodata)
    except MemoryError:
        raise
    except Exception as error:
        if not isinstance(error, SolveError):
            printed = traceback.format_exc()
            error = SolveError("internal", f"{type(error).__name__}: {error}")
        platform = platform_of(environment)
        failure = {**error.fields, "specs": args.spec, "channels": args.channel, "platform": platform}
        failure = json.loads(without_secrets(json.dumps(failure)))
        return {"code": 1, "stdout": json.dumps(failure), "stderr": printed, "report": failure}
    seconds = round(time.monotonic() - start, 3)
    report = {"kind": "solved", "platform": request.platform, "records": len(fetch), "seconds": seconds, **told}
    stdout = json.dumps({"success": True, "actions": {"FETCH": fetch, "LINK": []}})
    return {"code": 0, "stdout": stdout, "stderr": "", "report": report}
