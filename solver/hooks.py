"""A hook of a source distribution's build backend, in a process that is shut off (confined.py).

    hooks.py HOOK FOLDER ARCHIVE BACKEND [PATH…]

FOLDER/requirements has what the backend needs; the result is written to FOLDER/result.json. BACKEND and PATH are as in
pyproject.toml. It runs on the Python that the build is for, whose version and packages are not known.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any


def call_hook(name: str, folder: Path, archive: Path, backend_name: str, backend_path: list[str]) -> None:
    source = unpacked(archive, folder / "source")
    os.chdir(source)
    sys.path[:0] = [*(str(source / path) for path in backend_path), str(folder / "requirements")]
    module, _, attribute = backend_name.partition(":")
    backend: Any = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        backend = getattr(backend, part)
    result = HOOKS[name](backend, folder)
    (folder / "result.json").write_text(json.dumps(result))


def requirements(backend: Any, _folder: Path) -> list[str]:
    hook = getattr(backend, "get_requires_for_build_wheel", None)
    return list(hook()) if hook is not None else []


def metadata(backend: Any, folder: Path) -> str:
    built = folder / "built"
    built.mkdir()
    hook = getattr(backend, "prepare_metadata_for_build_wheel", None)
    if hook is not None:
        return (built / hook(str(built)) / "METADATA").read_text(encoding="utf-8")
    with zipfile.ZipFile(built / backend.build_wheel(str(built))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return wheel.read(name).decode()


def wheel(backend: Any, folder: Path) -> str:
    built = folder / "built"
    built.mkdir()
    return str(backend.build_wheel(str(built)))


HOOKS = {"requirements": requirements, "metadata": metadata, "wheel": wheel}


def unpacked(archive: Path, folder: Path) -> Path:
    """The one folder in an archive. Where else it tries to write, it can't."""
    if not folder.exists():
        if archive.name.endswith(".zip"):
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(folder)
        else:
            with tarfile.open(archive) as opened:
                opened.extractall(folder)
    (inner,) = folder.iterdir()
    return inner


if __name__ == "__main__":
    hook_name, directory, file, backend_module, *paths = sys.argv[1:]
    call_hook(hook_name, Path(directory), Path(file), backend_module, paths)
