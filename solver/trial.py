"""Installs what was locked into a prefix of its own, and runs a command there.

Packages of strangers run code from the moment that their Python starts: a `.pth` file is enough. So nothing of the
prefix is run but shut off (confine.py), without a network, and what was downloaded is not kept: files in the prefix
are links to it, and what is written there would be there for the next run.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import TypedDict

import requests

from confine import support
from sandbox import FailedError, last_line, make_folder, run_program
from source_build import BuildError, Python, build

INSTALL = Path(__file__).with_name("install.py")
SECONDS = 60  # without an answer of a server


class PipFile(TypedDict):
    name: str
    url: str  # may name variables for credentials
    hash: str  # `sha256:…`, or of another algorithm
    source: bool  # whether it has to be built


class TrialRequest(TypedDict):
    folder: str  # does not exist yet
    explicit: str  # the explicit lockfile; see install.py
    python: str  # the version that is locked; empty if there is none
    pip: list[PipFile]
    indexes: list[str]  # where build tools come from
    program: list[str]  # with its arguments


class TrialError(RuntimeError):
    """It was not to be installed, or the command failed; `step` says which."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(reason)
        self.details = {"trial": step}


def try_install(request: TrialRequest) -> dict[str, str]:
    """Raises UnsupportedError where the machine cannot shut it off, before anything is done, and TrialError."""
    support()
    folder = Path(request["folder"])
    prefix = folder / "prefix"
    make_folder(folder)
    install_conda(request["explicit"], folder, prefix)
    python = Python(str(prefix / "bin" / "python"), prefix, request["python"])
    try:
        places = [folder / "pip" / str(number) for number in range(len(request["pip"]))]
        indexes = [os.path.expandvars(index) for index in request["indexes"]]
        wheels = [wheel(*pair, indexes, python) for pair in zip(request["pip"], places, strict=True)]
        if wheels:
            pip = [python.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
            run_in(prefix, folder, [*pip, "--isolated", "--no-index", "--no-deps", "--no-cache-dir", *map(str, wheels)])
    except (BuildError, FailedError, OSError, ValueError) as error:
        raise TrialError("pip", str(error)) from error
    try:
        run_in(prefix, folder, request["program"])
    except FailedError as error:
        raise TrialError("command", str(error)) from error
    return {}


def install_conda(explicit: str, folder: Path, prefix: Path) -> None:
    """Unpacks and links only: link scripts of packages are not run."""
    lockfile = folder / "explicit.lock"
    lockfile.write_text(explicit)
    packages = folder / "packages"
    done = subprocess.run(
        [sys.executable, INSTALL, lockfile, prefix, packages],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout, flush=True)
    if done.returncode != 0:
        raise TrialError("conda", last_line(done.stdout))


def wheel(file: PipFile, place: Path, indexes: list[str], python: Python) -> Path:
    """Downloads it; what is no wheel is built for the prefix."""
    place.mkdir(parents=True)
    name = urllib.parse.unquote(urllib.parse.urlsplit(file["url"]).path).rsplit("/", 1)[-1]
    archive = place / name
    download(os.path.expandvars(file["url"]), file["hash"], archive)
    if not file["source"]:
        return archive
    built = str(build("wheel", archive, place / "build", indexes, python))
    if "/" in built:
        raise BuildError(f"{file['name']} was built to {built}, which is no name of a file")
    return place / "build" / "built" / built


def download(url: str, expected: str, target: Path) -> None:
    """As conda-lock reaches the index: with the same library, so with the same proxies and certificates."""
    algorithm, _, digest = expected.partition(":")
    found = hashlib.new(algorithm)
    with requests.get(url, stream=True, timeout=SECONDS) as response, target.open("wb") as file:
        response.raise_for_status()
        for chunk in response.iter_content(1 << 20):
            found.update(chunk)
            file.write(chunk)
    if found.hexdigest() != digest:
        raise ValueError(f"{target.name}: its {algorithm} is another")


def run_in(prefix: Path, folder: Path, command: list[str]) -> None:
    """As in an activated environment."""
    path = f"{prefix / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    run_program(command, folder, variables={"PATH": path, "CONDA_PREFIX": str(prefix), "PYTHONNOUSERSITE": "1"})
