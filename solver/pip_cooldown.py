"""`exclude-newer` for packages from PyPI: Poetry sees no file of an index that was uploaded too late.

An index tells the time of each file in its JSON (`upload-time`, https://peps.python.org/pep-0700/), as PyPI does, or as
`data-upload-time` in its HTML, as PyTorch's does. Most others tell none.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from conda_lock._vendor.poetry.core.constraints.version import Version
from conda_lock._vendor.poetry.repositories.http_repository import HTTPRepository
from conda_lock._vendor.poetry.repositories.link_sources.base import LinkSource
from conda_lock._vendor.poetry.repositories.link_sources.html import HTMLPage
from conda_lock._vendor.poetry.repositories.link_sources.json import SimpleJsonPage
from packaging.specifiers import SpecifierSet

from cooldown import Cooldown, Cooldowns, Exemption, is_too_new, time_of

JSON = "application/vnd.pypi.simple.v1+json"


class UndatedIndexError(RuntimeError):
    """An index that does not say when the files of a package were uploaded."""

    def __init__(self, index: str, package: str) -> None:
        super().__init__(f"{index} has no upload times for {package}")
        self.details = {"index": index, "package": package}


@dataclass
class CooledIndexes:
    """The indexes of one solve without what is too new, and what that is."""

    cooldowns: Cooldowns
    from_conda: set[str]  # names that are locked already: Poetry only asks what they need
    hidden: dict[str, dict[Version, tuple[datetime, Cooldown]]] = field(default_factory=lambda: defaultdict(dict))

    def cool(self, repository: HTTPRepository) -> None:
        get_page, find_links = repository.get_page, repository.find_links_for_package
        pages: dict[str, LinkSource] = {}

        def cooled_page(name: Any) -> LinkSource:
            if name not in pages:
                page = get_page(name)
                if name not in self.from_conda:
                    self.leave_out(repository, name, page)
                pages[name] = page
            return pages[name]

        def cooled_links(package: Any) -> list[Any]:
            found = find_links(package)  # PyPI has them in another answer
            if not found:
                return found
            there = {
                link.filename for link in cooled_page(package.name).links_for_version(package.name, package.version)
            }
            return [link for link in found if link.filename in there]

        repository.get_page, repository.find_links_for_package = cooled_page, cooled_links

    def leave_out(self, repository: HTTPRepository, name: str, page: LinkSource) -> None:
        versions = page._link_cache[name]
        entries = {version: self.entry_for(name, version) for version in versions}
        if not any(entries.values()):
            return
        times = upload_times(repository, page)
        if not times:
            raise UndatedIndexError(repository.url, name)
        for version, found in entries.items():
            if found is None:
                continue
            entry, at = found
            links = versions[version]
            kept = [link for link in links if not is_too_new(times.get(link.filename), at)]
            if kept:
                versions[version] = kept
                continue
            del versions[version]
            known = [time for link in links if not link.yanked and (time := times.get(link.filename))]
            if known:
                self.hidden[name][version] = (min(known), entry)

    def entry_for(self, name: str, version: Version) -> tuple[Cooldown, datetime] | None:
        def allows(exempt: Exemption) -> bool:
            if not exempt.operator:
                return True
            more = ".*" if exempt.operator == "=" else ""
            return SpecifierSet(f"=={exempt.version}{more}").contains(version.text, prereleases=True)

        return self.cooldowns.entry_for(name, ("pypi", ""), allows)

    def held_back(self, packages: list[Any], named: list[Any]) -> list[dict[str, str]]:
        """For each package of a solution the newest release that its requirement allows and that a cooldown hides."""
        told = []
        for package in packages:
            wanted = [dependency for dependency in named if dependency.name == package.name]
            newer = [
                version
                for version in self.hidden.get(package.name, {})
                if version > package.version
                and (package.version.is_unstable() or not version.is_unstable())
                and all(dependency.constraint.allows(version) for dependency in wanted)
            ]
            if newer:
                told.append(self.describe(package.name, max(newer)))
        return told

    def newest(self) -> list[dict[str, str]]:
        """For each package that has something hidden the newest of it."""
        return [self.describe(name, max(versions)) for name, versions in self.hidden.items() if versions]

    def describe(self, name: str, version: Version) -> dict[str, str]:
        uploaded, entry = self.hidden[name][version]
        return {"name": name, "version": version.text, "uploaded": uploaded.isoformat(), "by": entry.text}


def upload_times(repository: HTTPRepository, page: LinkSource) -> dict[str, datetime]:
    """By the name of the file."""
    if isinstance(page, SimpleJsonPage):
        return times_in_json(page.content)
    if not isinstance(page, HTMLPage):
        return {}
    told = {file_name(anchor.get("href") or ""): anchor.get("data-upload-time") for anchor in page._parsed}
    return parsed(told) or times_in_json(fetch_json(repository, page.url))


def times_in_json(content: dict[str, Any]) -> dict[str, datetime]:
    return parsed({file_name(file["url"]): file.get("upload-time") for file in content.get("files", [])})


def fetch_json(repository: HTTPRepository, url: str) -> dict[str, Any]:
    """The same page once more as JSON, if the index has that."""
    headers = {"Accept": JSON, "Cache-Control": "no-cache"}  # the cache does not tell the two apart
    response = repository.session.get(url, headers=headers, raise_for_status=False)
    if not response.ok or "json" not in response.headers.get("Content-Type", ""):
        return {}
    return response.json()


def parsed(told: dict[str, str | None]) -> dict[str, datetime]:
    times: dict[str, datetime] = {}
    for file, text in told.items():
        if text:
            with suppress(ValueError):  # what cannot be read is not told
                times[file] = time_of(text)
    return times


def file_name(url: str) -> str:
    return unquote(posixpath.basename(urlsplit(url).path))
