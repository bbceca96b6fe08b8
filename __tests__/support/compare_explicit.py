"""Compares explicit lockfiles, read by py-rattler: an opinion that shares no code with the project's own.

The input is a JSON list of pairs of texts, `[[old, new], ...]`; the output is, for each pair, the list of
`[name, kind, from, to]` of the conda packages that differ.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from rattler import Version
from rattler.explicit_environment import ExplicitEnvironmentSpec

Pins = dict[str, tuple[str, str]]


def read(text: str) -> Pins:
    """Version and address by name."""
    pins = {}
    for package in ExplicitEnvironmentSpec.from_str(text).packages:
        file = unquote(PurePosixPath(urlsplit(package.url).path).name)
        name, version, _build = file.rsplit("-", 2)
        pins[name] = (version, unquote(package.url))
    return pins


def compare(old: Pins, new: Pins) -> list[list[str]]:
    changes = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None:
            changes.append([name, "added", "", after[0]])
        elif after is None:
            changes.append([name, "removed", before[0], ""])
        elif Version(before[0]) != Version(after[0]):
            kind = "upgraded" if Version(before[0]) < Version(after[0]) else "downgraded"
            changes.append([name, kind, before[0], after[0]])
        elif before != after:
            changes.append([name, "rebuilt", before[0], after[0]])
    return changes


print(json.dumps([compare(read(old), read(new)) for old, new in json.load(sys.stdin)]))
sys.stdout.flush()
# py-rattler often crashes when the interpreter ends.
os._exit(0)
