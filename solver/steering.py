"""What steers a solve besides its specs: records to keep where they can be, and a time after which uploads don't count.

RATTLER_CONDA_STEERING names a JSON file: {"locked": {PLATFORM: [URL…]}, "cutoff": TIME, "exempt": [NAME…]}.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rattler import Gateway, MatchSpec, PackageName, PackageRecord, RepoDataRecord, Subdir
from rattler.exceptions import InvalidMatchSpecError
from rattler.repo_data.multi_source import MultiSource


@dataclass(frozen=True)
class Steering:
    locked: list[str] = field(default_factory=list)  # addresses of the records to keep
    cutoff: datetime | None = None
    exempt: list[str] = field(default_factory=list)  # names that the cutoff does not concern


def read_steering(platform: str) -> Steering:
    path = os.environ.get("RATTLER_CONDA_STEERING")
    if not path:
        return Steering()
    value = json.loads(Path(path).read_bytes())
    cutoff = value.get("cutoff")
    # rattler drops the zone without a conversion.
    moment = datetime.fromisoformat(cutoff.replace("Z", "+00:00")).astimezone(timezone.utc) if cutoff else None
    return Steering(value.get("locked", {}).get(platform, []), moment, value.get("exempt", []))


def uploaded(record: PackageRecord) -> datetime | None:
    """As rattler sees it: what the channel's index says, else what the package says of its build."""
    return record.indexed_timestamp or record.timestamp


def is_held_back(record: PackageRecord, steering: Steering) -> bool:
    if steering.cutoff is None or record.name.normalized in steering.exempt:
        return False
    time = uploaded(record)
    return time is None or time > steering.cutoff


def let_through(record: PackageRecord, time: datetime) -> None:
    """The solver applies the cutoff to every source, and to the records that it is to keep."""
    record.timestamp = time
    record.indexed_timestamp = None


class Exempt:
    """The records of one channel that count in spite of the cutoff, as a source of their own."""

    def __init__(self, records: list[RepoDataRecord], cutoff: datetime) -> None:
        self._records: dict[tuple[str, str], list[RepoDataRecord]] = {}
        oldest = datetime.min.replace(tzinfo=timezone.utc)
        records.sort(key=lambda record: uploaded(record) or oldest, reverse=True)
        for index, record in enumerate(records):
            # The solver breaks ties by this time, so they stay the newest.
            let_through(record, cutoff - timedelta(milliseconds=index))
            self._records.setdefault((record.subdir, record.name.normalized), []).append(record)

    async def fetch_package_records(self, platform: Subdir, name: PackageName) -> list[RepoDataRecord]:
        return self._records.get((str(platform), name.normalized), [])

    def package_names(self, platform: Subdir) -> list[str]:
        return [name for subdir, name in self._records if subdir == str(platform)]


async def query(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], specs: Iterable[MatchSpec | str]
) -> list[RepoDataRecord]:
    found = await gateway.query(channels, subdirs, list(specs), recursive=False, channel_relations="disabled")
    return [record for source in found for record in source]


async def sources(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], steering: Steering
) -> list[str | MultiSource]:
    """The channels, each in one tier with those of its records that are exempt."""
    if steering.cutoff is None or not steering.exempt:
        return list(channels)
    result: list[str | MultiSource] = []
    for channel in channels:
        strict = Steering(cutoff=steering.cutoff)
        records = await query(gateway, [channel], subdirs, steering.exempt)
        late = [record for record in records if is_held_back(record, strict)]
        result.append(MultiSource(channel, [channel, Exempt(late, steering.cutoff)]) if late else channel)
    return result


async def undated_channel(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], specs: list[MatchSpec], steering: Steering
) -> str | None:
    """A channel that has records for the specs, and not one with a time."""
    asked = [spec for spec in specs if spec.name.normalized not in steering.exempt]
    if steering.cutoff is None or not asked:
        return None
    for channel in channels:
        records = await query(gateway, [channel], subdirs, asked)
        if records and all(uploaded(record) is None for record in records):
            return channel
    return None


def address(url: str) -> str:
    """Equal for equal addresses, however they are escaped and whoever fetches them."""
    return re.sub(r"(?<=://)[^/@]+@|/t/[^/]+(?=/)", "", unquote(url))


def name_of(url: str) -> str:
    return unquote(url.rsplit("/", 1)[-1]).rsplit("-", 2)[0]


async def locked_records(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], steering: Steering
) -> dict[str, RepoDataRecord]:
    """By name, what the channels have now under the addresses of the lockfile: its own `depends` may be stale."""
    wanted = {address(url) for url in steering.locked}
    records = await query(gateway, channels, subdirs, [exact_of(url) for url in steering.locked])
    found = {record.name.normalized: record for record in records if address(record.url) in wanted}
    for name, record in found.items():
        if steering.cutoff is not None and name in steering.exempt:
            let_through(record, steering.cutoff)
    return found


