"""Makes one synthetic channel: make_channel.py FOLDER RECORDS. Run it with the toolchain's Python.

FOLDER/plain, FOLDER/zst and FOLDER/sharded get the same channel `conda-forge` in three forms; equal arguments give
equal bytes. The packages that the benchmark asks for are the same at every size; the rest is what a solve passes by.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import msgpack
from backports import zstd

VERSIONS = 20
CORE = 200  # packages that the asked-for ones can pull in
HASHES = ("md5", "sha256")


def record(name: str, version: int, depends: list[str]) -> dict[str, Any]:
    text = f"{name}-{version}"
    return {
        "build": "h0_0",
        "build_number": 0,
        "depends": depends,
        "license": "BSD-3-Clause",
        "md5": hashlib.md5(text.encode()).hexdigest(),
        "name": name,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "size": 100_000 + version,
        "subdir": "linux-64",
        "timestamp": 1_700_000_000_000 + version,
        "version": f"{1 + version // 10}.{version % 10}.0",
    }


def packages(records: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Records by file name, by package name."""
    chance = random.Random(records)
    core = random.Random(0)
    found = {"python": {"python-3.12.0-h0_0.conda": {**record("python", 0, []), "version": "3.12.0"}}}
    found["pip"] = {"pip-1.0.0-h0_0.conda": record("pip", 0, ["python"])}
    for index in range((records - 2) // VERSIONS):
        name = f"package-{index:06d}"
        dice, below = (core, index) if index < CORE else (chance, index)
        versions = {}
        for version in range(VERSIONS):
            others = sorted(dice.sample(range(below), min(3, below)))
            depends = [f"package-{other:06d} >=1.{dice.randrange(5)}" for other in others]
            made = record(name, version, [*depends, "python >=3.9", "__glibc >=2.17"])
            versions[f"{name}-{made['version']}-h0_0.conda"] = made
        found[name] = versions
    return found


def binary(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: bytes.fromhex(value) if key in HASHES else value for key, value in entry.items()}


def write(folder: Path, form: str, found: dict[str, dict[str, dict[str, Any]]], text: bytes) -> None:
    subdir = folder / form / "conda-forge" / "linux-64"
    noarch = folder / form / "conda-forge" / "noarch"
    for path in (subdir, noarch):
        path.mkdir(parents=True)
    empty = {"info": {"subdir": "noarch"}, "packages": {}, "packages.conda": {}, "repodata_version": 1}
    (noarch / "repodata.json").write_text(json.dumps(empty))
    (subdir / "repodata.json").write_bytes(text)
    if form == "zst":
        (subdir / "repodata.json.zst").write_bytes(zstd.compress(text, 3))
        (noarch / "repodata.json.zst").write_bytes(zstd.compress(json.dumps(empty).encode(), 3))
    if form == "sharded":
        write_shards(subdir, "linux-64", found)
        write_shards(noarch, "noarch", {})


def write_shards(subdir: Path, name: str, found: dict[str, dict[str, dict[str, Any]]]) -> None:
    """As https://conda.org/learn/ceps/cep-0016 describes it."""
    (subdir / "shards").mkdir()
    shards = {}
    for package, versions in found.items():
        content = {"packages": {}, "packages.conda": {file: binary(entry) for file, entry in versions.items()}}
        shard = zstd.compress(msgpack.packb({**content, "removed": []}), 3)
        digest = hashlib.sha256(shard)
        shards[package] = digest.digest()
        (subdir / "shards" / f"{digest.hexdigest()}.msgpack.zst").write_bytes(shard)
    info = {"subdir": name, "base_url": "./", "shards_base_url": "./shards/"}
    index = msgpack.packb({"version": 1, "info": info, "shards": shards})
    (subdir / "repodata_shards.msgpack.zst").write_bytes(zstd.compress(index, 3))


def main() -> None:
    folder, records = Path(sys.argv[1]), int(sys.argv[2])
    found = packages(records)
    files = {file: entry for versions in found.values() for file, entry in versions.items()}
    info = {"info": {"subdir": "linux-64"}, "packages": {}, "packages.conda": files, "repodata_version": 1}
    text = json.dumps(info, separators=(",", ":")).encode()
    for form in ("plain", "zst", "sharded"):
        write(folder, form, found, text)


if __name__ == "__main__":
    main()
