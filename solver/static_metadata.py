"""What a source distribution says of its own needs, read without running anything of it.

Only what stays the same however it is built is believed, by the rules of uv (its crates uv-distribution, source/mod.rs,
and uv-pypi-types, metadata_resolver.rs): the `[project]` table of pyproject.toml, if none of the fields is dynamic, or
else PKG-INFO from metadata version 2.2 on, likewise (https://peps.python.org/pep-0643/). `requires.txt` and older
versions of PKG-INFO tell what was so on the machine of whoever made the file.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.markers import Marker
from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

# Of a file with metadata; PKG-INFO has the whole README in it.
MOST_BYTES = 4 * 1024 * 1024
WANTED = ("pyproject.toml", "PKG-INFO")
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)


@dataclass(frozen=True)
class Metadata:
    requires_dist: list[str]
    requires_python: str | None
    name: str
    version: str


class NotStaticError(ValueError):
    """The needs are not known without a build; the message says why, as the rest of a sentence about the package."""


def read_static(archive: Path, name: str | None = None, version: str | None = None) -> Metadata:
    """The metadata of an archive, which has to be the one of `name` and `version` where they are known."""
    files = read_files(archive)
    reasons = []
    for file, read in (("pyproject.toml", from_pyproject), ("PKG-INFO", from_pkg_info)):
        if file not in files:
            reasons.append(f"it has no {file}")
            continue
        try:
            return checked(read(files[file], version), name, version)
        except NotStaticError as error:
            reasons.append(f"its {file} {error}")
        except (InvalidRequirement, InvalidSpecifier, InvalidVersion, TypeError, RecursionError) as error:
            reasons.append(f"its {file} cannot be read ({' '.join(str(error).split())})")
    raise NotStaticError(" and ".join(reasons))


def from_pyproject(content: bytes, version: str | None) -> Metadata:
    import tomlkit  # tomllib comes with Python 3.11

    try:
        document = tomlkit.parse(content.decode()).unwrap()
    except ValueError as error:
        raise NotStaticError(f"is no TOML ({error})") from error
    if "project" not in document:
        raise NotStaticError("has no [project] table")
    project = table(document["project"])
    dynamic = texts(project.get("dynamic", []))
    refuse_dynamic(dynamic, ("dependencies", "optional-dependencies", "requires-python"))
    if "dependencies" not in project and "poetry" in table(document.get("tool", {})):
        raise NotStaticError("leaves its dependencies to Poetry")
    requires = [Requirement(text) for text in texts(project.get("dependencies", []))]
    for extra, requirements in table(project.get("optional-dependencies", {})).items():
        requires += [for_extra(Requirement(text), extra) for text in texts(requirements)]
    # A version that is computed is written down in the name of the archive.
    given = project.get("version", version)
    return metadata(requires, project.get("requires-python"), project.get("name"), given)


def from_pkg_info(content: bytes, _version: str | None) -> Metadata:
    raw, unparsed = parse_email(content)
    version_of_format = raw.get("metadata_version")
    if version_of_format is None or not (2, 2) <= Version(version_of_format).release[:2] < (3, 0):
        raise NotStaticError(f"(metadata version {version_of_format}) does not say what holds for every build")
    refuse_dynamic(raw.get("dynamic", []), ("requires-dist", "requires-python", "provides-extra"))
    if {"requires-dist", "requires-python"} & unparsed.keys():
        raise NotStaticError("says what it needs in a way that cannot be read")
    return from_raw(raw)


def from_raw(raw: RawMetadata) -> Metadata:
    """For the metadata of a wheel, too, which always hold."""
    requires = [Requirement(text) for text in raw.get("requires_dist", [])]
    return metadata(requires, raw.get("requires_python"), raw.get("name"), raw.get("version"))


def metadata(requires: list[Requirement], requires_python: Any, name: Any, version: Any) -> Metadata:
    if not isinstance(name, str) or not isinstance(version, str):
        raise NotStaticError("has no name or no version")
    address = next((requirement for requirement in requires if requirement.url is not None), None)
    if address is not None:
        raise NotStaticError(f"asks for {address.name} from an address")
    if requires_python is not None:
        SpecifierSet(requires_python)
    return Metadata([str(requirement) for requirement in requires], requires_python, name, version)


def checked(found: Metadata, name: str | None, version: str | None) -> Metadata:
    if name is not None and canonicalize_name(found.name) != canonicalize_name(name):
        raise NotStaticError(f"is that of {found.name}")
    if version is not None and Version(version) not in (Version(found.version), without_local(found.version)):
        raise NotStaticError(f"is that of version {found.version}")
    return found


def without_local(version: str) -> Version:
    return Version(Version(version).public)


def for_extra(requirement: Requirement, extra: str) -> Requirement:
    condition = f'extra == "{canonicalize_name(extra)}"'
    before = "" if requirement.marker is None else f"({requirement.marker}) and "
    requirement.marker = Marker(before + condition)
    return requirement


def refuse_dynamic(dynamic: list[str], needed: tuple[str, ...]) -> None:
    found = next((field for field in dynamic if field.lower() in needed), None)
    if found is not None:
        raise NotStaticError(f"says that `{found}` is dynamic")


def table(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise NotStaticError("has something else in the place of a table")


def texts(value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise NotStaticError("has something else than texts in a list")


def read_files(archive: Path) -> dict[str, bytes]:
    """The files with metadata that lie in the one folder at the top of an archive."""
    found: dict[str, bytes] = {}
    tops = set()
    for name, content in members(archive):
        parts = PurePosixPath(name).parts
        tops.update(parts[:1])
        if len(parts) == 2 and parts[1] in WANTED:
            if content is None or len(content) > MOST_BYTES:
                raise NotStaticError(f"its {parts[1]} is too large or no file")
            found[parts[1]] = content  # of two the last counts, as in an unpacked archive
    if len(tops) != 1:
        raise NotStaticError("its archive has not one folder with everything in it")
    return found


def members(archive: Path) -> Iterator[tuple[str, bytes | None]]:
    """Each member's name, with the content of those that may matter; no content for what is no file."""
    try:
        if archive.name.endswith(".zip"):
            with zipfile.ZipFile(archive) as opened:
                for info in opened.infolist():
                    wanted = PurePosixPath(info.filename).name in WANTED
                    yield info.filename, opened.open(info).read(MOST_BYTES + 1) if wanted else None
        else:
            with tarfile.open(archive) as opened:
                for member in opened:
                    wanted = member.isreg() and PurePosixPath(member.name).name in WANTED
                    file = opened.extractfile(member) if wanted else None
                    yield member.name, None if file is None else file.read(MOST_BYTES + 1)
    except (*DAMAGED, NotImplementedError, RuntimeError) as error:  # or encrypted, or packed in an odd way
        raise NotStaticError(f"its archive cannot be read ({error})") from error
