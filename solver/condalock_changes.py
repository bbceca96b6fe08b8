"""Loads conda-lock, and changes what stands in the way of a lock that is fast, safe and the same in every run."""

from __future__ import annotations

import gc
import hashlib
import importlib
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import condalock_shortcuts
import front_end
import pip_failure
import selector_pattern

PIP_POLICY: dict[str, Any] = {}  # for the lock that is being made; see pip_sources.PipPolicy
TABLES: dict[str, str] = {}  # SHA-256 of each downloaded table of PyPI and conda names, by its address


def load_conda_lock(solver: front_end.FrontEnd) -> None:
    """Without Poetry, which comes with the first `pip:` section."""
    load_poetry_late()
    gc.disable()
    importlib.import_module("conda_lock.conda_lock")
    gc.freeze()  # nothing of what was loaded is garbage: a tenth of the time went into looking
    gc.enable()
    use_libyaml()
    condalock_shortcuts.install()
    render_by_platform()
    sort_metadata()
    keep_placeholders()
    note_tables()
    selector_pattern.install()
    front_end.install(solver)


def load_poetry_late() -> None:
    """A quarter of loading conda-lock is loading Poetry, which only a `pip:` section needs: its first call loads it."""
    name = "conda_lock.pypi_solver"
    stand_in = ModuleType(name)

    def late(function: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if sys.modules[name] is stand_in:
                del sys.modules[name]
                pip_failure.refuse_builds()
                pip_failure.note_requirers()
                importlib.import_module("pip_sources").install(PIP_POLICY)
            return getattr(importlib.import_module(name), function)(*args, **options)

        return call

    for function in ("solve_pypi", "PlatformEnv"):
        setattr(stand_in, function, late(function))
    sys.modules[name] = stand_in


def keep_placeholders() -> None:
    """In explicit files conda-lock fills in the variables of private channels: credentials, in a file to commit."""
    from conda_lock import conda_lock

    conda_lock.posixpath = SimpleNamespace(expandvars=lambda text: text)


def note_tables() -> None:
    from conda_lock import lookup

    download = lookup.cached_download_file

    def download_noted(url: str, **options: Any) -> bytes:
        content = download(url, **options)
        TABLES[url] = hashlib.sha256(content).hexdigest()
        return content

    lookup.cached_download_file = download_noted


def use_libyaml() -> None:
    """For lockfiles: reading and writing them with PyYAML's own Python takes as long as all the rest of a lock."""
    import yaml
    from conda_lock import lockfile

    import lockfile_yaml  # not earlier: to load PyYAML takes time that the first request would wait for

    if not yaml.__with_libyaml__:
        return
    load, dump = map(without_looking_for_garbage, (lockfile_yaml.load, lockfile_yaml.dump))
    lockfile.yaml = SimpleNamespace(safe_load=load, dump=dump)


def without_looking_for_garbage(work: Callable[..., Any]) -> Callable[..., Any]:
    """Reading a large lockfile makes millions of things, none of them garbage; to look takes as long as to read."""

    def working(*args: Any, **options: Any) -> Any:
        gc.disable()
        try:
            return work(*args, **options)
        finally:
            gc.enable()

    return working


def render_by_platform() -> None:
    """For each platform conda-lock sorts the packages of all of them again."""
    from conda_lock import conda_lock

    render = conda_lock.render_lockfile_for_platform

    def render_one(*, lockfile: Any, platform: str, **options: Any) -> list[str]:
        own = [package for package in lockfile.package if package.platform == platform]
        return render(lockfile=lockfile.model_copy(update={"package": own}), platform=platform, **options)

    conda_lock.render_lockfile_for_platform = render_one


def sort_metadata() -> None:
    """The options of `--md` come from a set, so that equal locks differ in their header from run to run."""
    from conda_lock import conda_lock

    write = conda_lock.write_conda_lock_file

    def write_sorted(content: Any, path: Path, metadata_choices: Collection[object]) -> None:
        write(content, path, metadata_choices=sorted(metadata_choices, key=str))

    conda_lock.write_conda_lock_file = write_sorted
