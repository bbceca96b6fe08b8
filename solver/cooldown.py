"""`exclude-newer` and its exemptions: the time after which an upload does not count, for each package.

As JSON: {"cooldowns": [ENTRY…], "exempt": [{"name": NAME, "operator": "=" | "==" | "", "version": VERSION}…]}, with an
ENTRY {"text": TEXT, "kind": "all" | "channel" | "pypi" | "package", "names": [NAME…], "at": TIME | null}. Names of a
channel are its addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Cooldown:
    """An entry of `exclude-newer`."""

    text: str
    kind: str
    names: tuple[str, ...]
    at: datetime | None  # None: none of its uploads is too new


@dataclass(frozen=True)
class Exemption:
    name: str
    operator: str  # `=` with all that begins like it, as in conda; empty for every version
    version: str


@dataclass(frozen=True)
class Cooldowns:
    entries: list[Cooldown] = field(default_factory=list)
    exempt: list[Exemption] = field(default_factory=list)

    @property
    def are_in_force(self) -> bool:
        return any(entry.at for entry in self.entries)

    def entry_for(
        self, name: str, origin: tuple[str, str], allows: Callable[[Exemption], bool]
    ) -> tuple[Cooldown, datetime] | None:
        """The entry that counts for a release, the one that says most, and its time; None if every upload counts.

        `origin` is a kind of entry and a name of it; `allows` tells whether an exemption is for this version.
        """
        key = normalized(name)
        if any(normalized(exempt.name) == key and allows(exempt) for exempt in self.exempt):
            return None
        for kind, wanted in (("package", key), origin, ("all", "")):
            for entry in self.entries:
                if entry.kind == kind and wanted in entry.names:
                    return (entry, entry.at) if entry.at else None
        return None


def read_cooldowns(value: dict[str, Any]) -> Cooldowns:
    entries = [
        Cooldown(
            text=entry["text"],
            kind=entry["kind"],
            names=tuple(map(normalized if entry["kind"] == "package" else channel_address, entry["names"])),
            at=entry["at"] and time_of(entry["at"]),
        )
        for entry in value.get("cooldowns", [])
    ]
    return Cooldowns(entries, [Exemption(**exempt) for exempt in value.get("exempt", [])])


def is_too_new(uploaded: datetime | None, at: datetime) -> bool:
    """What has no time could be from today."""
    return uploaded is None or uploaded > at


def time_of(text: str) -> datetime:
    """From ISO 8601, in UTC where it names no zone. Python 3.10 reads neither `Z` nor other than 3 or 6 digits."""
    seconds = re.sub(r"\.(\d+)", lambda digits: "." + digits[1][:6].ljust(6, "0"), text.strip().replace("Z", "+00:00"))
    found = datetime.fromisoformat(seconds)
    return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)


def normalized(name: str) -> str:
    """A package is named alike whether conda or PyPI brings it."""
    return re.sub(r"[-_.]+", "-", name.lower())


def address(url: str) -> str:
    """Equal for equal addresses, however they are escaped and whoever fetches them."""
    return re.sub(r"(?<=://)[^/@]+@|/t/[^/]+(?=/)", "", unquote(url))


def channel_address(url: str) -> str:
    """The same of channels, which are written with a slash at the end or without."""
    return address(url).rstrip("/")
