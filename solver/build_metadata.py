"""Learns what a source distribution needs by running its build backend, shut off as confine.py says."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from packaging.metadata import parse_email
from packaging.requirements import Requirement

from confine import UnsupportedError, support
from static_metadata import Metadata, checked, from_raw, read_files, table, texts

SECONDS = 300  # for each step; compiling everything is not what it is for
MOST_BYTES = 4 * 1024 * 1024
CONFINED = Path(__file__).with_name("confined.py")
# What a pyproject.toml without [build-system] means: https://peps.python.org/pep-0517/#source-trees
DEFAULT_BACKEND = "setuptools.build_meta:__legacy__"
# Variables for Python itself, and for reaching an index; a proxy's address may have a password in it.
KEPT = ("LANG", "LD_LIBRARY_PATH")
NETWORK = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
NETWORK += tuple(case(f"{kind}_proxy") for kind in ("http", "https", "all", "no") for case in (str.lower, str.upper))


class BuildError(RuntimeError):
    """It could not be built; the message says why, as the rest of a sentence about the package."""


def build_metadata(archive: Path, name: str, version: str, indexes: list[str]) -> Metadata:
    """The metadata that the build backend of an archive makes. What that needs comes from the indexes, as wheels."""
    try:
        support()
    except UnsupportedError as error:
        raise BuildError(f"this machine cannot keep its code from the runner's tokens: {error}") from error
    try:
        required, backend = build_system(archive)
        with tempfile.TemporaryDirectory(prefix="build-", ignore_cleanup_errors=True) as temporary:
            folder = Path(temporary)
            for part in ("home", "tmp", "requirements"):
                (folder / part).mkdir()
            install(required, folder, indexes)
            install(texts(run_hook("requirements", folder, archive, backend)), folder, indexes)
            text = run_hook("metadata", folder, archive, backend)
        raw, _ = parse_email(str(text))
        return checked(from_raw(raw), name, version)
    except (ValueError, OSError) as error:
        raise BuildError(f"what its build says cannot be used: {error}") from error


def build_system(archive: Path) -> tuple[list[str], list[str]]:
    """What the backend needs; the backend, and the folders that it is in."""
    import tomlkit

    files = read_files(archive)
    document = tomlkit.parse(files["pyproject.toml"].decode()).unwrap() if "pyproject.toml" in files else {}
    system = table(document.get("build-system", {"requires": ["setuptools>=40.8.0", "wheel"]}))
    backend = str(system.get("build-backend", DEFAULT_BACKEND))
    return texts(system.get("requires")), [backend, *texts(system.get("backend-path", []))]


def install(required: list[str], folder: Path, indexes: list[str]) -> None:
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
    run([sys.executable, "-I", "-B", str(CONFINED), "install", str(folder), *options, *required], folder, NETWORK)


def run_hook(name: str, folder: Path, archive: Path, backend: list[str]) -> Any:
    # The interpreter without the packages of this program's environment.
    python = getattr(sys, "_base_executable", sys.executable)
    run([python, "-I", "-S", "-B", str(CONFINED), name, str(folder), str(archive), *backend], folder)
    # Not through a link: it may lead to a file that is not the package's.
    opened = os.open(folder / "result.json", os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(opened, "rb") as result:
        return json.loads(result.read(MOST_BYTES))


def run(command: list[str], folder: Path, kept: tuple[str, ...] = ()) -> None:
    environment = {name: value for name, value in os.environ.items() if name in (*KEPT, *kept)}
    required = folder / "requirements"
    environment |= {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(required)}
    environment["PATH"] = os.pathsep.join([str(required / "bin"), "/usr/local/bin", "/usr/bin", "/bin"])
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            raise BuildError(f"its build took longer than {SECONDS // 60} minutes") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it has started: nothing can leave the group
            process.wait()
        output.seek(0)
        printed = output.read(MOST_BYTES).decode(errors="replace")
    print(printed, flush=True)  # into the log
    if code != 0:
        raise BuildError(f"its build failed: {last_line(printed)}")


def last_line(printed: str) -> str:
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"
