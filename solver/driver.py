#!/usr/bin/env python3
"""Locks, and reads the lock back, in one process, because importing conda-lock takes longer than a solve.

Reads one task as JSON from standard input; see `Task`. Everything that conda-lock prints goes to standard error; the
only line on standard output is the result, {"conda_lock": …, "py_rattler": …, "seconds": {…}}, or
{"error": {"type": …, "message": …}} with exit code 1. Exit code 124: out of time. However it is ended, it takes
its children along.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class Task(TypedDict):
    directory: str  # where the environment files lie, laid out as in the repository
    files: list[str]  # in conda-lock's order: the last one wins
    platforms: list[str]
    lockfile: str  # conda-lock.yml, written in `directory`
    explicit: str  # the name of the explicit files, with {platform}
    readback: str  # a folder for what `conda-lock render` makes of the new lockfile
    conda: str  # path of the conda to ask
    metadata: dict[str, str]  # custom_metadata of the lockfile
    seconds: float  # killed after that
    lookup: NotRequired[str]  # conda-lock's table of PyPI names; without it, one is fetched for a pip: section


def supervise(seconds: float) -> None:
    """Go on in a child with a process group of its own, which ends, whole, with this process or after `seconds`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.close(writer)

        def end_with_parent() -> None:
            os.read(reader, 1)
            os.killpg(0, signal.SIGKILL)

        threading.Thread(target=end_with_parent, daemon=True).start()
        return

    with contextlib.suppress(OSError):
        os.setpgid(child, child)  # whoever of the two comes first

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        os.killpg(child, signal.SIGKILL)
        os._exit(124 if number == signal.SIGALRM else 128 + number)

    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(code if code >= 0 else 128 - code)


class NoWheelError(RuntimeError):
    """A package can't be locked without running its code."""


def refuse_builds() -> None:
    """To learn what a package without wheels needs, the vendored Poetry would build it, that is, run its code."""
    from conda_lock._vendor.poetry.inspection import info

    def refuse(path: Path) -> NoReturn:
        package = " ".join(path.name.rsplit("-", 1))
        raise NoWheelError(f"{package} has no wheel, and to learn what it needs, its own code would have to be run")

    info.get_pep517_metadata = refuse


def sort_metadata() -> None:
    """The options of `--md` come from a set, so that equal locks differ in their header from run to run."""
    from conda_lock import conda_lock

    write = conda_lock.write_conda_lock_file

    def write_sorted(content: Any, path: Path, metadata_choices: Collection[object]) -> None:
        write(content, path, metadata_choices=sorted(metadata_choices, key=str))

    conda_lock.write_conda_lock_file = write_sorted


def run(task: Task) -> dict[str, Any]:
    seconds = {}
    started = time.monotonic()

    def lap(name: str) -> None:
        nonlocal started
        seconds[name] = round(time.monotonic() - started, 3)
        started = time.monotonic()

    conda = shutil.which(task["conda"])
    if conda is None:  # conda-lock would go and download one
        raise FileNotFoundError(f"{task['conda']} is not an executable file")
    from importlib.metadata import version

    from conda_lock.conda_lock import main

    refuse_builds()
    sort_metadata()
    lap("import")

    platforms = [arg for platform in task["platforms"] for arg in ("-p", platform)]
    files = [arg for file in task["files"] for arg in ("-f", file)]
    os.chdir(task["directory"])
    Path(task["explicit"]).parent.mkdir(parents=True, exist_ok=True)
    Path(task["lockfile"]).parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as metadata:
        json.dump(task["metadata"], metadata)
        metadata.flush()
        args = ["lock", "-k", "lock", "-k", "explicit", "--filename-template", task["explicit"]]
        args += ["--lockfile", task["lockfile"], "--conda", conda, *platforms, *files]
        args += ["--md", "input_sha", "--md", "input_md5", "--mdy", metadata.name]
        args += ["--pypi_to_conda_lookup_file", task["lookup"]] if "lookup" in task else []
        main(args, standalone_mode=False)
    lap("lock")

    lockfile = Path(task["lockfile"]).resolve()
    os.chdir(task["readback"])
    template = Path(task["explicit"]).name
    args = ["render", "-k", "explicit", "--filename-template", template, *platforms, str(lockfile)]
    main(args, standalone_mode=False)
    lap("readback")
    return {"conda_lock": version("conda-lock"), "py_rattler": version("py-rattler"), "seconds": seconds}


def start() -> None:
    task: Task = json.load(sys.stdin)
    supervise(task["seconds"])
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        result, code = run(task), 0
    except BaseException as error:
        traceback.print_exc()
        message = str(error)
        if isinstance(error, subprocess.CalledProcessError):
            message = f"{error.cmd[0]} ended with exit code {error.returncode}"
        elif isinstance(error, SystemExit):
            message = f"conda-lock ended with exit code {error.code}; see what it printed"
        result, code = {"error": {"type": type(error).__name__, "message": message}}, 1
    print(json.dumps(result), file=results, flush=True)
    sys.exit(code)


if __name__ == "__main__":
    start()
