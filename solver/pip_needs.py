"""What the packages that a pip solve has looked at need, and the ways that lead to a package."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from typing import Any


class Needs:
    """Notes what the provider of a solve completes from now on."""

    def __init__(self, provider: Any) -> None:
        self._needs: dict[str, dict[str, list[str]]] = {}  # names by name, without extras and with
        complete = provider.complete_package

        def complete_noted(wanted: Any) -> Any:
            completed = complete(wanted)
            package = completed.package
            needs = self._needs.setdefault(package.name, {})
            needs[package.complete_name] = [dependency.name for dependency in package.requires]
            return completed

        provider.complete_package = complete_noted

    def chain(self, name: str, roots: Collection[str]) -> list[str] | None:
        """The shortest way from one of the named requirements to a package."""
        ways = deque([root] for root in roots)
        seen = set(roots)
        while ways:
            way = ways.popleft()
            if way[-1] == name:
                return way
            needs = {need for some in self._needs.get(way[-1], {}).values() for need in some}
            further = sorted(needs - seen)
            seen.update(further)
            ways.extend([*way, need] for need in further)
        return None
