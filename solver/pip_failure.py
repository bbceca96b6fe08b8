"""What conda-lock's vendored Poetry knows of a failed pip solve, as data: its own words are for its own users."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NoReturn

REQUIRERS: dict[str, str] = {}  # the package that brought a pip package in first; there is none for a named one


def refuse_builds() -> None:
    """Poetry would build what has no metadata, that is, run its code; pip_releases.py leaves it nothing to build."""
    from conda_lock._vendor.poetry.inspection import info

    def refuse(path: Path) -> NoReturn:
        raise RuntimeError(f"{path.name} would have to be built to learn what it needs")

    info.get_pep517_metadata = refuse


def note_requirers() -> None:
    from conda_lock._vendor.poetry.puzzle.provider import Provider

    complete = Provider.complete_package

    def complete_noted(self: Any, dependency_package: Any) -> Any:
        completed = complete(self, dependency_package)
        package = completed.package
        if not package.is_root():
            for dependency in package.requires:
                REQUIRERS.setdefault(dependency.name, package.name)
        return completed

    Provider.complete_package = complete_noted


def described(error: BaseException) -> dict[str, Any]:
    """What an exception says beyond its message."""
    told: dict[str, Any] = {"requirers": REQUIRERS, **getattr(error, "details", {})}
    if type(error).__name__ == "PackageNotFoundError" and (found := re.match(r"Package (\S+) \((\S+)\)", str(error))):
        told["package"] = f"{found[1]} {found[2]}"
    for failed in (error, error.__context__):  # a download
        if url := getattr(getattr(failed, "request", None), "url", None):
            told["url"] = re.sub(r"(?<=://)[^/@]+@", "", url).partition("#")[0]
    if type(error).__name__ == "SolverProblemError":
        told["facts"] = facts(error)
    return told


def facts(error: Any) -> list[dict[str, str]]:
    """From what a solve concluded that there is no solution. What the environment asks for has no `package`."""
    from conda_lock._vendor.poetry.mixology.incompatibility_cause import (
        DependencyCauseError,
        NoVersionsCauseError,
        PythonCauseError,
    )

    found: list[dict[str, str]] = []
    for incompatibility in error.error._incompatibility.external_incompatibilities:
        first, *others = incompatibility.terms
        cause = incompatibility.cause
        fact = {"name": first.dependency.name, "version": str(first.constraint)}
        if isinstance(cause, NoVersionsCauseError):
            fact["kind"] = "no-version"
        elif isinstance(cause, PythonCauseError):
            fact |= {"kind": "python", "needs": cause.python_version, "python": cause.root_python_version}
        elif isinstance(cause, DependencyCauseError):
            needed = others[0]
            fact |= {"kind": "named" if first.dependency.is_root else "needs"}
            fact |= {"needed": needed.dependency.name, "needed_version": str(needed.constraint)}
        if "kind" in fact and fact not in found:
            found.append(fact)
    # That there are no others than the versions that were looked at is no news.
    asked = {(fact["needed"], fact["needed_version"]) for fact in found if "needed" in fact}
    return [fact for fact in found if fact["kind"] != "no-version" or (fact["name"], fact["version"]) in asked]
