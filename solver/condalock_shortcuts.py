"""Shorter ways for conda-lock to what it does for each package, all with the outcome of its own."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

# SHA-256 of the modules of conda-lock 4.0.3 that `install` changes. Other code may do something else.
KNOWN = "630047c350c7da38b3572b0239fa20d30cc66a0a32bdf85a0f0278617f1f95e3"


def install() -> None:
    from conda_lock import conda_solver, lockfile
    from conda_lock.interfaces import vendored_conda

    code = [Path(str(module.__file__)).read_bytes() for module in (conda_solver, lockfile, vendored_conda)]
    if hashlib.sha256(b"".join(code)).hexdigest() != KNOWN:
        return
    conda_solver.apply_categories = apply_categories
    match_spec = conda_solver.MatchSpec
    conda_solver.MatchSpec = cache(match_spec)  # most needs are of many packages, and of all platforms
    conda_solver.MatchSpec.merge = match_spec.merge
    vendored_conda.toposort = sorted_once(vendored_conda.toposort)


def apply_categories(*, requested: Mapping[str, Any], planned: Mapping[str, Any], **_: Any) -> None:
    """Gives each conda package the categories of all that need it.

    conda-lock's own goes from each package that is asked for to all that it needs, and along every way to them: 14
    layers of three packages, each of which needs all of the next layer, take it minutes.
    """
    from conda_lock import lockfile

    names = defaultdict(list)
    for name, dependency in requested.items():
        names[dependency.category].append(name)
    for category, ahead in names.items():
        seen = set()
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                package = lockfile._seperator_munge_get(planned, name)
                package.categories.add(category)
                ahead += [needed for needed in package.dependencies if not needed.startswith("__")]
    lockfile._truncate_main_category(planned)


def sorted_once(toposort: Any) -> Any:
    """conda-lock sorts the packages of a platform when it renders them, when it has read them, and to render these."""
    known: dict[Hashable, list[str]] = {}

    def sort(data: Mapping[str, set[str]], *options: Any) -> list[str]:
        key = (frozenset((name, frozenset(needed)) for name, needed in data.items()), options)
        if key not in known:
            known[key] = toposort(data, *options)
        return list(known[key])

    return sort
