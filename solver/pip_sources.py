"""Lets Poetry lock pip packages that have no wheel for the target, without running their code unless that is allowed.

The Poetry in conda-lock asks a package index for what a release needs, and builds it where only a source distribution
could tell, which runs its code. It also takes the word of wheels for other machines, and of metadata that hold only
where they were made. Here a release that has no wheel for the target is read (static_metadata.py); if that does not
tell what it needs, it is built if it may be (source_build.py), or else refused. Refused ones are gathered, so that
all of them can be told at once.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from conda_lock import pypi_solver
from conda_lock._vendor.poetry.core.constraints.version import Version
from conda_lock._vendor.poetry.core.packages.package import Package
from conda_lock._vendor.poetry.core.packages.utils.link import Link
from conda_lock._vendor.poetry.inspection.info import PackageInfo
from conda_lock._vendor.poetry.puzzle.exceptions import SolverProblemError
from conda_lock._vendor.poetry.repositories.exceptions import PackageNotFoundError
from conda_lock._vendor.poetry.repositories.http_repository import HTTPRepository

from cooldown import Cooldowns
from pip_cooldown import CooledIndexes
from pip_files import IndexFiles, usable
from pip_kept import Preferred, chosen_anew, prefer
from pip_projects import Projects
from pip_refusals import BringsAddressError, HalfAnIndexError, NoUsableFileError, OtherFileError, Refused
from source_build import BuildError, build_metadata
from static_metadata import Metadata, NotStaticError, read_static

SOURCES = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tar")


class MayBuild(TypedDict):
    """Which packages may be built to learn what they need; all names are PyPI's."""

    names: set[str]
    roots: set[str]  # the named requirements that may bring them in


class PipPolicy(TypedDict):
    """What counts for the lock that is being made."""

    may_build: MayBuild
    cooldowns: Cooldowns
    preferred: Preferred
    held_back: list[dict[str, str]]  # gets what the cooldowns hold back of what was locked
    projects: dict[str, list[list[str]]]  # gets by name the labelled addresses of what was locked


def install(policy: PipPolicy) -> None:
    """Makes conda-lock's pip solver work like this from now on."""

    projects = Projects()
    projects.install()

    class Target(pypi_solver.PlatformEnv):
        def __init__(self, *, platform: str, **options: Any) -> None:
            super().__init__(platform=platform, **options)
            self.platform_name = platform

    class Solver(pypi_solver.PoetrySolver):
        @contextmanager
        def use_environment(self, env: Target) -> Iterator[None]:
            with super().use_environment(env):
                conda = {package.name for package in self._installed_packages}
                self._indexes = CooledIndexes(policy["cooldowns"], conda)
                if policy["cooldowns"].are_in_force:
                    for repository in self._pool.repositories:
                        self._indexes.cool(repository)
                preferred = policy["preferred"]
                prefer(self.provider, preferred["kept"].get(env.platform_name, {}), preferred["asked"])
                self._releases = Releases(self, env, policy["may_build"])
                yield

        def solve(self, use_latest: Collection[Any] | None = None) -> Any:
            self._releases.check_named()
            try:
                # What is asked for is chosen first, so that what is kept gives way to it.
                transaction = super().solve([*(use_latest or []), *policy["preferred"]["asked"]])
            except SolverProblemError as error:
                error.details = {"held_back": self._indexes.newest()}
                raise
            self._releases.check_result(transaction)
            operations = transaction.calculate_operations(with_uninstalls=False)
            locked = [operation.package for operation in operations if not operation.skipped]
            platform = self._releases.env.platform_name
            preferred = policy["preferred"]
            chosen = chosen_anew(locked, preferred["kept"].get(platform, {}), preferred["asked"])
            late = self._indexes.held_back(chosen, self._package.all_requires)
            policy["held_back"] += [{"platform": platform, **entry} for entry in late]
            policy["projects"] |= {package.name: projects.of(package.name, package.version.text) for package in locked}
            return transaction

    pypi_solver.PlatformEnv = Target
    pypi_solver.PoetrySolver = Solver


def package_info(metadata: Metadata, **more: Any) -> PackageInfo:
    return PackageInfo(
        name=metadata.name,
        version=metadata.version,
        requires_dist=metadata.requires_dist,
        requires_python=metadata.requires_python,
        **more,
    )


@dataclass
class Releases:
    """What is known of the releases that one solve has looked at."""

    solver: Any
    env: Any  # a Target
    may_build: MayBuild
    refused: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # kind and reason by name and version
    needs: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # names by name, without extras and with

    def __post_init__(self) -> None:
        self.files = IndexFiles(self.solver._pool, self.env)
        for repository in self.solver._pool.repositories:
            self.read_here(repository)
        self.note_needs(self.solver.provider)
        self.refuse_addresses(self.solver.provider)

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

    def note_needs(self, provider: Any) -> None:
        complete = provider.complete_package

        def complete_noted(wanted: Any) -> Any:
            completed = complete(wanted)
            package = completed.package
            needs = self.needs.setdefault(package.name, {})
            needs[package.complete_name] = [dependency.name for dependency in package.requires]
            return completed

        provider.complete_package = complete_noted

    def refuse_addresses(self, provider: Any) -> None:
        """Git, ssh and files are reached only where an environment file itself asks for it."""
        complete, search = provider.complete_package, provider.search_for_direct_origin_dependency
        completed: list[str] = []

        def complete_named(wanted: Any) -> Any:
            completed.append(wanted.package.name)
            return complete(wanted)

        def search_named(dependency: Any) -> Package:
            if dependency not in self.solver._package.all_requires:
                raise BringsAddressError(completed[-1], dependency.to_pep_508())
            return search(dependency)

        provider.complete_package, provider.search_for_direct_origin_dependency = complete_named, search_named

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
            "chain": self.chain(name, self.may_build["roots"]) or self.chain(name, self.named()) or [name],
            "wheel": self.files.newest_wheel(name),
        }

    def is_buildable(self, name: Any) -> bool:
        return name in self.may_build["names"] and self.chain(name, self.may_build["roots"]) is not None

    def named(self) -> list[str]:
        return [dependency.name for dependency in self.solver._package.all_requires]

    def chain(self, name: str, roots: Iterable[str]) -> list[str] | None:
        """The shortest way from one of the named requirements to a package."""
        ways = deque([root] for root in roots)
        seen = set(roots)
        while ways:
            way = ways.popleft()
            if way[-1] == name:
                return way
            needs = {need for some in self.needs.get(way[-1], {}).values() for need in some}
            further = sorted(needs - seen)
            seen.update(further)
            ways.extend([*way, need] for need in further)
        return None


def check_hashes(file: Path, link: Link) -> None:
    """What is read here has to be what is installed later."""
    content = file.read_bytes()
    for kind, value in link.hashes.items():
        if hashlib.new(kind, content).hexdigest() != value:
            raise OtherFileError(link.filename, f"its {kind} is another")
