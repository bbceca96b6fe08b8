#!/usr/bin/env python3
"""The part of conda's command line that conda-lock asks for, answered by py-rattler.

    rattler_conda.py create --prefix P --dry-run --json --override-channels --channel C… SPEC…

Reads CONDA_SUBDIR (the platform), CONDA_CHANNEL_ALIAS (where a bare channel name lives), RATTLER_CONDA_CACHE (a folder
of its own for repodata), RATTLER_CONDA_STEERING (see steering.py) and RATTLER_CONDA_REPORT (a file that gets one JSON
line for each solve: what it did, or what the failure was).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import resource
import shutil
import sys
import time
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn
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
from outcome import base_urls, held_back, moves
from request import Request, SolveError, solution
from steering import locked_records, read_steering, sources, undated_channel, unknown_channel
from upgrade import upgraded

ALIAS = (os.environ.get("CONDA_CHANNEL_ALIAS") or "https://conda.anaconda.org").rstrip("/") + "/"
DEFAULTS = ["https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r"]
CACHE = Path(
    os.environ.get("RATTLER_CONDA_CACHE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rattler-conda"
)
LARGEST = 2 << 30  # bytes of a file, such as unpacked repodata: a few kilobytes of zst can become any number
SECONDS = 120  # for one HTTP request, so that a channel that hangs is named before the whole lock is out of time


@dataclass
class Solution:
    records: list[RepoDataRecord]
    told: dict[str, Any]  # for the report


def channel_url(name: str) -> str:
    try:
        return Channel(name, ChannelConfig(ALIAS)).base_url
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


def parse(platform: str, channels: list[str], texts: list[str]) -> Request:
    request = Request(platform)
    for name in channels:
        virtual = virtual_packages(name, platform)
        if virtual is None:
            request.channels += map(channel_url, DEFAULTS if name == "defaults" else [name])
        else:
            request.virtual += virtual
    invalid = []
    for text in texts:
        try:
            spec = MatchSpec(text)  # not strict, as in conda: "numpy=1.26.4=py312_0" comes as "numpy 1.26.4 py312_0"
            if spec.channel and "://" not in text:  # a name, which rattler took to be on its own alias
                url = channel_url(spec.channel.name or "")
                spec = MatchSpec(f"{url}{spec.subdir or ''}::{text.partition('::')[2]}")
        except InvalidMatchSpecError as error:
            invalid.append({"spec": text, "message": str(error)})
            continue
        if spec.channel and spec.channel.base_url not in request.channels:
            request.channels.append(spec.channel.base_url)
        request.specs[text] = spec
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
    request, upgrades = await upgraded(request, gateway)
    try:
        records = await solution(request, gateway)
    except SolverError as error:
        raise await no_solution(request, gateway, str(error)) from error
    there = [*records, *request.virtual_records]
    late = await held_back(gateway, request.channels, request.subdirs, steering, request.specs, records)
    told = {"moved": moves(steering, old, request.specs, there), "held_back": late, "upgrades": upgrades}
    return Solution(records, {**told, "base_urls": base_urls(records)})


async def create(platform: str, channels: list[str], texts: list[str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The records to install, and what there is to tell about them."""
    request = parse(platform, channels, texts)
    request.steering = read_steering(platform)
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        found = await attempt(request, Gateway(CACHE, client=Client.default_client(timeout=SECONDS)))
    except GatewayError:
        # Mirrors answer 403 or 500 for shards they don't know, and damaged shards in the cache stay damaged.
        plain = SourceConfig(sharded_enabled=False, cache_action="no-cache")
        client = Client.default_client(max_retries=1, timeout=SECONDS)
        gateway = Gateway(CACHE, default_config=plain, client=client)
        try:
            found = await attempt(request, gateway)
        except GatewayError as error:
            raise await bad_channel(request, gateway, error) from error
        shutil.rmtree(CACHE, ignore_errors=True)
    names = {spec.name.normalized for spec in request.specs.values()}
    wanted = [
        record for record in request.virtual if record["name"] in names
    ]  # conda-lock looks them up, and drops them
    records = wanted + [json.loads(record.to_json()) for record in found.records]
    return sorted(records, key=lambda record: record["name"]), found.told


def without_secrets(text: str) -> str:
    return re.sub(r"(?<=://)[^/\s@\"]+(?=@)|(?<=/t/)[^/\s\"]+", "********", text)


def finish(code: int, result: dict[str, Any], report: dict[str, Any]) -> NoReturn:
    print(json.dumps(result))
    if path := os.environ.get("RATTLER_CONDA_REPORT"):
        with Path(path).open("a") as file:
            file.write(json.dumps(report) + "\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a plain exit often crashes: a thread of rattler's outlives the interpreter


def main() -> NoReturn:
    parser = argparse.ArgumentParser(prog="rattler-conda", allow_abbrev=False)
    command = parser.add_subparsers(required=True).add_parser("create", allow_abbrev=False)
    for ignored in ("--dry-run", "--json", "--override-channels"):
        command.add_argument(ignored, action="store_true", required=True)
    command.add_argument("--prefix", required=True)
    command.add_argument("--channel", action="append", required=True)
    command.add_argument("spec", nargs="*")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    platform = os.environ.get("CONDA_SUBDIR") or str(Subdir.current())
    start = time.monotonic()
    try:
        fetch, told = asyncio.run(create(platform, args.channel, args.spec))
    except Exception as error:
        if not isinstance(error, SolveError):
            traceback.print_exc()
            error = SolveError("internal", f"{type(error).__name__}: {error}")
        failure = {**error.fields, "specs": args.spec, "channels": args.channel, "platform": platform}
        failure = json.loads(without_secrets(json.dumps(failure)))
        finish(1, failure, failure)
    seconds = round(time.monotonic() - start, 3)
    report = {"kind": "solved", "platform": platform, "records": len(fetch), "seconds": seconds, **told}
    finish(0, {"success": True, "actions": {"FETCH": fetch, "LINK": []}}, report)


if __name__ == "__main__":
    main()
