"""A process that is shut off before it touches anything of strangers', and that ends with the one that started it.

    confined.py install FOLDER OPTION…            pip install OPTION… into FOLDER/requirements, which starts no programs
    confined.py run FOLDER PATH… -- PROGRAM ARG…  a program that has no network, and can read the PATHs besides

FOLDER is all that it can write to. Python runs it isolated (-I), and a program without any installed packages (-S).
Standard input is a pipe that the starting process holds the other end of.
"""

from __future__ import annotations

import os
import runpy
import select
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from confine import confine

sys.path.pop(0)  # from now on out of reach

SYSTEM = [Path("/", name) for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64")]
# What describes the machine; all else under /etc may be a secret.
SETTINGS = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "timezone", "passwd", "group", "mime.types"]
SETTINGS += ["os-release", "lsb-release", "debian_version", "redhat-release", "alpine-release", "ssl/openssl.cnf"]
PROCESSORS = ["/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/devices/system/node"]
MACHINE = [*(Path("/etc", name) for name in SETTINGS), *map(Path, PROCESSORS)]
NETWORK = ["hosts", "resolv.conf", "nsswitch.conf", "ssl/certs", "ssl/cert.pem", "pki/tls/certs", "pki/ca-trust"]
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
HOOKS = Path(__file__).with_name("hooks.py")


def end_with_caller() -> None:
    """Goes on in a child of the same process group, which ends, whole, when the starting process has ended."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        return

    def watch() -> None:
        closed = select.poll()
        closed.register(0, 0)  # that the other end is closed is told unasked
        closed.poll()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(code if code >= 0 else 128 - code)


def interpreter() -> list[Path]:
    """Not the whole prefix: its settings may have passwords for package indexes."""
    return [Path(sys.base_prefix, part) for part in ("bin", "lib", "include")]


def install(folder: Path, options: list[str]) -> None:
    certificates = [Path(os.environ[name]) for name in CERTIFICATES if name in os.environ]
    network = [path.resolve() for path in [*(Path("/etc", name) for name in NETWORK), *certificates]]
    readable = [*SYSTEM, *MACHINE, *network, *interpreter(), Path(sys.prefix)]
    confine(readable, folder, network=True, programs=False)
    sys.argv = ["pip", "install", "--target", str(folder / "requirements"), *options]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def run(folder: Path, readable: list[str], command: list[str]) -> None:
    confine([*SYSTEM, *MACHINE, *interpreter(), HOOKS, *map(Path, readable)], folder, network=False, programs=True)
    try:
        os.execvp(command[0], command)
    except FileNotFoundError:
        raise SystemExit(f"there is no program {command[0]}") from None


if __name__ == "__main__":
    task, directory, *rest = sys.argv[1:]
    end_with_caller()
    if task == "install":
        install(Path(directory), rest)
    else:
        end = rest.index("--")
        run(Path(directory), rest[:end], rest[end + 1 :])
