"""Lets Poetry lock pip packages that have no wheel for the target, without running their code unless that is allowed.

The Poetry in conda-lock asks a package index for what a release needs, and builds it where only a source distribution
could tell, which runs its code. It also takes the word of wheels for other machines, and of metadata that hold only
where they were made. Here a release that has no wheel for the target is read (static_metadata.py); if that does not
tell what it needs, it is built if it may be (source_build.py), or else refused. Refused ones are gathered, so that
all of them can be told at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from conda_lock._vendor.poetry.core.constraints.version import Version
from conda_lock._vendor.poetry.core.packages.package import Package
from conda_lock._vendor.poetry.core.packages.utils.link import Link
from conda_lock._vendor.poetry.inspection.info import PackageInfo
from conda_lock._vendor.poetry.repositories.exceptions import PackageNotFoundError
from conda_lock._vendor.poetry.repositories.http_repository import HTTPRepository

from pip_files import IndexFiles, usable
from pip_needs import Needs
from pip_refusals import HalfAnIndexError, NoUsableFileError, OtherFileError, Refused
from source_build import BuildError, build_metadata
from static_metadata import Metadata, NotStaticError, read_static

SOURCES = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tar")


class MayBuild(TypedDict):
    """Which packages may be built to learn what they need; all names are PyPI's."""

    names: set[str]
    roots: set[str]  # the named requirements that may bring them in


@dataclass
class Releases:
    """What is known of the releases that one solve has looked at."""

    solver: Any
    env: Any  # a Target
    may_build: MayBuild
    refused: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # kind and reason by name and version

    def __post_init__(self) -> None:
        self.files = IndexFiles(self.solver._pool, self.env)
        for repository in self.solver._pool.repositories:
            self.read_here(repository)
        self.needs = Needs(self.solver.provider)

    def read_here(self, repository: HTTPRepository) -> None:
        ask_index = repository.get_release_info
        known: dict[tuple[str, str], PackageInfo] = {}

        def release_info(name: Any, version: Version) -> PackageInfo:
            key = (str(name), version.text)
            if key not in known:
                known[key] = self.read_source(repository, name, version) or told(name, version)
            return known[key]

        def told(name: Any, version: Version) -> PackageInfo:
            try:
                return ask_index(name, version)
            except PackageNotFoundError as error:
                if self.files.links(name, version):
                    raise HalfAnIndexError(name, version) from error
                raise

        repository.get_release_info = release_info

    def read_source(self, repository: HTTPRepository, name: Any, version: Version) -> PackageInfo | None:
        """What the source distribution of a release tells; None if the index is to tell it."""
        links = usable(repository.get_page(name).links_for_version(name, version))
        if not links or any(self.files.fits(link) for link in links):
            return None
        source = next((link for ending in SOURCES for link in links if link.ext == ending), None)
        if source is None:
            self.refused[name, version.text] = ("no-file", "")
            return None
        # The hashes are in another answer of PyPI's.
        found = repository.find_links_for_package(Package(name, version))
        if not found:
            raise HalfAnIndexError(name, version)
        source = next((link for link in found if link.filename == source.filename), source)
        files = [{"file": source.filename, "hash": f"{kind}:{value}"} for kind, value in source.hashes.items()]
        metadata = self.metadata_of(repository, source, name, version)
        return package_info(metadata, files=files, yanked=source.yanked_reason or source.yanked)

    def metadata_of(self, repository: HTTPRepository, source: Link, name: str, version: Version) -> Metadata:
        with repository._cached_or_downloaded_file(source) as file:
            check_hashes(file, source)
            try:
                return read_static(file, name, version.text)
            except NotStaticError as error:
                self.refused[name, version.text] = ("not-static", str(error))
            if self.is_buildable(name):
                indexes = [other.authenticated_url for other in self.solver._pool.repositories]
                try:
                    built = build_metadata(file, name, version.text, indexes)
                    del self.refused[name, version.text]
                    return built
                except BuildError as error:
                    self.refused[name, version.text] = ("failed", str(error))
        # The solve goes on as if it needed nothing, to find the others.
        return Metadata([], source.requires_python, name, version.text)

    def check_named(self) -> None:
        """Before the solve: refuses the named requirements that it can only end with, whatever it chooses."""
        provider = self.solver.provider
        hopeless = []
        for dependency in self.solver._package.all_requires:
            if dependency.is_direct_origin() or provider.get_locked(dependency) is not None:
                continue
            found = [candidate.package for candidate in provider.search_for(dependency)]
            candidates = [package for package in found if self.files.is_for_python(package)]
            if candidates and not any(self.files.runs(package.name, package.version) for package in candidates):
                first = self.solver._pool.package(candidates[0].name, candidates[0].version)
                hopeless += [first] if (first.name, first.version.text) in self.refused else []
        self.refuse(hopeless)

    def check_result(self, transaction: Any) -> None:
        operations = transaction.calculate_operations(with_uninstalls=False)
        self.refuse([operation.package for operation in operations if not operation.skipped])

    def refuse(self, packages: list[Package]) -> None:
        keys = sorted({(package.name, package.version.text) for package in packages})
        refused = [self.describe(*key, *self.refused[key]) for key in keys if key in self.refused]
        if refused:
            raise NoUsableFileError(refused)

    def describe(self, name: Any, version: str, kind: str, reason: str) -> Refused:
        links = self.files.links(name, Version.parse(version))
        return {
            "name": name,
            "version": version,
            "platform": self.env.platform_name,
            "python": self.files.python,
            "kind": kind,
            "reason": reason,
            "files": sorted(link.filename for link in links),
            "chain": self.needs.chain(name, self.may_build["roots"]) or self.needs.chain(name, self.named()) or [name],
            "wheel": self.files.newest_wheel(name),
        }

    def is_buildable(self, name: Any) -> bool:
        return name in self.may_build["names"] and self.needs.chain(name, self.may_build["roots"]) is not None

    def named(self) -> list[str]:
        return [dependency.name for dependency in self.solver._package.all_requires]


def package_info(metadata: Metadata, **more: Any) -> PackageInfo:
    return PackageInfo(
        name=metadata.name,
        version=metadata.version,
        requires_dist=metadata.requires_dist,
        requires_python=metadata.requires_python,
        **more,
    )


def check_hashes(file: Path, link: Link) -> None:
    """What is read here has to be what is installed later."""
    content = file.read_bytes()
    for kind, value in link.hashes.items():
        if hashlib.new(kind, content).hexdigest() != value:
            raise OtherFileError(link.filename, f"its {kind} is another")
