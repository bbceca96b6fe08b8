"""What a solve has made of the old lock and of the cooldowns.

Which packages moved and why, which are held back, and what they weigh.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rattler import Gateway, MatchSpec, PackageRecord, RepoDataRecord, Subdir
from rattler.exceptions import GatewayError

from cooldown import address
from steering import Steering, cooldown_of, is_held_back, iso, parsed, query, records_of, uploaded

MOST_BYTES = 1 << 40  # a channel that says more of one package says nothing


@dataclass(frozen=True)
class Needs:
    """What the packages of a solution, virtual ones included, ask of each other."""

    packages: dict[str, PackageRecord]
    by_name: dict[str, list[tuple[str, str]]]  # of the package that is asked for: who asks, and the text


def needs_of(there: list[PackageRecord]) -> Needs:
    packages = {record.name.normalized: record for record in there}
    by_name: dict[str, list[tuple[str, str]]] = {}
    for by, record in packages.items():
        for text in [*record.depends, *record.constrains]:
            by_name.setdefault(first_word(text), []).append((by, text))
    return Needs(packages, by_name)


def demands(
    name: str, old: dict[str, RepoDataRecord], specs: dict[str, MatchSpec], needs: Needs
) -> list[dict[str, Any]]:
    """What keeps an old record out of a solution: a spec, what others need, or what it needs itself."""
    record = old[name]
    found: list[dict[str, Any]] = [
        {"kind": "spec"} for spec in specs.values() if spec.name.normalized == name and not matches(spec, record)
    ]
    for by, text in needs.by_name.get(name, []):
        spec = parsed(text) if by != name else None
        if spec and not matches(spec, record):
            found.append({"kind": "required", "by": by, "spec": text})
    for text in [*record.depends, *record.constrains]:
        word = first_word(text)
        other, spec = needs.packages.get(word) if word != name else None, parsed(text)
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
        file.name: {"kind": "gone"} for file in steering.locked if file.name in solved and file.name not in old
    }
    others = moved(old, solved)
    needs = needs_of(there)
    left = {name: demands(name, old, specs, needs) for name in others}
    told |= {name: {"kind": "asked"} for name in others if name in asked_names(steering)}
    told |= {name: {"kind": "held-back"} for name in left if is_held_back(old[name], steering)}
    went = {name: demands(name, old, specs, needs) for name in old if name not in solved}
    told |= trace({name: reasons for name, reasons in {**left, **went}.items() if name not in told})
    return [{"name": name, **told[name]} for name in sorted(told) if name in solved]


def asked_names(steering: Steering) -> set[str]:
    return {first_word(text) for text in steering.upgrade}


def moved(old: dict[str, RepoDataRecord], solved: dict[str, RepoDataRecord]) -> list[str]:
    """The names of what has another record now."""
    return [name for name, kept in old.items() if name in solved and not same_file(kept, solved[name])]


def chosen_anew(
    steering: Steering, old: dict[str, RepoDataRecord], records: list[RepoDataRecord]
) -> list[RepoDataRecord]:
    """Without what was kept, which no cooldown has kept anything newer from."""
    asked = asked_names(steering)
    solved = {record.name.normalized: record for record in records}
    return [
        record
        for name, record in solved.items()
        if name in asked or name not in old or not same_file(old[name], record)
    ]


def same_file(left: RepoDataRecord, right: RepoDataRecord) -> bool:
    return (left.file_name, left.sha256, left.md5) == (right.file_name, right.sha256, right.md5)


def age(record: PackageRecord) -> tuple[Any, int]:
    """Grows from one version to the next, and from one build of a version to the next."""
    return record.version, record.build_number


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
    """For each package of the solution the newest upload that its spec allows and that a cooldown hides."""
    if not steering.cooldowns.are_in_force:
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
    told = [(newest[name], cooldown_of(newest[name], steering)) for name in sorted(late)]
    return [
        {
            "name": record.name.normalized,
            "version": str(record.version),
            "uploaded": iso(record),
            "by": entry[0].text,
        }
        for record, entry in told
        if entry
    ]


def base_urls(records: list[RepoDataRecord]) -> list[dict[str, str]]:
    """Which channels send their files from somewhere else, and from where: `info.base_url` of repodata, CEP 15."""
    found = {
        (address(record.channel), record.url.rpartition("/")[0] + "/")
        for record in records
        if not address(record.url).startswith(f"{address(record.channel)}{record.subdir}/")
    }
    return [{"channel": channel, "url": url} for channel, url in sorted(found)]


async def sizes(
    gateway: Gateway, channels: list[str], subdirs: list[Subdir], steering: Steering, records: list[RepoDataRecord]
) -> dict[str, int]:
    """Bytes of the files of the solution and of those of the old lock that are not in it, as far as records tell them.

    By hash, as a lockfile has it: an address can hold credentials.
    """
    hashes = [hashes_of(record) for record in records]
    there = {text for texts in hashes for text in texts}
    gone = [file for file in steering.before if file.hash and file.hash not in there]
    sized = [(texts[0], record.size) for texts, record in zip(hashes, records, strict=True) if texts]
    with suppress(GatewayError):  # no lock fails for a size: what is not found is unknown, and the report says so
        found = await records_of(gateway, channels, subdirs, gone) if gone else []
        sized += [(file.hash, record.size) for file, record in found]
    return {text: size for text, size in sized if size and size < MOST_BYTES}


def hashes_of(record: RepoDataRecord) -> list[str]:
    """The strongest first."""
    known = {"sha256": record.sha256, "md5": record.md5}
    return [f"{algorithm}:{digest.hex()}" for algorithm, digest in known.items() if digest]


def first_word(text: str) -> str:
    return re.split(r"[\s=<>!~\[]", text, maxsplit=1)[0].lower()


def matches(spec: MatchSpec, record: PackageRecord) -> bool:
    channel = getattr(record, "channel", None)
    return spec.matches(record) and not (spec.channel and channel and spec.channel.base_url != channel)
