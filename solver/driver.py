#!/usr/bin/env python3
"""Answers requests about environments with conda-lock, in one process: importing it takes longer than most solves.

Each line of standard input is a request, `{"command": NAME, "log": FILE, …}`; each line of standard output
is its answer, or `{"error": {"type": …, "message": …}}`. What conda-lock prints meanwhile goes to the file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import front_end
import pip_failure
from condalock_changes import PIP_POLICY, TABLES, load_conda_lock
from cooldown import read_cooldowns

if TYPE_CHECKING:
    from typing_extensions import NotRequired

    from pip_kept import Preferred


class BuildRequest(TypedDict):
    """Which pip packages may be built to learn what they need."""

    names: list[str]  # as PyPI writes them
    files: list[str]  # the environment files whose `pip:` sections may bring them in, in `directory`


class LockRequest(TypedDict):
    directory: str  # where the environment files lie, laid out as in the repository
    files: list[str]  # in conda-lock's order: the last one wins
    platforms: list[str]
    categories: list[str]  # of the files; conda-lock renders no others than main and dev by itself
    lockfile: str  # conda-lock.yml, written in `directory`
    explicit: str  # the name of the explicit files, with {platform}
    conda: NotRequired[str]  # path of the conda to ask, instead of the built-in solver
    metadata: dict[str, str]  # custom_metadata of the lockfile
    environment: dict[str, str]  # variables for the conda
    virtual_packages: NotRequired[str]  # file of virtual packages, in `directory`
    cuda: NotRequired[str]  # its version, or "none"
    build: BuildRequest
    cooldowns: list[dict[str, Any]]  # see cooldown.py
    exempt: list[dict[str, str]]
    pip: Preferred
    lookup: NotRequired[str]  # conda-lock's table of PyPI names; without it, one is fetched for a pip: section


SOLVER = front_end.FrontEnd()


def lock(request: LockRequest) -> dict[str, Any]:
    """Locks with conda-lock's public command line."""
    from conda_lock.conda_lock import main

    named = request.get("conda", front_end.CONDA)
    conda = shutil.which(named)
    if conda is None:  # conda-lock would go and download one
        raise FileNotFoundError(f"{named} is not an executable file")
    os.environ.update(request["environment"])
    files = [arg for file in request["files"] for arg in ("-f", file)]
    os.chdir(request["directory"])
    may_build = {"names": set(request["build"]["names"]), "roots": set(named_for_pip(request))}
    PIP_POLICY.update(may_build=may_build, cooldowns=read_cooldowns(request), preferred=request["pip"])
    PIP_POLICY.update(held_back=[], projects={})
    Path(request["lockfile"]).parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as metadata:
        json.dump(request["metadata"], metadata)
        metadata.flush()
        args = ["lock", "-k", "lock", "-k", "explicit", "--filename-template", request["explicit"]]
        args += ["--lockfile", request["lockfile"], "--conda", conda, *choice(request), *files]
        args += ["--md", "input_sha", "--md", "input_md5", "--mdy", metadata.name]
        args += ["--virtual-package-spec", request["virtual_packages"]] if "virtual_packages" in request else []
        args += cuda_options(request.get("cuda"))
        args += ["--pypi_to_conda_lookup_file", request["lookup"]] if "lookup" in request else []
        main(args, standalone_mode=False)
    tools = {"conda_lock": version("conda-lock"), "py_rattler": version("py-rattler")}
    return {**tools, "tables": TABLES, "held_back": PIP_POLICY["held_back"], "projects": PIP_POLICY["projects"]}


class RenderRequest(TypedDict):
    platforms: list[str]
    categories: list[str]  # as in the request to lock
    lockfile: str  # an absolute path
    explicit: str  # as in the request to lock


def render(request: RenderRequest) -> dict[str, Any]:
    """Lets conda-lock read a lockfile, and make explicit files of it."""
    from conda_lock.conda_lock import main

    args = ["render", "-k", "explicit", "--filename-template", request["explicit"], *choice(request)]
    main([*args, request["lockfile"]], standalone_mode=False)
    return {}


