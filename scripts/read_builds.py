"""Compares what solver/install.py reads of each package of a channel with the channel's record.

read_builds.py CHANNEL: the channel has records and no archives, so that an archive is made for each record. Both
modules that it compares have to be on PYTHONPATH.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from build_channel import add_package

from install import read_records

FIELDS = ("name", "version", "build", "build_number", "subdir", "depends")


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


def records_of(channel: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted(channel.glob("*/repodata.json")):
        repodata = json.loads(path.read_bytes())
        for record in [*repodata.get("packages", {}).values(), *repodata.get("packages.conda", {}).values()]:
            found.append({"constrains": [], "build_number": 0, **record, "subdir": path.parent.name})
    return found


def picked(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in FIELDS}


async def compare(records: list[dict[str, Any]], root: Path, address: str) -> int:
    lines = []
    for record in records:
        file_name, made = add_package(root, record)
        lines.append(f"{address}/{record['subdir']}/{file_name}#{made['md5']} {made['sha256']}")
    lockfile = root / "lock"
    lockfile.write_text("\n".join(lines))
    read = [json.loads(found.to_json()) for found in await read_records(lockfile)]
    return sum(picked(found) != picked(record) for found, record in zip(read, records, strict=True))


def main() -> None:
    channel = Path(sys.argv[1])
    records = records_of(channel)
    words = sum(not record["build"].rpartition("_")[2].isdigit() for record in records)
    with tempfile.TemporaryDirectory() as folder:
        handler = functools.partial(QuietHandler, directory=folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        odd = asyncio.run(compare(records, Path(folder), f"http://127.0.0.1:{server.server_port}"))
    print(f"{channel}: {len(records)} records, {words} builds that end in a word, {odd} read otherwise", flush=True)
    os._exit(1 if odd else 0)


if __name__ == "__main__":
    main()
