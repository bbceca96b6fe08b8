"""The addresses that releases on an index name for themselves, such as that of their repository.

They stand in the metadata that Poetry asks for in each run anyway, and leaves out of what it makes of them, so nothing
more is asked for. A release that has only a source distribution tells none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conda_lock._vendor.poetry.inspection.info import PackageInfo
from conda_lock._vendor.poetry.repositories.pypi_repository import PyPiRepository

from cooldown import normalized

MOST = 20  # of one release
LONGEST = 500


class Projects:
    """By name the addresses of the release that was read last, each with its label."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], list[list[str]]] = {}

    def of(self, name: str, version: str) -> list[list[str]]:
        return self._told.get((normalized(name), version), [])

    def note(self, name: Any, version: Any, told: Iterable[tuple[Any, Any]]) -> None:
        """Nothing of it is sure to be a text: a stranger has written it."""
        texts = [[label, url] for label, url in told if isinstance(label, str) and isinstance(url, str)]
        short = [[label, url] for label, url in texts if len(label) + len(url) <= LONGEST]
        if isinstance(name, str) and isinstance(version, str) and short:
            self._told[normalized(name), version] = short[:MOST]

    def install(self) -> None:
        """Notes what Poetry reads from now on."""
        ask, from_metadata, from_wheel = PyPiRepository._get, PackageInfo.from_metadata, PackageInfo._from_distribution

        def asked(repository: PyPiRepository, *args: Any, **options: Any) -> dict[str, Any] | None:
            answer = ask(repository, *args, **options)
            info = answer.get("info") if answer else None
            if isinstance(info, dict):
                self.note(info.get("name"), info.get("version"), addresses(info))
            return answer

        def read(metadata: Any) -> PackageInfo:
            self.note(metadata.get("name"), metadata.get("version"), addresses(metadata))
            return from_metadata(metadata)

        def unpacked(dist: Any) -> PackageInfo:
            told = [tuple(text.split(", ", 1)) for text in dist.project_urls or () if ", " in text]
            self.note(dist.name, dist.version, [*told, ("homepage", dist.home_page)])
            return from_wheel(dist)

        PyPiRepository._get = asked
        PackageInfo.from_metadata = staticmethod(read)
        PackageInfo._from_distribution = staticmethod(unpacked)


def addresses(metadata: dict[str, Any]) -> list[tuple[Any, Any]]:
    """By label; old metadata have the home page in a field of its own."""
    urls = metadata.get("project_urls")
    return [*(urls.items() if isinstance(urls, dict) else []), ("homepage", metadata.get("home_page"))]
