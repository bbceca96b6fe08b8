"""Work on what channels send, in a process that may take so much memory and time and no more.

rattler unpacks whatever comes, and memory that it does not get ends the process it is in. Hence a child, and a parent
that is left to tell it.
"""

from __future__ import annotations

import os
import resource
import signal
import traceback
from collections.abc import Callable

# Several times what a channel of 1,000,000 records takes (docs/architecture.md).
MOST_BYTES = 4 << 30  # of memory that is written to
MOST_SECONDS = 600  # of processors
# How Rust ends without memory, or without any more of the stack; and how the kernel ends what takes too long.
BROKEN = (signal.SIGABRT, signal.SIGSEGV, signal.SIGXCPU)


def exit_code(work: Callable[[], object]) -> int | None:
    """Of a child that does the work, and ends by itself when it is done; None if the work was too much for it.

    A child that somebody else kills takes this process with it.
    """
    child = os.fork()
    if child == 0:
        try:
            limit(resource.RLIMIT_DATA, MOST_BYTES)
            limit(resource.RLIMIT_CPU, MOST_SECONDS)
            limit(resource.RLIMIT_CORE, 0)
            work()
        except BaseException:  # MemoryError, and a panic of Rust's, which is no Exception
            traceback.print_exc()
        finally:
            os.abort()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if -code in BROKEN:
        return None
    if code < 0:
        os.kill(os.getpid(), -code)
    return code


def limit(what: int, most: int) -> None:
    """Sets a limit; one that the machine has set is only lowered."""
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, hard))
