"""The built-in solver as a conda that answers one command and ends, for conda-lock as people call it by hand."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

if sys.argv[1:] == ["--version"]:  # conda-lock asks before each lock, for its own log
    print("rattler-conda")
else:
    from rattler_conda import answer
    from repodata import Repodata

    repodata = Repodata(Path(os.environ["RATTLER_CONDA_CACHE"]))
    answered = asyncio.run(answer(sys.argv[1:], os.environ, repodata))
    print(answered["stdout"])
    print(answered["stderr"], file=sys.stderr)
    sys.stdout.flush()
    os._exit(answered["code"])  # a plain exit often crashes: a thread of rattler's outlives the interpreter
