"""Shuts a process off from what it has no need of, for good and with all that it starts; on Linux, without any rights.

Landlock (https://docs.kernel.org/userspace-api/landlock.html, Linux 5.13) leaves it a few folders and files: no
other process's environment or memory, no file of the runner. seccomp leaves it no sockets but pairs that talk to each
other, so neither network nor Docker, and no way out of its process group. Programs that change the user, such as sudo,
do not work any more.
Namespaces would do some of this, too, but Ubuntu 24.04 and most containers refuse them to ordinary users.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# include/uapi/linux/landlock.h
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_ONLY, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1}  # what of the file system can be forbidden; later ones: 15 bits
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11  # from ABI 6 on

# include/uapi/linux/prctl.h, capability.h, audit.h, seccomp.h
PARENT_DEATH_SIGNAL, SET_NO_NEW_PRIVS, DROP_BOUND, SET_SECCOMP, FILTER_MODE = 1, 38, 24, 22, 2
CAPABILITIES, CAPABILITY_VERSION = 64, 0x20080522
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
STREAM = 1  # SOCK_STREAM; a pair of datagram sockets can send to any socket of the machine that has a path
INTERNET = (2, 10, 16)  # AF_INET, AF_INET6, and AF_NETLINK, which looking up a name needs


@dataclass(frozen=True)
class Calls:
    """An architecture and the numbers of its system calls."""

    audit: int
    socket: int
    socketpair: int
    # io_uring_setup, setsid, setpgid, add_key, request_key, keyctl
    refused: tuple[int, ...]


CALLS = {
    "x86_64": Calls(0xC000003E, 41, 53, (425, 112, 109, 248, 249, 250)),
    "aarch64": Calls(0xC00000B7, 198, 199, (425, 157, 154, 217, 218, 219)),
}
FOREIGN_CALLS = 0x40000000  # of x86_64's 32-bit variant


class UnsupportedError(RuntimeError):
    """The machine cannot shut a process off; the message says what is missing."""


def confine(readable: Iterable[Path], writable: Path, network: bool, programs: bool) -> None:
    """Leaves the process `readable` to read, and `writable` to do as it likes in.

    Without `programs` it can start none. Raises UnsupportedError before anything has changed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    abi = support(libc)
    calls = CALLS[platform.machine()]
    checked(libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0), "pdeathsig")
    checked(libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    drop_capabilities(libc)
    restrict_files(libc, abi, readable, writable, programs)
    filter_calls(libc, calls, network)


def support(libc: ctypes.CDLL | None = None) -> int:
    """The version of Landlock here; raises UnsupportedError if there is none."""
    if sys.platform != "linux" or platform.machine() not in CALLS or sys.maxsize < 2**32:
        raise UnsupportedError(f"{platform.system()} on {platform.machine()} has no way to do so")
    abi = (libc or ctypes.CDLL(None, use_errno=True)).syscall(CREATE_RULESET, None, 0, VERSION_ONLY)
    if abi < 1:
        raise UnsupportedError("its kernel has no Landlock, which comes with Linux 5.13, or a container forbids it")
    return abi


def drop_capabilities(libc: ctypes.CDLL) -> None:
    for number in range(CAPABILITIES):
        libc.prctl(DROP_BOUND, number, 0, 0, 0)  # fails for those who have none
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    checked(libc.capset(header, bytes(24)), "capset")


def restrict_files(libc: ctypes.CDLL, abi: int, readable: Iterable[Path], writable: Path, programs: bool) -> None:
    all_rights = ALL_BY_ABI.get(abi, (1 << 15) - 1)
    attributes = struct.pack("QQQ", all_rights, 0, ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0)
    size = 24 if abi >= 6 else 8
    ruleset = checked(libc.syscall(CREATE_RULESET, attributes, size, 0), "landlock_create_ruleset")
    executable = EXECUTE if programs else 0
    rules = [(path, READ_FILE | READ_DIR | executable) for path in readable]
    rules += [(Path("/dev", name), READ_FILE | WRITE_FILE) for name in ("null", "zero", "random", "urandom")]
    rules.append((writable, all_rights & ~(0 if programs else EXECUTE)))
    for path, rights in rules:
        allow(libc, ruleset, path, rights & all_rights)
    checked(libc.syscall(RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)


def allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    of_files = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
    rule = struct.pack("=Qi", rights if path.is_dir() else rights & of_files, opened)
    checked(libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0), f"landlock_add_rule {path}")
    os.close(opened)


def filter_calls(libc: ctypes.CDLL, calls: Calls, network: bool) -> None:
    load, equal, at_least, bits, end = 0x20, 0x15, 0x35, 0x54, 0x06
    refuse = [(end, 0, 0, REFUSE)]
    program = [(load, 0, 0, 4), (equal, 1, 0, calls.audit), *refuse, (load, 0, 0, 0)]
    program += [(at_least, 0, 1, FOREIGN_CALLS), *refuse]
    for number in calls.refused:
        program += [(equal, 0, 1, number), *refuse]
    program += [(equal, 0, 5, calls.socketpair), (load, 0, 0, 24), (bits, 0, 0, 0xF), (equal, 1, 0, STREAM), *refuse]
    program += [(end, 0, 0, ALLOW)]
    families = INTERNET if network else ()
    # A socket of one of the families is let through, any other is refused.
    program += [(equal, 0, len(families) + 2, calls.socket), (load, 0, 0, 16)]
    program += [(equal, len(families) - place, 0, family) for place, family in enumerate(families)]
    program += [*refuse, (end, 0, 0, ALLOW)]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code)
    described = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    checked(libc.prctl(SET_SECCOMP, FILTER_MODE, described, 0, 0), "seccomp")


def checked(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise UnsupportedError(f"its kernel refuses {call} ({os.strerror(number)})")
    return result
