"""What conda-lock asks for, and asking rattler for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rattler import (
    BuildString,
    ChannelPriority,
    Gateway,
    GenericVirtualPackage,
    MatchSpec,
    PackageName,
    PackageRecord,
    RepoDataRecord,
    Subdir,
    Version,
    solve,
)

from steering import NEVER, CooledChannel, Steering


class SolveError(Exception):
    """A failure that is understood; `fields` go into the JSON beside the message."""

    def __init__(self, kind: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.fields = {"success": False, "kind": kind, "message": message, **fields}


@dataclass
class Request:
    platform: str
    channels: list[str] = field(default_factory=list)
    virtual: list[dict[str, Any]] = field(default_factory=list)  # repodata records
    specs: dict[str, MatchSpec] = field(default_factory=dict)  # by the text that asked for them
    steering: Steering = field(default_factory=Steering)
    sources: list[str | CooledChannel] = field(default_factory=list)  # the channels
    locked: dict[str, RepoDataRecord] = field(default_factory=dict)  # what the channels have of the old lock, by name
    constraints: list[MatchSpec] = field(default_factory=list)  # for what is installed, without asking for it

    @property
    def subdirs(self) -> list[Subdir]:
        return [Subdir(self.platform), Subdir("noarch")]

    @property
    def virtual_records(self) -> list[PackageRecord]:
        return [
            PackageRecord(r["name"], r["version"], BuildString(r["build"]), r["build_number"], r["subdir"])
            for r in self.virtual
        ]


async def solution(request: Request, gateway: Gateway) -> list[RepoDataRecord]:
    return await solve(
        request.sources,
        list(request.specs.values()),
        gateway=gateway,
        platforms=request.subdirs,
        locked_packages=list(request.locked.values()),
        constraints=request.constraints,
        virtual_packages=[
            GenericVirtualPackage(PackageName(r["name"]), Version(r["version"]), BuildString(r["build"]))
            for r in request.virtual
        ],
        channel_priority=ChannelPriority.Flexible,
        exclude_newer=NEVER if request.steering.cooldowns.are_in_force else None,
        timestamp_policy="allow-missing",
        channel_relations="disabled",  # channels could name further channels
        add_pip_as_python_dependency=True,
    )
