"""Which files of a release the indexes have, and which of them run on the target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from conda_lock._vendor.poetry.core.constraints.version import Version
from conda_lock._vendor.poetry.core.packages.package import Package
from conda_lock._vendor.poetry.core.packages.utils.link import Link
from conda_lock._vendor.poetry.repositories.exceptions import PackageNotFoundError
from conda_lock._vendor.poetry.repositories.link_sources.base import LinkSource
from conda_lock._vendor.poetry.utils.wheel import InvalidWheelNameError, Wheel
from packaging.specifiers import InvalidSpecifier, SpecifierSet


class IndexFiles:
    """The files of all indexes of one solve."""

    def __init__(self, pool: Any, env: Any) -> None:
        self.pool = pool
        self.env = env  # a PlatformEnv
        self.python: str = env.marker_env["python_full_version"]

    def pages(self, name: Any) -> Iterator[LinkSource]:
        for repository in self.pool.repositories:
            with suppress(PackageNotFoundError):
                yield repository.get_page(name)

    def links(self, name: Any, version: Version) -> list[Link]:
        return usable(link for page in self.pages(name) for link in page.links_for_version(name, version))

    def fits(self, link: Link) -> bool:
        try:
            return link.is_wheel and Wheel(link.filename).is_supported_by_environment(self.env)
        except InvalidWheelNameError:
            return False

    def runs(self, name: Any, version: Version) -> bool:
        return any(self.fits(link) and for_python(link, self.python) for link in self.links(name, version))

    def is_for_python(self, package: Package) -> bool:
        return any(for_python(link, self.python) for link in self.links(package.name, package.version))

    def newest_wheel(self, name: Any) -> str | None:
        versions = {version for page in self.pages(name) for version in page.versions(name)}
        fitting = [version for version in versions if not version.is_unstable() and self.runs(name, version)]
        return max(fitting).text if fitting else None


def usable(links: Iterable[Link]) -> list[Link]:
    """Without yanked files, unless the whole release is yanked."""
    found = list(links)
    return [link for link in found if not link.yanked] or found


def for_python(link: Link, python: str) -> bool:
    try:
        return link.requires_python is None or SpecifierSet(link.requires_python).contains(python, prereleases=True)
    except InvalidSpecifier:
        return True
