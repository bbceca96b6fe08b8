"""Whether pip accepts requirements files, by pip's own parser: names, addresses, hashes, and what may be built."""

from __future__ import annotations

from typing import Any, TypedDict

from packaging.utils import canonicalize_name


class RequirementsRequest(TypedDict):
    files: list[str]


def read_requirements(request: RequirementsRequest) -> dict[str, Any]:
    """For each file the names in it; an error for the first line without a hash, or of a kind that is not allowed."""
    from pip._internal.index.collector import LinkCollector
    from pip._internal.index.package_finder import PackageFinder
    from pip._internal.models.search_scope import SearchScope
    from pip._internal.models.selection_prefs import SelectionPreferences
    from pip._internal.network.session import PipSession
    from pip._internal.req.constructors import install_req_from_parsed_requirement
    from pip._internal.req.req_file import parse_requirements

    found = []
    for file in request["files"]:
        names = []
        session = PipSession()
        # It keeps what `--only-binary` and `--no-binary` of the file say.
        collector = LinkCollector(session, SearchScope.create([], [], no_index=True))
        finder = PackageFinder.create(collector, SelectionPreferences(allow_yanked=True))
        for parsed in parse_requirements(file, session=session, finder=finder):
            requirement = install_req_from_parsed_requirement(parsed)
            link = requirement.link
            if link is None or not requirement.hash_options:
                raise ValueError(f"{parsed.requirement} is no file with a hash")
            allowed = finder.format_control.get_allowed_formats(canonicalize_name(requirement.name))
            if allowed != {"binary" if link.is_wheel else "source"}:
                raise ValueError(f"{parsed.requirement} is to be taken as {' or '.join(sorted(allowed))}")
            names.append(requirement.name)
        found.append(names)
    return {"files": found}