def exact_of(url: str) -> MatchSpec | str:
    name, version, build = unquote(url.rsplit("/", 1)[-1].removesuffix(".conda").removesuffix(".tar.bz2")).rsplit(
        "-", 2
    )
    try:
        return MatchSpec(f"{name} =={version} {build}")
    except InvalidMatchSpecError:
        return name


def demands(
    name: str, old: dict[str, RepoDataRecord], specs: dict[str, MatchSpec], there: list[PackageRecord]
) -> list[dict[str, Any]]:
    """What keeps an old record out of a solution: a spec, what others need, or what it needs itself."""
    record = old[name]
    found: list[dict[str, Any]] = [
        {"kind": "spec"} for spec in specs.values() if spec.name.normalized == name and not matches(spec, record)
    ]
    others = {other.name.normalized: other for other in there if other.name.normalized != name}
    for other in others.values():
        for text in [*other.depends, *other.constrains]:
            spec = parsed(text) if first_word(text) == name else None
            if spec and not matches(spec, record):
                found.append({"kind": "required", "by": other.name.normalized, "spec": text})
    for text in [*record.depends, *record.constrains]:
        word = first_word(text)
        other, spec = others.get(word), parsed(text)
        went = other is None and text in record.depends and (word in old or word.startswith("__"))
        if went or (other and spec and not matches(spec, other)):
            found.append({"kind": "requires", "by": word, "spec": text})
    return found


def moves(
    steering: Steering, old: dict[str, RepoDataRecord], specs: dict[str, MatchSpec], there: list[PackageRecord]
) -> list[dict[str, Any]]:
    """Why each package of the old lock that has another record now could not keep its own.

    `there` is the solution with the virtual packages.
    """
    solved = {record.name.normalized: record for record in there if isinstance(record, RepoDataRecord)}
    told: dict[str, dict[str, Any]] = {
        name_of(url): {"kind": "gone"}
        for url in steering.locked
        if name_of(url) in solved and name_of(url) not in old and address(solved[name_of(url)].url) != address(url)
    }
    left = {name: demands(name, old, specs, there) for name in old if solved.get(name, old[name]).url != old[name].url}
    told |= {name: {"kind": "held-back"} for name in left if is_held_back(old[name], steering)}
    went = {name: demands(name, old, specs, there) for name in old if name not in solved}
    told |= trace({name: reasons for name, reasons in {**left, **went}.items() if name not in told})
    return [{"name": name, **told[name]} for name in sorted(told) if name in solved]


def trace(demanded: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """One reason for each, such that they lead back to something that has not moved, instead of round in a circle."""
    told: dict[str, dict[str, Any]] = {}
    while True:
        found = {
            name: reason
            for name, reasons in demanded.items()
            if name not in told
            for reason in reversed(reasons)
            if reason.get("by") not in demanded or reason["by"] in told
        }
        if not found:
            return {name: (reasons or [{"kind": "together"}])[0] for name, reasons in demanded.items()} | told
        told |= found


async def held_back(
    gateway: Gateway,
    channels: list[str],
    subdirs: list[Subdir],
    steering: Steering,
    specs: dict[str, MatchSpec],
    records: list[RepoDataRecord],
) -> list[dict[str, Any]]:
    """For each package of the solution the newest upload that its spec allows and that the cutoff hides."""
    if steering.cutoff is None:
        return []
    named = {spec.name.normalized: spec for spec in specs.values()}
    newest = {record.name.normalized: record for record in records}
    newer = [parsed(f"{name} >={record.version}") or name for name, record in newest.items()]
    late: set[str] = set()
    for record in await query(gateway, channels, subdirs, newer):
        name = record.name.normalized
        best = newest[name]
        is_newer = (record.version, record.build_number) > (best.version, best.build_number)
        is_wanted = name not in named or matches(named[name], record)
        if is_newer and is_wanted and uploaded(record) is not None and is_held_back(record, steering):
            newest[name] = record
            late.add(name)
    return [
        {"name": name, "version": str(newest[name].version), "uploaded": iso(newest[name])} for name in sorted(late)
    ]


def iso(record: PackageRecord) -> str | None:
    time = uploaded(record)
    return time and time.isoformat()


def first_word(text: str) -> str:
    return re.split(r"[\s=<>!~\[]", text, maxsplit=1)[0].lower()


def parsed(text: str) -> MatchSpec | None:
    try:
        return MatchSpec(text)
    except InvalidMatchSpecError:
        return None


def matches(spec: MatchSpec, record: PackageRecord) -> bool:
    channel = getattr(record, "channel", None)
    return spec.matches(record) and not (spec.channel and channel and spec.channel.base_url != channel)
