"""Installs a conda-lock.yml by its entries, as `conda-lock install` does: conda packages by py-rattler, then pip's.

install_unified.py LOCKFILE PLATFORM PREFIX CACHE
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from rattler import BuildString, PackageRecord, RepoDataRecord, install


def conda_record(entry: dict[str, Any]) -> RepoDataRecord:
    channel, subdir, file_name = entry["url"].rsplit("/", 2)
    build = file_name.removesuffix(".tar.bz2").rsplit("-", 1)[1]
    hashes = {name: bytes.fromhex(value) for name, value in entry["hash"].items()}
    # A lockfile has no build numbers; what is installed is the same with any.
    record = PackageRecord(entry["name"], entry["version"], BuildString(build), 0, subdir, **hashes)
    return RepoDataRecord(record, file_name, entry["url"], channel)


def main() -> None:
    lockfile, platform, prefix, cache = sys.argv[1:]
    packages = [p for p in yaml.safe_load(Path(lockfile).read_text())["package"] if p["platform"] == platform]
    records = [conda_record(p) for p in packages if p["manager"] == "conda"]
    asyncio.run(install(records, prefix, cache_dir=cache, show_progress=False))
    wheels = [f"{p['url']}#sha256={p['hash']['sha256']}" for p in packages if p["manager"] == "pip"]
    if wheels:
        command = [f"{prefix}/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", *wheels]
        subprocess.run(command, check=True)
    sys.stdout.flush()
    os._exit(0)  # a plain exit often crashes: a thread of rattler's outlives the interpreter


if __name__ == "__main__":
    main()