def choice(request: LockRequest | RenderRequest) -> list[str]:
    """Without being named, categories other than main and dev are left out of explicit files."""
    platforms = [arg for platform in request["platforms"] for arg in ("-p", platform)]
    return [*platforms, *(f"--extras={category}" for category in request["categories"])]


def named_for_pip(request: LockRequest) -> Iterator[str]:
    """What the `pip:` sections of the files ask for that may have something built."""
    from specs import file_entries

    for file in request["build"]["files"]:
        for platform in request["platforms"]:
            # An entry that conda-lock leaves out, such as `-e .`, has none.
            found = [entry.get("dependency") for entry in file_entries(Path(file).read_text(), platform)]
            yield from (dependency["name"] for dependency in found if dependency and dependency["manager"] == "pip")


class FetchRequest(TypedDict):
    channels: list[str]
    platforms: list[str]
    specs: list[str]  # what a lock of them will ask for, or more, or less
    environment: dict[str, str]  # as in the request to lock


def fetch(request: FetchRequest) -> dict[str, Any]:
    """Has the built-in solver get what it will need, without waiting for it."""
    os.environ.update(request["environment"])
    SOLVER.fetch(request["channels"], request["platforms"], request["specs"])
    return {}


class NamesRequest(TypedDict):
    names: list[str]  # of conda packages
    lookup: NotRequired[str]  # as in the request to lock


def pypi_names(request: NamesRequest) -> dict[str, Any]:
    """What conda packages are called on PyPI, by the table that conda-lock goes by."""
    from conda_lock.lookup import DEFAULT_MAPPING_URL, conda_name_to_pypi_name

    table = request.get("lookup", DEFAULT_MAPPING_URL)
    return {"names": [conda_name_to_pypi_name(name, table) for name in request["names"]]}


def cuda_options(cuda: str | None) -> list[str]:
    if cuda is None:
        return []
    return ["--without-cuda"] if cuda == "none" else ["--with-cuda", cuda]


def function_of(command: str) -> Callable[[Any], dict[str, Any]]:
    """What answers a command, loaded for it alone: `fetch` must not wait for what others need."""
    if command == "specs":
        from specs import read_specs

        return read_specs
    if command == "requirements":
        from requirements_check import read_requirements

        return read_requirements
    if command == "trial":
        from trial import try_install

        return try_install
    return {"fetch": fetch, "lock": lock, "render": render, "pypi-names": pypi_names}[command]


def answer(request: dict[str, Any]) -> dict[str, Any]:
    with Path(request.pop("log")).open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    try:
        started = time.monotonic()
        answered = function_of(request.pop("command"))(request)
        return {**answered, "seconds": round(time.monotonic() - started, 3)}
    except BaseException as error:
        traceback.print_exc()
        message = str(error)
        if isinstance(error, subprocess.CalledProcessError):
            message = f"{error.cmd[0]} ended with exit code {error.returncode}"
        elif isinstance(error, SystemExit):
            message = f"conda-lock ended with exit code {error.code}; see what it printed"
        told = {"type": type(error).__name__, "message": message, "step": step_of(error)}
        return {"error": told | pip_failure.described(error)}


# The functions of conda-lock in which a failure is told as one of this step.
STEPS = {"make_lock_spec": "files", "solve_conda": "conda", "solve_pypi": "pip", "do_render": "render"}


def step_of(error: BaseException) -> str | None:
    """The last step of conda-lock that an exception has come through."""
    names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
    return next((STEPS[name] for name in reversed(names) if name in STEPS), None)


def start() -> None:
    loading = ThreadPoolExecutor().submit(load_conda_lock, SOLVER)  # the first request must not wait for it
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        request = json.loads(line)
        if request["command"] != "fetch":
            loading.result()
        print(json.dumps(answer(request)), file=answers, flush=True)
    SOLVER.end()
    os._exit(0)  # to take everything apart in order takes as long as a solve; the folders that are left lie in TMPDIR


if __name__ == "__main__":
    start()
