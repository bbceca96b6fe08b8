"""Whether a channel by itself is too much for a process with limits: probe.py URL PLATFORM SPEC…

It ends with 0 if it is not. What cannot be fetched is none.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import traceback
from pathlib import Path

from rattler import Client, Gateway, Subdir
from rattler.exceptions import GatewayError

from bounded import bound

MOST_NEEDS = 10_000  # of a record, and characters of each; of 34,747 real records: 64, and 120 characters
SECONDS = 120  # for one HTTP request


async def is_odd(url: str, platform: str, specs: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as cache:
        gateway = Gateway(Path(cache), client=Client.default_client(timeout=SECONDS))
        try:
            found = await gateway.query([url], [Subdir(platform), "noarch"], specs, channel_relations="disabled")
        except GatewayError:
            return False
    asked = ([*record.depends, *record.constrains] for records in found for record in records)
    return any(len(texts) > MOST_NEEDS or max(map(len, texts), default=0) > MOST_NEEDS for texts in asked)


def main() -> None:
    bound()
    code = 1
    try:
        code = int(asyncio.run(is_odd(sys.argv[1], sys.argv[2], sys.argv[3:])))
    except BaseException:  # MemoryError, and a panic of Rust's, which is no Exception
        traceback.print_exc()
    os._exit(code)


if __name__ == "__main__":
    main()
