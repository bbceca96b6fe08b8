"""Installs the explicit lockfile of its first argument into the prefix of its second, with py-rattler.

The third is a folder for what is downloaded. After an address may stand the SHA-256 of the package; without it, rattler
takes what it has downloaded before under the same file name, whatever its content.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import traceback
from pathlib import Path

from rattler import Client, PackageRecord, RepoDataRecord, install
from rattler.exceptions import InstallerError
from rattler.package_streaming import fetch_raw_package_file_from_url

AT_ONCE = 20  # archives to ask for their records


async def read_record(client: Client, line: str) -> RepoDataRecord:
    """`URL#MD5`, or `URL#MD5 SHA256`, as the archive describes itself: its file name does not say all of it."""
    address, _, sha256 = line.partition(" ")
    url, _, md5 = address.partition("#")
    channel, _, file_name = url.rsplit("/", 2)
    try:
        content = await fetch_raw_package_file_from_url(client, url, "info/index.json")
    except OSError as error:
        raise InstallerError(f"{url} could not be read\n{error}") from error
    with tempfile.NamedTemporaryFile() as index:
        index.write(content)
        index.flush()
        record = PackageRecord.from_index_json(Path(index.name), sha256=sha256 or None, md5=md5)
    return RepoDataRecord(record, file_name, url, channel)


async def read_records(lockfile: Path) -> list[RepoDataRecord]:
    client = Client.default_client()
    places = asyncio.Semaphore(AT_ONCE)

    async def read(line: str) -> RepoDataRecord:
        async with places:
            return await read_record(client, line)

    lines = lockfile.read_text().splitlines()
    return await asyncio.gather(*[read(line) for line in lines if line.startswith("http")])


async def install_lockfile(lockfile: Path, prefix: Path, cache: Path) -> None:
    records = await read_records(lockfile)
    await install(records, prefix, cache_dir=cache, show_progress=False)
    print(len(records), flush=True)


def main() -> None:
    code = 0
    try:
        asyncio.run(install_lockfile(*map(Path, sys.argv[1:])))
    except InstallerError as error:
        traceback.print_exc()
        first, *causes = str(error).splitlines()
        print(
            ": ".join([first, *(cause.removeprefix("Caused by: ") for cause in causes[-1:])]),
            file=sys.stderr,
            flush=True,
        )
        code = 1
    os._exit(code)  # a plain exit often crashes: a thread of rattler's outlives the interpreter


if __name__ == "__main__":
    main()
