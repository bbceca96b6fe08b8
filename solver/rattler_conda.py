"""The parts of a conda's command line that are asked for, answered by py-rattler.

    create --prefix P --dry-run --json --override-channels --channel C… SPEC…
    blame (as create)
    fetch --platform P… --channel C… SPEC…

`create` is what conda-lock calls. `blame` tells why a process that tried it is broken (see bounded.py). `fetch` gets
what solves of these specs will read of the channels; what it can't get they will tell. Of the environment they read
CONDA_SUBDIR (the platform, but for `fetch`), CONDA_CHANNEL_ALIAS (where a bare channel name lives) and
RATTLER_CONDA_STEERING (see steering.py).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from command_line import alias_of, channel_urls, parse_command, parse_request, platform_of
from repodata import Repodata
from request import Request, SolveError


class Answer(TypedDict):
    """How a command has ended."""

    code: int  # the exit code
    stdout: str
    stderr: str
    report: dict[str, Any]  # what it did, or what the failure was


async def create(request: Request, repodata: Repodata) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The records to install, and what there is to tell about them."""
    found = await repodata.solve(request)
    names = {spec.name.normalized for spec in request.specs.values()}
    # conda-lock looks these up, and drops them.
    wanted = [record for record in request.virtual if record["name"] in names]
    records = wanted + [json.loads(record.to_json()) for record in found.records]
    return sorted(records, key=lambda record: record["name"]), found.told


async def too_large(request: Request) -> SolveError:
    """Names the channel that is too much by itself, or has a record that is."""
    urls = request.channels
    if len(urls) > 1:
        found = [await is_too_large(url, request) for url in urls]
        urls = [url for url, is_large in zip(urls, found, strict=True) if is_large]
    return SolveError("too-large", "reading the channels took too much", url=urls[0] if urls else None)


async def is_too_large(url: str, request: Request) -> bool:
    probe = Path(__file__).with_name("probe.py")
    process = await asyncio.create_subprocess_exec(sys.executable, probe, url, request.platform, *request.specs)
    return await process.wait() != 0


def without_secrets(text: str) -> str:
    return re.sub(r"(?<=://)[^/\s\"]+(?=@)|(?<=/t/)[^/\s\"]+", "********", text)


async def answer(arguments: list[str], environment: Mapping[str, str], repodata: Repodata) -> Answer:
    args = parse_command(arguments)
    start = time.monotonic()
    printed = ""
    try:
        if args.command == "fetch":
            channels = [url for name in args.channel for url in channel_urls(name, alias_of(environment))]
            await repodata.fetch(channels, args.platform, args.spec)
            return {"code": 0, "stdout": "", "stderr": "", "report": {}}
        request = parse_request(args.channel, args.spec, environment)
        if args.command == "blame":
            raise await too_large(request)
        fetch, told = await create(request, repodata)
    except MemoryError:
        raise
    except Exception as error:
        if not isinstance(error, SolveError):
            printed = traceback.format_exc()
            error = SolveError("internal", f"{type(error).__name__}: {error}")
        platform = platform_of(environment)
        failure = {**error.fields, "specs": args.spec, "channels": args.channel, "platform": platform}
        failure = json.loads(without_secrets(json.dumps(failure)))
        return {"code": 1, "stdout": json.dumps(failure), "stderr": printed, "report": failure}
    seconds = round(time.monotonic() - start, 3)
    report = {"kind": "solved", "platform": request.platform, "records": len(fetch), "seconds": seconds, **told}
    stdout = json.dumps({"success": True, "actions": {"FETCH": fetch, "LINK": []}})
    return {"code": 0, "stdout": stdout, "stderr": "", "report": report}
