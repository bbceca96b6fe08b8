"""One step of learning what a source distribution needs, in a process that is shut off before it touches any of it.

    confined.py install FOLDER OPTION…     pip install OPTION…, which starts no programs
    confined.py HOOK FOLDER ARCHIVE BACKEND [PATH…]
                                           a hook of the archive's build backend; its result in FOLDER/result.json

Python runs it isolated (-I), and for a hook without any installed packages (-S). FOLDER is all that it can write to;
`FOLDER/requirements` has what the backend needs. BACKEND and PATH are as in pyproject.toml.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from confine import confine

sys.path.pop(0)  # from now on out of reach

SYSTEM = [Path("/", name) for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64")]
# What describes the machine; all else under /etc may be a secret.
SETTINGS = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "timezone", "passwd", "group", "mime.types"]
SETTINGS += ["os-release", "lsb-release", "debian_version", "redhat-release", "alpine-release", "ssl/openssl.cnf"]
MACHINE = [*(Path("/etc", name) for name in SETTINGS), Path("/proc/cpuinfo"), Path("/proc/meminfo")]
NETWORK = ["hosts", "resolv.conf", "nsswitch.conf", "ssl/certs", "ssl/cert.pem", "pki/tls/certs", "pki/ca-trust"]
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


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


def call_hook(name: str, folder: Path, archive: Path, backend_name: str, backend_path: list[str]) -> None:
    confine([*SYSTEM, *MACHINE, *interpreter(), archive], folder, network=False, programs=True)
    source = unpacked(archive, folder / "source")
    os.chdir(source)
    sys.path[:0] = [*(str(source / path) for path in backend_path), str(folder / "requirements")]
    module, _, attribute = backend_name.partition(":")
    backend: Any = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        backend = getattr(backend, part)
    result = HOOKS[name](backend, folder)
    (folder / "result.json").write_text(json.dumps(result))


def requirements(backend: Any, _folder: Path) -> list[str]:
    hook = getattr(backend, "get_requires_for_build_wheel", None)
    return list(hook()) if hook is not None else []


def metadata(backend: Any, folder: Path) -> str:
    built = folder / "built"
    built.mkdir()
    hook = getattr(backend, "prepare_metadata_for_build_wheel", None)
    if hook is not None:
        return (built / hook(str(built)) / "METADATA").read_text(encoding="utf-8")
    with zipfile.ZipFile(built / backend.build_wheel(str(built))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return wheel.read(name).decode()


HOOKS = {"requirements": requirements, "metadata": metadata}


def unpacked(archive: Path, folder: Path) -> Path:
    """The one folder in an archive. Where else it tries to write, it can't."""
    if not folder.exists():
        if archive.name.endswith(".zip"):
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(folder)
        else:
            with tarfile.open(archive) as opened:
                opened.extractall(folder)
    (inner,) = folder.iterdir()
    return inner


if __name__ == "__main__":
    command, directory, *rest = sys.argv[1:]
    if command == "install":
        install(Path(directory), rest)
    else:
        call_hook(command, Path(directory), Path(rest[0]), rest[1], rest[2:])
