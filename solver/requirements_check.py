"""Whether pip accepts requirements files, by pip's own parser: names, addresses of wheels, and hashes."""

from __future__ import annotations

from typing import Any, TypedDict


class RequirementsRequest(TypedDict):
    files: list[str]


def read_requirements(request: RequirementsRequest) -> dict[str, Any]:
    """For each file the names in it; an error for the first line that is not a hashed wheel."""
    from pip._internal.network.session import PipSession
    from pip._internal.req.constructors import install_req_from_parsed_requirement
    from pip._internal.req.req_file import parse_requirements

    found = []
    for file in request["files"]:
        names = []
        for parsed in parse_requirements(file, session=PipSession()):
            requirement = install_req_from_parsed_requirement(parsed)
            if requirement.link is None or not requirement.link.is_wheel or not requirement.hash_options:
                raise ValueError(f"{parsed.requirement} is not a wheel with a hash")
            names.append(requirement.name)
        found.append(names)
    return {"files": found}
