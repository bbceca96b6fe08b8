"""Why a package from PyPI can't be locked, with the facts that the reader is told."""

from __future__ import annotations

from typing import TypedDict

from conda_lock._vendor.poetry.core.constraints.version import Version


class Refused(TypedDict):
    """A release that can't be locked."""

    name: str
    version: str
    platform: str
    python: str
    # not-static: its needs are not known without a build; failed: the build failed; no-file: all of its files are for
    # other machines or Pythons.
    kind: str
    reason: str  # the rest of a sentence about it
    files: list[str]
    chain: list[str]  # from a named requirement to it
    wheel: str | None  # the newest version that has a wheel for the target


class NoUsableFileError(RuntimeError):
    """Releases without a wheel, whose needs are not known or may not be learnt."""

    def __init__(self, refused: list[Refused]) -> None:
        super().__init__("no wheel: " + ", ".join(f"{release['name']} {release['version']}" for release in refused))
        self.details = {"releases": refused}


class OtherFileError(RuntimeError):
    """A file that is not what the index says."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.details = {"file": file, "reason": reason}


class BringsAddressError(RuntimeError):
    """A release whose metadata lead elsewhere than to the index. Strangers do not say where git and ssh connect to."""

    def __init__(self, name: str, requirement: str) -> None:
        super().__init__(f"{name} asks for {requirement}")
        self.details = {"package": name, "requirement": requirement}


class HalfAnIndexError(RuntimeError):
    """A mirror of PyPI that lists a release, but does not answer at the addresses that PyPI has besides."""

    def __init__(self, name: str, version: Version) -> None:
        super().__init__(f"there is no answer for {name} {version.text}")
        self.details = {"package": f"{name} {version.text}"}
