"""What conda itself makes of conda-lock.yml files, by conda-lockfiles' own reader with stand-ins for conda.

Reads {"files": […], "platform": NAME} from standard input; prints, for each file, the addresses that conda would
install, or {"refused": MESSAGE}.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

from ruamel.yaml import YAML


class CondaError(Exception):
    """As conda's: a message."""


class CondaValueError(CondaError, ValueError):
    """As conda's."""


class Channel(SimpleNamespace):
    def __init__(self, url: str) -> None:
        super().__init__(canonical_name=url)


class EnvironmentSpecBase:
    """As conda's: what plugins derive from."""


def stand_in(name: str, **members: Any) -> None:
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


def load_reader() -> Any:
    stand_in("conda")
    stand_in("conda.base")
    stand_in("conda.base.context", context=SimpleNamespace(subdir="", target_prefix="/prefix", dry_run=False))
    stand_in("conda.common")
    stand_in("conda.common.io", dashlist=lambda lines: "".join(f"\n  - {line}" for line in lines))
    stand_in("conda.common.serialize", yaml=YAML(typ="safe", pure=True))
    stand_in("conda.exceptions", CondaError=CondaError, CondaValueError=CondaValueError)
    stand_in("conda.models")
    stand_in("conda.models.channel", Channel=Channel)
    stand_in("conda.models.environment", Environment=SimpleNamespace, EnvironmentConfig=SimpleNamespace)
    stand_in("conda.models.match_spec", MatchSpec=None)
    stand_in("conda.plugins")
    stand_in("conda.plugins.types", EnvironmentSpecBase=EnvironmentSpecBase)
    # The last step, which downloads.
    stand_in("conda_lockfiles.records_from_conda_urls", records_from_conda_urls=lambda urls, dry_run: sorted(urls))
    return import_module("conda_lockfiles.conda_lock.v1").CondaLockV1Loader


def read(loader: Any, file: str, platform: str) -> Any:
    try:
        return loader(file).env_for(platform).explicit_packages
    except CondaError as error:
        return {"refused": str(error)}


request = json.load(sys.stdin)
reader = load_reader()
print(json.dumps([read(reader, file, request["platform"]) for file in request["files"]]))
