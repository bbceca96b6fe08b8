"""Installs the explicit lockfile of its first argument into the prefix of its second, with py-rattler.

The third is a folder for what is downloaded. After an address may stand the SHA-256 of the package; without it, rattler
takes what it has downloaded before under the same file name, whatever its content.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from rattler import BuildString, PackageRecord, RepoDataRecord, install


def read_record(line: str) -> RepoDataRecord:
    """`URL#MD5`, or `URL#MD5 SHA256`, as a record, without a look at the channel."""
    address, _, sha256 = line.partition(" ")
    url, _, md5 = address.partition("#")
    channel, subdir, file_name = url.rsplit("/", 2)
    name, version, build = file_name.removesuffix(".tar.bz2").removesuffix(".conda").rsplit("-", 2)
    number = int(build.rpartition("_")[2])
    hashes = {"md5": bytes.fromhex(md5), "sha256": bytes.fromhex(sha256) or None}
    record = PackageRecord(name, version, BuildString(build), number, subdir, **hashes)
    return RepoDataRecord(record, file_name, url, channel)


def main() -> None:
    lockfile, prefix, cache = map(Path, sys.argv[1:])
    lines = lockfile.read_text().splitlines()
    records = [read_record(line) for line in lines if line.startswith("http")]
    asyncio.run(install(records, prefix, cache_dir=cache, show_progress=False))
    print(len(records), flush=True)
    os._exit(0)  # a plain exit often crashes: a thread of rattler's outlives the interpreter


if __name__ == "__main__":
    main()
