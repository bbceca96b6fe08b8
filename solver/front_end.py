"""The solver as the conda that conda-lock asks: a process of its own, which works on all platforms at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bounded import BROKEN

if TYPE_CHECKING:
    from conda_lock.models.channel import Channel
    from conda_lock.models.lock_spec import LockSpecification

    from rattler_conda import Answer

CONDA = sys.executable  # what conda-lock is given for a conda: something of which it can ask the `--version`
READ = ("CONDA_SUBDIR", "CONDA_CHANNEL_ALIAS", "RATTLER_CONDA_STEERING")  # of the environment, by command_line.py


class FrontEnd:
    """Starts the process with the first command, and again if it has ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._numbers = count()
        self._unanswered: dict[int, Future[Answer]] = {}
        self._ahead: dict[str, Future[Answer]] = {}

    def send(self, arguments: list[str], environment: Mapping[str, str]) -> Future[Answer]:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._start()
        number = next(self._numbers)
        answer = self._unanswered[number] = Future()
        command = {"number": number, **command_of(arguments, environment)}
        print(json.dumps(command), file=process.stdin, flush=True)
        return answer

    def fetch(self, channels: list[str], platforms: list[str], specs: list[str]) -> None:
        """Has the process fetch what solves of the specs will read, and does not wait for it."""
        options = [f"--channel={channel}" for channel in channels] + [f"--platform={each}" for each in platforms]
        self.send(["fetch", *options, "--", *specs], os.environ)

    def send_ahead(self, commands: Iterable[tuple[list[str], Mapping[str, str]]]) -> None:
        """Commands that conda-lock will run next."""
        self._ahead = {key_of(*command): self.send(*command) for command in commands}

    def run(self, command: list[str], env: Mapping[str, str], **_: Any) -> subprocess.CompletedProcess[str]:
        """In place of subprocess.run, with which conda-lock asks its conda."""
        arguments = command[1:]
        sent = self._ahead.pop(key_of(arguments, env), None) or self.send(arguments, env)
        answer = self._blamed(arguments, env) if is_broken(sent) else sent.result()
        with Path(env["RATTLER_CONDA_REPORT"]).open("a") as file:
            file.write(json.dumps(answer["report"]) + "\n")
        return subprocess.CompletedProcess(
            ["The solver", *arguments], answer["code"], answer["stdout"], answer["stderr"]
        )

    def end(self) -> None:
        """Ends the process, and waits for that, so that what it took counts as time of this one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _blamed(self, arguments: list[str], environment: Mapping[str, str]) -> Answer:
        shutil.rmtree(os.environ["RATTLER_CONDA_CACHE"], ignore_errors=True)
        return self.send(["blame", *arguments[1:]], environment).result()

    def _start(self) -> subprocess.Popen[str]:
        script = Path(__file__).with_name("solver_process.py")
        command = [sys.executable, str(script), os.environ["RATTLER_CONDA_CACHE"]]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf8")
        self._unanswered = {}
        Thread(target=read_answers, args=[process, self._unanswered], daemon=True).start()
        return process


def read_answers(process: subprocess.Popen[str], unanswered: dict[int, Future[Answer]]) -> None:
    for line in process.stdout or []:
        answer = json.loads(line)
        unanswered.pop(answer.pop("number")).set_result(answer)
    ended = subprocess.CalledProcessError(process.wait(), ["The solver"])
    for waiting in list(unanswered.values()):
        waiting.set_exception(ended)


def is_broken(sent: Future[Answer]) -> bool:
    """Whether what the channels send was too much for the process."""
    error = sent.exception()
    return isinstance(error, subprocess.CalledProcessError) and -error.returncode in BROKEN


def command_of(arguments: list[str], environment: Mapping[str, str]) -> dict[str, Any]:
    return {"arguments": arguments, "environment": {name: environment[name] for name in READ if name in environment}}


def key_of(arguments: list[str], environment: Mapping[str, str]) -> str:
    return json.dumps(command_of(arguments, environment))


def install(front_end: FrontEnd) -> None:
    """Has conda-lock ask the solver: for one platform after the other, but it has been told of all of them before."""
    from conda_lock import conda_lock, conda_solver

    create = conda_lock.create_lockfile_from_spec

    def create_told(**options: Any) -> Any:
        if options["conda"] == CONDA:
            channels = [*options["spec"].channels, options["virtual_package_repo"].channel]
            try:
                front_end.send_ahead(list(commands(options["spec"], options["platforms"], channels)))
            except Exception as error:
                print(f"Nothing is solved ahead: {error!r}")  # conda-lock will fail of the same, where it says more
        return create(**options)

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        return (front_end.run if command[0] == CONDA else subprocess.run)(command, **options)

    conda_lock.create_lockfile_from_spec = create_told
    conda_solver.subprocess = SimpleNamespace(**{**vars(subprocess), "run": run})


def commands(
    spec: LockSpecification, platforms: list[str], channels: list[Channel]
) -> Iterator[tuple[list[str], Mapping[str, str]]]:
    """What conda-lock will ask for, as in its conda_solver.py. Should it ask for something else, it gets that."""
    from conda_lock.conda_solver import _to_match_spec
    from conda_lock.invoke_conda import _get_conda_flags, conda_env_override, conda_pkgs_dir
    from conda_lock.models.lock_spec import VersionedDependency

    options = ["create", "--prefix", str(Path(conda_pkgs_dir(), "prefix")), "--dry-run", "--json"]
    for platform in platforms:
        wanted = {dep.name: dep for dep in spec.dependencies[platform] if dep.manager == "conda"}
        specs = [
            _to_match_spec(dep.name, dep.version, dep.build, dep.conda_channel)
            for dep in wanted.values()
            if isinstance(dep, VersionedDependency)
        ]
        yield [*options, *_get_conda_flags(channels, platform), *specs], conda_env_override(platform)
