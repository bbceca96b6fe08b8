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
import shutil
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from rattler import (
    BuildString,
    Channel,
    ChannelConfig,
    ChannelPriority,
    Client,
    Gateway,
    GenericVirtualPackage,
    MatchSpec,
    PackageName,
    PackageRecord,
    RepoDataRecord,
    SourceConfig,
    Subdir,
    Version,
    solve,
)
from rattler.exceptions import GatewayError, InvalidChannelError, InvalidMatchSpecError, SolverError
from rattler.repo_data.multi_source import MultiSource
from steering import (
    Steering,
    held_back,
    is_held_back,
    iso,
    locked_records,
    moves,
    query,
    read_steering,
    sources,
    undated_channel,
)

ALIAS = (os.environ.get("CONDA_CHANNEL_ALIAS") or "https://conda.anaconda.org").rstrip("/") + "/"
DEFAULTS = ["https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r"]
CACHE = Path(
    os.environ.get("RATTLER_CONDA_CACHE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rattler-conda"
)
SECONDS = 120  # for one HTTP request, so that a channel that hangs is named before the whole lock is out of time
DIAGNOSIS_SECONDS = 60  # for asking the solver again, with fewer specs, which of them exclude each other
SHOWN = 10  # versions, or builds, of a package that has none that match


class SolveError(Exception):
    """A failure that is understood; `fields` go into the JSON beside the message."""

    def __init__(self, kind: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.fields = {"success": False, "kind": kind, "message": message, **fields}


@dataclass
class Request:
    platform: str
    channels: list[str] = field(default_factory=list)
    virtual: list[dict[str, Any]] = field(default_factory=list)  # repodata records
    specs: dict[str, MatchSpec] = field(default_factory=dict)  # by the text that asked for them
    steering: Steering = field(default_factory=Steering)
    sources: list[str | MultiSource] = field(default_factory=list)  # the channels, with what the cutoff leaves alone
    locked: dict[str, RepoDataRecord] = field(default_factory=dict)  # what the channels have of the old lock, by name

    @property
    def subdirs(self) -> list[Subdir]:
        return [Subdir(self.platform), Subdir("noarch")]

    @property
    def virtual_records(self) -> list[PackageRecord]:
        return [
            PackageRecord(r["name"], r["version"], BuildString(r["build"]), r["build_number"], r["subdir"])
            for r in self.virtual
        ]


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


async def solution(request: Request, gateway: Gateway) -> list[RepoDataRecord]:
    return await solve(
        request.sources,
        list(request.specs.values()),
        gateway=gateway,
        platforms=request.subdirs,
        locked_packages=list(request.locked.values()),
        virtual_packages=[
            GenericVirtualPackage(PackageName(r["name"]), Version(r["version"]), BuildString(r["build"]))
            for r in request.virtual
        ],
        channel_priority=ChannelPriority.Flexible,
        exclude_newer=request.steering.cutoff,
        channel_relations="disabled",  # channels could name further channels
        add_pip_as_python_dependency=True,
    )


async def attempt(request: Request, gateway: Gateway) -> Solution:
    steering = request.steering
    specs = list(request.specs.values())
    undated = await undated_channel(gateway, request.channels, request.subdirs, specs, steering)
    if undated:
        raise SolveError("undated-channel", f"{undated} has no timestamps", url=undated)
    request = replace(
        request,
        sources=await sources(gateway, request.channels, request.subdirs, steering),
        locked=await locked_records(gateway, request.channels, request.subdirs, steering),
    )
    try:
        records = await solution(request, gateway)
    except SolverError as error:
        raise await no_solution(request, gateway, str(error)) from error
    there = [*records, *request.virtual_records]
    late = await held_back(gateway, request.channels, request.subdirs, steering, request.specs, records)
    return Solution(records, {"moved": moves(steering, request.locked, request.specs, there), "held_back": late})


async def no_solution(request: Request, gateway: Gateway, message: str) -> SolveError:
    """The solver stops at the first spec that nothing matches: find them all, and what there is instead."""
    names = {spec.name.normalized for spec in request.specs.values()}
    records: dict[str, list[PackageRecord]] = {}
    found = await query(gateway, request.channels, request.subdirs, names)
    for record in [*found, *request.virtual_records]:
        records.setdefault(record.name.normalized, []).append(record)

    missing: set[str] = set()
    unmatched = []
    too_new = []
    for text, spec in request.specs.items():
        name = spec.name.normalized
        url = spec.channel and spec.channel.base_url
        there = [r for r in records.get(name, []) if not url or getattr(r, "channel", None) == url]
        if not there:
            missing.add(name)
        elif not any(spec.matches(record) for record in there):
            there.sort(key=lambda record: (record.version, record.build_number), reverse=True)
            right_version = MatchSpec(f"{name} {spec.version or '*'}")
            builds = [str(record.build) for record in there if right_version.matches(record)]
            versions = [str(record.version) for record in there]
            shown = {"versions": unique(versions), "builds": unique(builds)}
            unmatched.append({"spec": text, "name": name, **shown})
        elif not name.startswith("__"):
            met = sorted((r for r in there if spec.matches(r)), key=lambda r: (r.version, r.build_number), reverse=True)
            if all(is_held_back(record, request.steering) for record in met):
                too_new.append({"spec": text, "name": name, "version": str(met[0].version), "uploaded": iso(met[0])})
    if missing:
        # A missing linux-64 is no error to the gateway, only a missing noarch is.
        empty = not await gateway.names(request.channels, request.subdirs[:1])
        there = [name.normalized for name in await gateway.names(request.channels, request.subdirs)]
        near = {name: get_close_matches(name, there, n=3, cutoff=0.75) for name in sorted(missing)}
        return SolveError("missing-package", message, missing=sorted(missing), near=near, empty=empty)
    if unmatched:
        return SolveError("unmatched", message, unmatched=unmatched)
    if too_new:
        return SolveError("too-new", message, too_new=too_new)
    return SolveError("conflict", message, conflicts=await conflicts(request, gateway))


async def conflicts(request: Request, gateway: Gateway) -> list[dict[str, Any]]:
    """Sets of specs that exclude each other, each as small as can be, with what the solver says of that set alone."""
    end = time.monotonic() + DIAGNOSIS_SECONDS

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


def unique(texts: list[str]) -> list[str]:
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
    return SolveError("channel", str(error), url=urls[-1] if urls else None, status=status and int(status[1]))


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
