"""What steers a solve besides its specs: records to keep where they can be, and times after which uploads don't count.

A JSON file says it:
{"locked": {PLATFORM: [{"url": URL, "hash": "sha256:…"}…]}, "keep": BOOL, "upgrade": [SPEC…]},
with what cooldown.py reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import unquote

from rattler import Gateway, MatchSpec, PackageName, PackageRecord, RepoDataRecord, Subdir
from rattler.exceptions import InvalidMatchSpecError

from cooldown import Cooldown, Cooldowns, Exemption, address, channel_address, is_too_new, read_cooldowns

# For the solver, which knows one cutoff only: what is held back seems to be from after it.
NEVER = datetime(9000, 1, 1, tzinfo=timezone.utc)
AFTER = datetime(9001, 1, 1, tzinfo=timezone.utc)


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
    before: list[LockedFile] = field(default_factory=list)  # the old lock
    keep: bool = False  # whether its packages stay where they can
    cooldowns: Cooldowns = field(default_factory=Cooldowns)
    upgrade: list[str] = field(default_factory=list)  # specs of what is to move all the same

    @property
    def locked(self) -> list[LockedFile]:
        """What is to be kept where it can be."""
        return self.before if self.keep else []


def read_steering(platform: str, path: str | None) -> Steering:
    if not path:
        return Steering()
    value = json.loads(Path(path).read_bytes())
    before = [LockedFile(**file) for file in value.get("locked", {}).get(platform, [])]
    return Steering(before, value.get("keep", True), read_cooldowns(value), value.get("upgrade", []))


def uploaded(record: PackageRecord) -> datetime | None:
    """As rattler sees it: what the channel's index says, else what the package says of its build."""
    return record.indexed_timestamp or record.timestamp


def iso(record: PackageRecord) -> str | None:
    time = uploaded(record)
    return time and time.isoformat()


def cooldown_of(record: PackageRecord, steering: Steering) -> tuple[Cooldown, datetime] | None:
    """The entry of `exclude-newer` that counts for a record, and its time."""

    def allows(exempt: Exemption) -> bool:
        return MatchSpec(f"{record.name.normalized}{exempt.operator}{exempt.version}").matches(record)

    channel = ("channel", channel_address(getattr(record, "channel", None) or ""))
    return steering.cooldowns.entry_for(record.name.normalized, channel, allows)


def is_held_back(record: PackageRecord, steering: Steering) -> bool:
    found = cooldown_of(record, steering)
    return found is not None and is_too_new(uploaded(record), found[1])


def hold_back(records: Iterable[RepoDataRecord], steering: Steering) -> None:
    """Makes the solver leave out what is too new, also of the records that it is to keep."""
    for record in records:
        if is_held_back(record, steering):
            record.timestamp = AFTER
            record.indexed_timestamp = None


class CooledChannel:
    """A channel with its cooldowns, as a source of records for the solver."""

    def __init__(self, gateway: Gateway, channel: str, steering: Steering) -> None:
        self._gateway = gateway
        self._channel = channel
        self._steering = steering
        self._records: dict[tuple[str, str], list[RepoDataRecord]] = {}  # for the next solve

    async def fetch_package_records(self, platform: Subdir, name: PackageName) -> list[RepoDataRecord]:
        key = (str(platform), name.normalized)
        if key not in self._records:
            records = await query(self._gateway, [self._channel], [platform], [name.normalized])
            hold_back(records, self._steering)
            self._records[key] = records
        return self._records[key]

    def package_names(self, platform: Subdir) -> list[str]:
        """Not asked for by a solve."""
        return []


async def query(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], specs: Iterable[MatchSpec | str]
) -> list[RepoDataRecord]:
    found = await gateway.query(channels, subdirs, list(specs), recursive=False, channel_relations="disabled")
    return [record for source in found for record in source]


def sources(gateway: Gateway, channels: list[str], steering: Steering) -> list[str | CooledChannel]:
    if not steering.cooldowns.are_in_force:
        return list(channels)
    return [CooledChannel(gateway, channel, steering) for channel in channels]


def unknown_channel(channels: list[str], steering: Steering) -> Cooldown | None:
    """An entry for a channel that is not among those of the solve."""
    known = {channel_address(channel) for channel in channels}
    entries = steering.cooldowns.entries
    return next((entry for entry in entries if entry.kind == "channel" and not known & {*entry.names}), None)


async def undated_channel(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], specs: list[MatchSpec], steering: Steering
) -> str | None:
    """A channel that has records for the specs, and not one with a time, though one is needed."""
    if not steering.cooldowns.are_in_force:
        return None
    for channel in channels:
        found = await query(gateway, [channel], subdirs, specs)
        records = [record for record in found if cooldown_of(record, steering)]
        if records and all(uploaded(record) is None for record in records):
            return channel
    return None


async def locked_records(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], steering: Steering
) -> dict[str, RepoDataRecord]:
    """By name, what the channels have now of the files of the lockfile, whose own `depends` may be stale."""
    there = await records_of(gateway, channels, subdirs, steering.locked)
    found = {record.name.normalized: record for _, record in there}
    for name, record in found.items():
        if name == "python":
            needs_pip(record)
    hold_back(found.values(), steering)
    return found


async def records_of(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], files: list[LockedFile]
) -> list[tuple[LockedFile, RepoDataRecord]]:
    """The files that the channels still have, each with its record."""
    records: dict[str, list[RepoDataRecord]] = {}
    specs = [spec for spec in map(exact_of, files) if spec]
    for record in await query(gateway, channels, subdirs, specs):
        records.setdefault(unquote(record.file_name), []).append(record)
    found = []
    for file in files:
        same = [record for record in records.get(file.file_name, []) if file.is_in(record)]
        # Of several channels that have it, the one that it came from.
        found += [(file, record) for record in sorted(same, key=lambda record: not file.is_at(record))[:1]]
    return found


def needs_pip(record: RepoDataRecord) -> None:
    """As `add_pip_as_python_dependency` does it with the records of the channels, but not with those to be kept."""
    if str(record.version).startswith(("2.", "3.")) and "pip" not in record.depends:
        record.depends = [*record.depends, "pip"]


def exact_of(file: LockedFile) -> MatchSpec | None:
    """None for a file that is not named like a package."""
    stem = file.file_name.removesuffix(".conda").removesuffix(".tar.bz2")
    name, *rest = stem.rsplit("-", 2)
    return parsed(f"{name} =={' '.join(rest)}") or parsed(name) if len(rest) == 2 else None


def parsed(text: str) -> MatchSpec | None:
    try:
        return MatchSpec(text)
    except InvalidMatchSpecError:
        return None
