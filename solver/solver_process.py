"""A process that answers the commands of rattler_conda.py, several at once: solver_process.py CACHE

Each line of standard input is a command, `{"number": N, "arguments": […], "environment": {…}}`, and each line of
standard output the answer to one, with its number. CACHE is a folder of its own for repodata.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from bounded import bound
from rattler_conda import answer
from repodata import Repodata

LONGEST = 1 << 26  # bytes of a command


async def serve(cache: Path) -> None:
    repodata = Repodata(cache)

    async def tell(command: dict[str, Any]) -> None:
        try:
            answered = await answer(command["arguments"], command["environment"], repodata)
        except BaseException:  # MemoryError, and a panic of Rust's, which is no Exception
            traceback.print_exc()
            os.abort()
        print(json.dumps({"number": command["number"], **answered}), flush=True)

    commands = asyncio.StreamReader(LONGEST)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    await asyncio.gather(*[asyncio.create_task(tell(json.loads(line))) async for line in commands])


def main() -> None:
    bound()
    asyncio.run(serve(Path(sys.argv[1])))
    sys.stdout.flush()
    os._exit(0)  # a plain exit often crashes: a thread of rattler's outlives the interpreter


if __name__ == "__main__":
    main()
