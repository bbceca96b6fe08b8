"""What conda-lock itself makes of merged environment files, by `render-lock-spec --kind raw`, in one process.

Reads {"platforms": […], "lookup": FILE, "cases": [[FILE, …], …]} from standard input; prints, for each case, either
{"dependencies": {…}, "channels": […]} or {"refused": MESSAGE}.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from typing import Any

from conda_lock.conda_lock import main


def verdict(files: list[str], platforms: list[str], lookup: str) -> dict[str, Any]:
    args = ["render-lock-spec", "--kind", "raw", "--stdout", "--pypi_to_conda_lookup_file", lookup]
    args += [arg for platform in platforms for arg in ("-p", platform)] + [
        arg for file in files for arg in ("-f", file)
    ]
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            main(args, standalone_mode=False)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    spec = json.loads(printed.getvalue())
    return {"dependencies": spec["dependencies"], "channels": [channel["url"] for channel in spec["channels"]]}


warnings.simplefilter("ignore")
request = json.load(sys.stdin)
print(json.dumps([verdict(files, request["platforms"], request["lookup"]) for files in request["cases"]]))
