"""The specs of environment files, one by one, as conda-lock parses them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import yaml

if TYPE_CHECKING:
    from conda_lock.models.lock_spec import Dependency


class SpecsRequest(TypedDict):
    directory: str
    files: list[str]
    platforms: list[str]


def read_specs(request: SpecsRequest) -> dict[str, Any]:
    """For each file and platform its specs in conda-lock's order, each with its place in the `dependencies` list."""
    directory = Path(request["directory"])
    texts = [(directory / file).read_text() for file in request["files"]]
    return {"files": [{platform: file_specs(text, platform) for platform in request["platforms"]} for text in texts]}


def file_specs(text: str, platform: str) -> list[dict[str, Any]]:
    """Follows conda_lock.src_parser.environment_yaml, but goes on after a spec that can't be parsed."""
    from conda_lock.src_parser.conda_common import conda_spec_to_versioned_dep
    from conda_lock.src_parser.selectors import filter_platform_selectors

    category = yaml.safe_load(text).get("category") or "main"
    dependencies = yaml.safe_load("\n".join(filter_platform_selectors(text, platform=platform)))["dependencies"]
    specs = [
        parsed(spec, [index], lambda spec: conda_spec_to_versioned_dep(spec, category))
        for index, spec in enumerate(dependencies)
        if isinstance(spec, str)
    ]
    for index, section in enumerate(dependencies):
        if isinstance(section, dict) and section.get("pip") is not None:
            specs += pip_specs(section["pip"], index, category, platform)
    return specs


def pip_specs(requirements: list[str], index: int, category: str, platform: str) -> list[dict[str, Any]]:
    from conda_lock.models.lock_spec import VersionedDependency
    from conda_lock.src_parser.markers import evaluate_marker
    from conda_lock.src_parser.pyproject_toml import parse_python_requirement

    def parse(requirement: str) -> Dependency | None:
        # The table of PyPI names is for conda packages only, so none is needed here.
        found = parse_python_requirement(requirement, manager="pip", category=category, mapping_url="")
        return found if evaluate_marker(found.markers, platform) else None

    specs = [
        parsed(requirement, [index, place], parse)
        for place, requirement in enumerate(requirements)
        if not re.match(r"^-e .*$", requirement)
    ]
    # conda-lock asks for pip itself after each section, which replaces every earlier spec for it.
    pip = VersionedDependency(name="pip", version="*")
    return [spec for spec in specs if spec is not None] + [described("pip", [index], pip) | {"implied": True}]


def parsed(text: str, place: list[int], parse: Any) -> dict[str, Any] | None:
    try:
        dependency = parse(text)
    except Exception as error:  # whatever the parsers think of
        return {"text": text, "place": place, "error": str(error.__cause__ or error)}
    return dependency and described(text, place, dependency)


def described(text: str, place: list[int], dependency: Dependency) -> dict[str, Any]:
    return {"text": text, "place": place, "dependency": dependency.model_dump(mode="json")}
