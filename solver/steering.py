"""What steers a solve besides its specs: records to keep where they can be, and a time after which uploads don't count.

A JSON file says it:
{"locked": {PLATFORM: [{"url": URL, "hash": "sha256:…"}…]}, "cutoff": TIME, "exempt": [NAME…], "upgrade": [SPEC…]}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote

from rattler import Gateway, MatchSpec, PackageName, PackageRecord, RepoDataRecord, Subdir
from rattler.exceptions import InvalidMatchSpecError
from rattler.repo_data.multi_source import MultiSource


@dataclass(frozen=True)
class LockedFile:
    """A package of the old lockfile. A mirror has the same file under another address."""

    url: str
    hash: str  # `sha256:…` or `md5:…`; empty where the lockfile has none

    @property
    def file_name(self) -> str:
        return unquote(self.url.rsplit("/", 1)[-1])

    @property
    def name(self) -> str:
        return self.file_name.rsplit("-", 2)[0]

    def is_at(self, record: RepoDataRecord) -> bool:
        return address(record.url) == address(self.url)

    def is_in(self, record: RepoDataRecord) -> bool:
        """Whether a record of a channel is of this very file."""
        algorithm, _, digest = self.hash.partition(":")
        known = {"sha256": record.sha256, "md5": record.md5}.get(algorithm)
        if known is None:
            return self.is_at(record)
        return unquote(record.file_name) == self.file_name and known.hex() == digest.lower()


@dataclass(frozen=True)
class Steering:
    locked: list[LockedFile] = field(default_factory=list)  # to be kept where they can be
    cutoff: datetime | None = None
    exempt: list[str] = field(default_factory=list)  # names that the cutoff does not concern
    upgrade: list[str] = field(default_factory=list)  # specs of what is to move all the same


def read_steering(platform: str, path: str | None) -> Steering:
    if not path:
        return Steering()
    value = json.loads(Path(path).read_bytes())
    cutoff = value.get("cutoff")
    # rattler drops the zone without a conversion.
    moment = datetime.fromisoformat(cutoff.replace("Z", "+00:00")).astimezone(timezone.utc) if cutoff else None
    locked = [LockedFile(**file) for file in value.get("locked", {}).get(platform, [])]
    return Steering(locked, moment, value.get("exempt", []), value.get("upgrade", []))


def uploaded(record: PackageRecord) -> datetime | None:
    """As rattler sees it: what the channel's index says, else what the package says of its build."""
    return record.indexed_timestamp or record.timestamp


def iso(record: PackageRecord) -> str | None:
    time = uploaded(record)
    return time and time.isoformat()


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


async def locked_records(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], steering: Steering
) -> dict[str, RepoDataRecord]:
    """By name, what the channels have now of the files of the lockfile, whose own `depends` may be stale."""
    records: dict[str, list[RepoDataRecord]] = {}
    for record in await query(gateway, channels, subdirs, [exact_of(file) for file in steering.locked]):
        records.setdefault(unquote(record.file_name), []).append(record)
    found: dict[str, RepoDataRecord] = {}
    for file in steering.locked:
        same = [record for record in records.get(file.file_name, []) if file.is_in(record)]
        # Of several channels that have it, the one that it came from.
        for record in sorted(same, key=lambda record: not file.is_at(record))[:1]:
            found[record.name.normalized] = record
    for name, record in found.items():
        if name == "python":
            needs_pip(record)
        if steering.cutoff is not None and name in steering.exempt:
            let_through(record, steering.cutoff)
    return found


def needs_pip(record: RepoDataRecord) -> None:
    """As `add_pip_as_python_dependency` does it with the records of the channels, but not with those to be kept."""
    if str(record.version).startswith(("2.", "3.")) and "pip" not in record.depends:
        record.depends = [*record.depends, "pip"]


def exact_of(file: LockedFile) -> MatchSpec | str:
    stem = file.file_name.removesuffix(".conda").removesuffix(".tar.bz2")
    name, version, build = stem.rsplit("-", 2)
    return parsed(f"{name} =={version} {build}") or name


def parsed(text: str) -> MatchSpec | None:
    try:
        return MatchSpec(text)
    except InvalidMatchSpecError:
        return None
