"""Runs what strangers have written, shut off as confine.py says: to build a package, and to try a lock."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

MOST_BYTES = 4 * 1024 * 1024
CONFINED = Path(__file__).with_name("confined.py")
# What Python needs to start, and by what the runner finds processes that are left; nothing else of an environment.
KEPT = ("LANG", "LD_LIBRARY_PATH", "RUNNER_TRACKING_ID")
# For reaching an index; a proxy's address may have a password in it, so only pip itself gets them.
NETWORK = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
NETWORK += tuple(case(f"{kind}_proxy") for kind in ("http", "https", "all", "no") for case in (str.lower, str.upper))


class FailedError(RuntimeError):
    """A confined step did not succeed; the message is the reason, in one line."""


def make_folder(folder: Path) -> None:
    """What every confined step finds in the one folder that it can write to."""
    for part in ("home", "tmp"):
        (folder / part).mkdir(parents=True)


def install_wheels(folder: Path, options: Iterable[str], seconds: float) -> None:
    """`pip install`, into `folder/requirements`, in which nothing can be started: pip must not build anything."""
    run([sys.executable, "-I", "-B", str(CONFINED), "install", str(folder), *options], folder, NETWORK, {}, seconds)


def run_program(
    command: Iterable[str],
    folder: Path,
    readable: Iterable[Path] = (),
    variables: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> None:
    """A program with what it starts, and without a network. Raises FailedError if it fails or takes longer."""
    # The interpreter without the packages of this program's environment.
    python = getattr(sys, "_base_executable", sys.executable)
    shut_off = [python, "-I", "-S", "-B", str(CONFINED), "run", str(folder), *map(str, readable), "--", *command]
    run(shut_off, folder, (), variables or {}, seconds)


def run(
    command: list[str], folder: Path, kept: Iterable[str], variables: Mapping[str, str], seconds: float | None
) -> None:
    environment = {name: value for name, value in os.environ.items() if name in (*KEPT, *kept)}
    environment |= {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=folder / "home",
            env=environment | variables,
            stdin=subprocess.PIPE,  # by its end confined.py sees that this process has ended
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise FailedError(f"it took longer than {seconds:.0f} seconds") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it has started: nothing can leave the group
            process.wait()
        output.seek(0)
        printed = output.read(MOST_BYTES).decode(errors="replace")
    print(printed, flush=True)  # into the log
    if code != 0:
        raise FailedError(last_line(printed))


def last_line(printed: str) -> str:
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"
