"""Builds or extends a PEP 503 simple index from the JSON on standard input.

The input is `{"directory", "packages": [...]}`, see `Package` below. Equal input gives
equal bytes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from build_channel import Entries, Entry, tar, write


class RequiredFields(TypedDict):
    name: str
    version: str


class Package(RequiredFields, total=False):
    requires: list[str]
    requires_python: str
    urls: dict[str, str]
    files: dict[str, str]
    tag: str
    # Makes it a source distribution only; whoever builds it writes this file. It has to
    # be built to learn what it requires, unless `requires` is given, empty or not.
    build_marker: str
    # Text by path inside the source distribution, instead of what would be there; None leaves a file out.
    archive: dict[str, str | None]
    zip: bool


def index_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def file_stem(package: Package) -> str:
    return f"{module_name(package)}-{package['version']}"


def module_name(package: Package) -> str:
    return index_name(package["name"]).replace("-", "_")


def tag_of(package: Package) -> str:
    return package.get("tag", "py3-none-any")


def metadata(package: Package) -> bytes:
    """Core metadata; from 2.2 on, no requirements means that there are none."""
    known = "requires" in package or "build_marker" not in package
    lines = [
        f"Metadata-Version: {'2.2' if known else '2.1'}",
        f"Name: {package['name']}",
        f"Version: {package['version']}",
    ]
    if "requires_python" in package:
        lines.append(f"Requires-Python: {package['requires_python']}")
    lines += [f"Project-URL: {label}, {url}" for label, url in package.get("urls", {}).items()]
    lines += [f"Requires-Dist: {text}" for text in package.get("requires", [])]
    return ("\n".join(lines) + "\n").encode()


def content_entries(package: Package) -> Entries:
    module = f"__version__ = {package['version']!r}\n"
    texts = {f"{module_name(package)}/__init__.py": module, **package.get("files", {})}
    return {path: Entry(text.encode()) for path, text in texts.items()}


def record_line(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"{path},sha256={digest.decode().rstrip('=')},{len(content)}\n"


def wheel(package: Package) -> bytes:
    info = f"{file_stem(package)}.dist-info"
    tags = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag_of(package)}\n"
    contents = {
        **{path: entry.content for path, entry in content_entries(package).items()},
        f"{info}/METADATA": metadata(package),
        f"{info}/WHEEL": tags.encode(),
    }
    record = "".join(record_line(path, contents[path]) for path in sorted(contents))
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return zipped(contents)


def zipped(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(contents):
            member = zipfile.ZipInfo(path)  # of 1980, uncompressed
            member.external_attr = 0o644 << 16
            archive.writestr(member, contents[path])
    return buffer.getvalue()


BACKEND = """
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    Path(wheel_directory, STEM + "-py3-none-any.whl").write_bytes(WHEEL)
    return STEM + "-py3-none-any.whl"

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    info = Path(metadata_directory, STEM + ".dist-info")
    info.mkdir()
    info.joinpath("METADATA").write_bytes(METADATA)
    return info.name
"""


def sdist(package: Package, marker: str) -> bytes:
    """Builds by a backend of its own, which needs nothing from elsewhere."""
    stem = file_stem(package)
    leave_marker = f"from pathlib import Path\ntry: Path({marker!r}).write_text('built')\nexcept OSError: pass\n"
    constants = f"STEM, METADATA, WHEEL = {stem!r}, {metadata(package)!r}, {wheel(package)!r}\n"
    build_system = 'requires = []\nbuild-backend = "backend"\nbackend-path = ["."]'
    texts = {
        "setup.py": f"{leave_marker}from setuptools import setup\nsetup()\n",
        "backend.py": leave_marker + constants + BACKEND,
        "pyproject.toml": f"[build-system]\n{build_system}\n",
        "PKG-INFO": metadata(package).decode(),
    }
    texts = {path: text for path, text in {**texts, **package.get("archive", {})}.items() if text is not None}
    entries = {path: Entry(text.encode()) for path, text in texts.items()}
    entries.update(content_entries(package))
    placed = {f"{stem}/{path}": entry for path, entry in entries.items()}
    if "zip" in package:
        return zipped({path: entry.content for path, entry in placed.items()})
    return gzip.compress(tar(placed), mtime=0)


def add_package(folder: Path, package: Package) -> None:
    if "build_marker" in package:
        file = folder / f"{file_stem(package)}{'.zip' if 'zip' in package else '.tar.gz'}"
        write(file, sdist(package, package["build_marker"]))
    else:
        file = folder / f"{file_stem(package)}-{tag_of(package)}.whl"
        write(file, wheel(package))
    if "requires_python" in package:
        write(folder / f"{file.name}{REQUIRES_PYTHON}", package["requires_python"].encode())


REQUIRES_PYTHON = ".requires-python"  # a file beside the file that it is about


def page(links: dict[str, str], pythons: dict[str, str] | None = None) -> bytes:
    def attribute(name: str) -> str:
        python = (pythons or {}).get(name)
        return "" if python is None else f' data-requires-python="{html.escape(python)}"'

    anchors = [f'<a href="{html.escape(url)}"{attribute(text)}>{html.escape(text)}</a>' for text, url in links.items()]
    return "\n".join(["<!DOCTYPE html>", *anchors, ""]).encode()


def write_project_page(folder: Path) -> None:
    files = sorted(file for file in folder.iterdir() if file.suffix in (".whl", ".gz", ".zip"))
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    links = {name: f"{quote(name)}#sha256={digest}" for name, digest in digests.items()}
    pythons = {file.name.removesuffix(REQUIRES_PYTHON): file.read_text() for file in folder.glob(f"*{REQUIRES_PYTHON}")}
    write(folder / "index.html", page(links, pythons))


def main() -> None:
    request = json.load(sys.stdin)
    simple = Path(request["directory"], "simple")
    packages: list[Package] = request["packages"]
    names = {index_name(package["name"]) for package in packages}
    for package in packages:
        add_package(simple / index_name(package["name"]), package)
    for name in names:
        write_project_page(simple / name)
    projects = sorted(page.parent.name for page in simple.glob("*/index.html"))
    write(simple / "index.html", page({name: f"{name}/" for name in projects}))


if __name__ == "__main__":
    main()
