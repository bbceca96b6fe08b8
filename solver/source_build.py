"""Runs the build backend of a source distribution, shut off as confine.py says: for its metadata, or for a wheel."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.metadata import parse_email
from packaging.requirements import Requirement

from confine import UnsupportedError, support
from sandbox import MOST_BYTES, FailedError, install_wheels, make_folder, run_program
from static_metadata import Metadata, checked, from_raw, read_files, table, texts

SECONDS = 300  # for each step; compiling everything is not what it is for
HOOKS = Path(__file__).with_name("hooks.py")
# What a pyproject.toml without [build-system] means: https://peps.python.org/pep-0517/#source-trees
DEFAULT_BACKEND = "setuptools.build_meta:__legacy__"


class BuildError(RuntimeError):
    """It could not be built; the message says why, as the rest of a sentence about the package."""


@dataclass(frozen=True)
class Python:
    """What a build is for; unless it is this program's own, a prefix and its version."""

    executable: str = getattr(sys, "_base_executable", sys.executable)
    prefix: Path | None = None
    version: str | None = None


def build_metadata(archive: Path, name: str, version: str, indexes: list[str]) -> Metadata:
    """The metadata that the build backend of an archive makes. What that needs comes from the indexes, as wheels."""
    try:
        support()
    except UnsupportedError as error:
        raise BuildError(f"this machine cannot keep its code from the runner's tokens: {error}") from error
    try:
        with tempfile.TemporaryDirectory(prefix="build-", ignore_cleanup_errors=True) as folder:
            raw, _ = parse_email(str(build("metadata", archive, Path(folder), indexes, Python())))
        return checked(from_raw(raw), name, version)
    except (ValueError, OSError) as error:
        raise BuildError(f"what its build says cannot be used: {error}") from error


def build(result: str, archive: Path, folder: Path, indexes: list[str], python: Python) -> Any:
    """The result of a hook. Raises BuildError, and ValueError or OSError where it is nothing that can be read."""
    required, backend = build_system(archive)
    make_folder(folder)
    install(required, folder, indexes, python)
    install(texts(run_hook("requirements", folder, archive, backend, python)), folder, indexes, python)
    return run_hook(result, folder, archive, backend, python)


def build_system(archive: Path) -> tuple[list[str], list[str]]:
    """What the backend needs; the backend, and the folders that it is in."""
    import tomlkit

    files = read_files(archive)
    document = tomlkit.parse(files["pyproject.toml"].decode()).unwrap() if "pyproject.toml" in files else {}
    system = table(document.get("build-system", {"requires": ["setuptools>=40.8.0", "wheel"]}))
    backend = str(system.get("build-backend", DEFAULT_BACKEND))
    return texts(system.get("requires")), [backend, *texts(system.get("backend-path", []))]


def install(required: list[str], folder: Path, indexes: list[str], python: Python) -> None:
    """Nothing but wheels, by name."""
    for text in required:
        if Requirement(text).url is not None:
            raise BuildError(f"its build asks for an address: {text}")
    if not required:
        return
    index, *more = indexes
    options = ["--isolated", "--no-input", "--disable-pip-version-check", "--no-compile", "--no-cache-dir", "--quiet"]
    options += ["--only-binary", ":all:", "--index-url", index]
    options += [option for other in more for option in ("--extra-index-url", other)]
    options += [] if python.version is None else ["--python-version", python.version]
    try:
        install_wheels(folder, [*options, *required], SECONDS)
    except FailedError as error:
        raise BuildError(f"its build failed: {error}") from error


def run_hook(name: str, folder: Path, archive: Path, backend: list[str], python: Python) -> Any:
    required = folder / "requirements"
    readable = [archive] if python.prefix is None else [archive, python.prefix]
    variables = {"PYTHONPATH": str(required), "PATH": f"{required / 'bin'}:/usr/local/bin:/usr/bin:/bin"}
    command = [python.executable, "-I", "-S", "-B", str(HOOKS), name, str(folder), str(archive), *backend]
    try:
        run_program(command, folder, readable, variables, SECONDS)
    except FailedError as error:
        raise BuildError(f"its build failed: {error}") from error
    # Not through a link: it may lead to a file that is not the package's.
    opened = os.open(folder / "result.json", os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(opened, "rb") as result:
        return json.loads(result.read(MOST_BYTES))
