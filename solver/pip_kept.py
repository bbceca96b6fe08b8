"""`update: minimal` for packages from PyPI: Poetry prefers what was locked, and for `upgrade` what that asks for."""

from __future__ import annotations

from functools import cache
from typing import Any, TypedDict

from packaging.specifiers import SpecifierSet


class Preferred(TypedDict):
    """All names are as PyPI writes them."""

    kept: dict[str, dict[str, str]]  # the locked version by platform and name
    asked: dict[str, str]  # what is to move to the newest, with how far: specifiers by name


def chosen_anew(packages: list[Any], kept: dict[str, str], asked: dict[str, str]) -> list[Any]:
    """Without what was kept, which no cooldown has kept anything newer from."""
    return [package for package in packages if package.name in asked or kept.get(package.name) != package.version.text]


def prefer(provider: Any, kept: dict[str, str], asked: dict[str, str]) -> None:
    """Only what the index still offers, and no cooldown hides, so the rest is as if it had never been locked."""
    locked = provider.get_locked

    @cache
    def preferred(dependency: Any) -> Any:
        if dependency.is_direct_origin() or not (dependency.name in kept or asked.get(dependency.name)):
            return None
        offered = provider.search_for(dependency)
        if dependency.name in asked:
            specifiers = SpecifierSet(asked[dependency.name])
            found = next((each for each in offered if specifiers.contains(each.package.version.text, True)), None)
            if found is not None:
                return found
        return next((each for each in offered if each.package.version.text == kept.get(dependency.name)), None)

    provider.get_locked = lambda dependency: locked(dependency) or preferred(dependency)
