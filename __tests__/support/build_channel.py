"""Builds or extends a small, real conda channel from the JSON on standard input.

The input is `{"directory", "packages": [...], "remove": [...]}`, see `Package` below.
The archives can be installed by conda, mamba and rattler. Equal input gives equal bytes.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import os
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple, TypedDict


class RequiredFields(TypedDict):
    name: str
    version: str
    build: str
    build_number: int
    subdir: str
    depends: list[str]
    constrains: list[str]


class Package(RequiredFields, total=False):
    timestamp: int
    track_features: str
    files: dict[str, str]
    scripts: dict[str, str]  # like files, but executable
    real_python: bool  # the prefix gets the Python that runs this script
    real_pip: bool  # the prefix gets the pip bundled with that Python


class Entry(NamedTuple):
    """One path in an archive: a file, or a symbolic link when `target` is given."""

    content: bytes = b""
    executable: bool = False
    target: str | None = None


Entries = dict[str, Entry]
Record = dict[str, Any]

BUILDER_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def python_entries(version: str) -> Entries:
    """Makes a prefix what a virtual environment is: an interpreter and a pyvenv.cfg."""
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    declared = ".".join(version.split(".")[:2])
    names = ["python", "python3", f"python{BUILDER_VERSION}", f"python{declared}"]
    config = f"home = {interpreter.parent}\ninclude-system-site-packages = false\n"
    return {
        "pyvenv.cfg": Entry(config.encode()),
        **{f"bin/{name}": Entry(target=str(interpreter)) for name in names},
    }


def bundled_pip() -> Path:
    """The wheel that this Python's ensurepip would install.

    Some distributions keep it in a folder of their own.
    """
    folders = [Path(sysconfig.get_paths()["stdlib"], "ensurepip", "_bundled")]
    if distribution := sysconfig.get_config_var("WHEEL_PKG_DIR"):
        folders.append(Path(distribution))
    wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    if not wheels:
        searched = " or ".join(map(str, folders))
        raise SystemExit(f"no pip wheel in {searched}: install this Python's venv package")
    return wheels[0]


def pip_entries() -> Entries:
    site_packages = f"lib/python{BUILDER_VERSION}/site-packages"
    with zipfile.ZipFile(bundled_pip()) as wheel:
        names = [name for name in wheel.namelist() if not name.endswith("/")]
        entries = {f"{site_packages}/{name}": Entry(wheel.read(name)) for name in names}
    script = b'#!/bin/sh\nexec "$(dirname "$0")/python" -m pip "$@"\n'
    return {**entries, "bin/pip": Entry(script, executable=True)}


def content_entries(package: Package) -> Entries:
    marker = f"{package['name']} {package['version']} {package['build']}\n"
    entries = {f"share/{package['name']}/{package['version']}": Entry(marker.encode())}
    if package.get("real_python"):
        entries.update(python_entries(package["version"]))
    if package.get("real_pip"):
        entries.update(pip_entries())
    entries.update({path: Entry(text.encode()) for path, text in package.get("files", {}).items()})
    entries.update({path: Entry(text.encode(), executable=True) for path, text in package.get("scripts", {}).items()})
    return entries


def index_record(package: Package) -> Record:
    """What info/index.json and repodata.json both say about a package."""
    record: Record = {
        "name": package["name"],
        "version": package["version"],
        "build": package["build"],
        "build_number": package["build_number"],
        "subdir": package["subdir"],
        "depends": package["depends"],
        "constrains": package["constrains"],
        "license": "BSD-3-Clause",
    }
    if package["subdir"] == "noarch":
        record["noarch"] = "generic"
    if "timestamp" in package:
        record["timestamp"] = package["timestamp"]
    if "track_features" in package:
        record["track_features"] = package["track_features"]
    return record


def path_record(path: str, entry: Entry) -> Record:
    if entry.target is not None:
        return {"_path": path, "path_type": "softlink", "size_in_bytes": 0}
    digest = hashlib.sha256(entry.content).hexdigest()
    return {
        "_path": path,
        "path_type": "hardlink",
        "sha256": digest,
        "size_in_bytes": len(entry.content),
    }


def to_json(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def info_entries(index: Record, entries: Entries) -> Entries:
    paths = {
        "paths": [path_record(path, entries[path]) for path in sorted(entries)],
        "paths_version": 1,
    }
    return {
        "info/index.json": Entry(to_json(index)),
        "info/paths.json": Entry(to_json(paths)),
        "info/files": Entry("".join(f"{path}\n" for path in sorted(entries)).encode()),
    }


def tar(entries: Entries) -> bytes:
    """Depends on nothing but the entries: sorted, no times, no owners."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(entries):
            entry = entries[path]
            member = tarfile.TarInfo(path)
            member.mode = 0o755 if entry.executable else 0o644
            if entry.target is not None:
                member.type, member.linkname = tarfile.SYMTYPE, entry.target
            member.size = len(entry.content)
            archive.addfile(member, io.BytesIO(entry.content))
    return buffer.getvalue()


def write(path: Path, content: bytes) -> None:
    """Moves the file into place, so that a server never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def add_package(root: Path, package: Package) -> tuple[str, Record]:
    """Writes the archive; gives its file name and its record for repodata.json."""
    index = index_record(package)
    entries = content_entries(package)
    content = bz2.compress(tar({**entries, **info_entries(index, entries)}), 1)
    file_name = f"{package['name']}-{package['version']}-{package['build']}.tar.bz2"
    write(root / package["subdir"] / file_name, content)
    digests = {
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return file_name, {**index, **digests, "size": len(content)}


def read_channel(root: Path) -> dict[str, dict[str, Record]]:
    """The records by subdir and file name."""
    files = root.glob("*/repodata.json")
    return {file.parent.name: json.loads(file.read_bytes())["packages"] for file in files}


def remove_packages(channel: dict[str, dict[str, Record]], file_names: list[str]) -> None:
    """Yanks: the records go, the archives stay, as old lockfiles still ask for them."""
    for file_name in file_names:
        holders = [records for records in channel.values() if file_name in records]
        if not holders:
            raise SystemExit(f"cannot remove {file_name}: no such package in the channel")
        for records in holders:
            del records[file_name]


def write_repodata(root: Path, subdir: str, records: dict[str, Record]) -> None:
    repodata = {
        "info": {"subdir": subdir},
        "packages": records,
        "packages.conda": {},
        "repodata_version": 1,
    }
    write(root / subdir / "repodata.json", to_json(repodata))


def main() -> None:
    request = json.load(sys.stdin)
    root = Path(request["directory"])
    packages: list[Package] = request["packages"]
    channel = read_channel(root)
    channel.setdefault("noarch", {})
    remove_packages(channel, request.get("remove", []))
    for package in packages:
        file_name, record = add_package(root, package)
        channel.setdefault(package["subdir"], {})[file_name] = record
    for subdir, records in channel.items():
        write_repodata(root, subdir, records)


if __name__ == "__main__":
    main()
