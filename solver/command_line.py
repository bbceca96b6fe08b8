"""A command of conda, as words and environment variables, read into what the solver is asked for."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rattler import Channel, ChannelConfig, MatchSpec, Subdir, Version
from rattler.exceptions import InvalidChannelError, InvalidMatchSpecError

from request import Request, SolveError
from steering import parsed, read_steering

DEFAULTS = ["https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r"]


def parse_command(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rattler-conda", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    create, blame = (commands.add_parser(name, allow_abbrev=False) for name in ("create", "blame"))
    for command in (create, blame):
        for ignored in ("--dry-run", "--json", "--override-channels"):
            command.add_argument(ignored, action="store_true", required=True)
        command.add_argument("--prefix", required=True)
    fetch = commands.add_parser("fetch", allow_abbrev=False)
    fetch.add_argument("--platform", action="append", required=True)
    for command in (create, blame, fetch):
        command.add_argument("--channel", action="append", required=True)
        command.add_argument("spec", nargs="*")
    return parser.parse_args(arguments)


def platform_of(environment: Mapping[str, str]) -> str:
    return environment.get("CONDA_SUBDIR") or str(Subdir.current())


def alias_of(environment: Mapping[str, str]) -> str:
    return (environment.get("CONDA_CHANNEL_ALIAS") or "https://conda.anaconda.org").rstrip("/") + "/"


def channel_urls(name: str, alias: str) -> list[str]:
    return [channel_url(each, alias) for each in (DEFAULTS if name == "defaults" else [name])]


def channel_url(name: str, alias: str) -> str:
    try:
        return Channel(name, ChannelConfig(alias)).base_url
    except InvalidChannelError as error:
        raise SolveError("channel", f"invalid channel '{name}': {error}", url=name, status=None) from error


def virtual_packages(channel: str, platform: str) -> list[dict[str, Any]] | None:
    """What conda-lock's file:// channel of virtual packages says the target has; None if it is an ordinary channel.

    As real virtual packages they are also held against `constrains`, and can't end up among the installed ones.
    """
    if not channel.startswith("file://"):
        return None
    found: dict[str, dict[str, Any]] = {}
    for subdir in (platform, "noarch"):
        try:
            path = Path(unquote(urlsplit(channel).path), subdir, "repodata.json")
            packages = json.loads(path.read_bytes())["packages"]
        except (OSError, ValueError, KeyError):
            return None
        for file, record in packages.items():
            if record.get("package_type") != "virtual_system":
                return None
            old = found.get(record["name"])  # there are two of __osx
            if old is None or Version(old["version"]) < Version(record["version"]):
                found[record["name"]] = {**record, "url": f"{channel}/{subdir}/{file}", "md5": ""}
    return list(found.values())


def parse_request(channels: list[str], texts: list[str], environment: Mapping[str, str]) -> Request:
    """Raises SolveError for what cannot be read."""
    platform = platform_of(environment)
    alias = alias_of(environment)
    request = Request(platform, steering=read_steering(platform, environment.get("RATTLER_CONDA_STEERING")))
    for name in channels:
        virtual = virtual_packages(name, platform)
        if virtual is None:
            request.channels += channel_urls(name, alias)
        else:
            request.virtual += virtual
    invalid = []
    for text in texts:
        try:
            spec = parse_spec(text, alias)
        except InvalidMatchSpecError as error:
            invalid.append({"spec": text, "message": str(error)})
            continue
        if spec.channel and spec.channel.base_url not in request.channels:
            request.channels.append(spec.channel.base_url)
        request.specs[text] = spec
    for text in request.steering.upgrade:
        if parsed(text) is None:
            raise SolveError("invalid-upgrade", f"invalid spec '{text}'", entry=text)
    if invalid:
        message = "\n".join(f"invalid spec '{bad['spec']}': {bad['message']}" for bad in invalid)
        raise SolveError("invalid-spec", message, invalid=invalid)
    return request


def parse_spec(text: str, alias: str) -> MatchSpec:
    """Not strict, as in conda: "numpy=1.26.4=py312_0" comes as "numpy 1.26.4 py312_0"."""
    spec = MatchSpec(text)
    if spec.channel and "://" not in text:  # a name, which rattler took to be on its own alias
        url = channel_url(spec.channel.name or "", alias)
        return MatchSpec(f"{url}{spec.subdir or ''}::{text.partition('::')[2]}")
    return spec
