"""What a process that works on what channels send may take of the machine: so much memory, time and disk and no more.

rattler unpacks whatever comes, and memory that it does not get ends the process it is in. Hence one of its own, and
others that are left to tell it.
"""

from __future__ import annotations

import resource
import signal

# Several times what a channel of 1,000,000 records takes (docs/architecture.md).
MOST_BYTES = 4 << 30  # of memory that is written to
MOST_SECONDS = 600  # of processors
LARGEST = 2 << 30  # bytes of a file, such as unpacked repodata: a few kilobytes of zst can become any number
# How Rust ends without memory, or without any more of the stack; and how the kernel ends what takes too long.
BROKEN = (signal.SIGABRT, signal.SIGSEGV, signal.SIGXCPU)


def bound() -> None:
    """Limits this process, and what it starts."""
    limit(resource.RLIMIT_DATA, MOST_BYTES)
    limit(resource.RLIMIT_CPU, MOST_SECONDS)
    limit(resource.RLIMIT_FSIZE, LARGEST)
    limit(resource.RLIMIT_CORE, 0)


def limit(what: int, most: int) -> None:
    """Sets a limit; one that the machine has set is only lowered."""
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, hard))
