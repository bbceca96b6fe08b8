"""What Python projects are called in conda channels, by conda-lock's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class NamesRequest(TypedDict):
    names: list[str]  # on PyPI
    lookup: NotRequired[str]  # the file with the table; without it, the one that conda-lock has fetched


def read_names(request: NamesRequest) -> dict[str, Any]:
    """By name on PyPI, the names in conda channels that are others."""
    from conda_lock.lookup import DEFAULT_MAPPING_URL, pypi_name_to_conda_name

    table = request.get("lookup", DEFAULT_MAPPING_URL)
    names = {name: pypi_name_to_conda_name(name, table) for name in request["names"]}
    return {"names": {name: conda for name, conda in names.items() if conda != name}}
