"""The entries of environment files, one by one, as conda-lock parses them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import yaml

if TYPE_CHECKING:
    from conda_lock.models.lock_spec import Dependency

# What conda-lock takes from a conda spec; every other field is dropped.
READ_FIELDS = {"name", "version", "build", "channel"}


class SpecsRequest(TypedDict):
    directory: str
    files: list[str]
    platforms: list[str]


def read_specs(request: SpecsRequest) -> dict[str, Any]:
    """For each file and platform its entries in conda-lock's order, each with its place in the `dependencies` list.

    An entry has a `dependency`, or else an `error`. `skipped` says why conda-lock leaves it out, `unread` is what it
    drops of the text, `channel` is the one of `channel::name` as it is written, and `form` says what the text is: a
    `name` with versions, a `url`, a `path`, a repository (`vcs`) or an `option` of pip. Instead of all that the
    answer is `unreadable`, if PyYAML refuses a file.
    """
    directory = Path(request["directory"])
    texts = [(directory / file).read_text() for file in request["files"]]
    refused = [{"file": index, **problem} for index, text in enumerate(texts) if (problem := problem_of(text))]
    if refused:
        return {"unreadable": refused}
    return {"files": [{platform: file_entries(text, platform) for platform in request["platforms"]} for text in texts]}


class MarkingLoader(yaml.SafeLoader):
    """Tells where a scalar stands that has the form of a value and is none, such as the day 2025-13-45."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


def problem_of(text: str) -> dict[str, Any] | None:
    """What PyYAML has against a file, with its line. It takes fewer tabs than other parsers."""
    try:
        yaml.load(text, Loader=MarkingLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return {"line": mark.line + 1 if mark else 1, "reason": error.problem or ""}
    return None


def file_entries(text: str, platform: str) -> list[dict[str, Any]]:
    """Follows conda_lock.src_parser.environment_yaml, but goes on after an entry that can't be parsed."""
    from conda_lock.src_parser.selectors import filter_platform_selectors

    category = yaml.safe_load(text).get("category") or "main"
    dependencies = yaml.safe_load("\n".join(filter_platform_selectors(text, platform=platform)))["dependencies"]
    entries = [
        {"text": spec, "place": [index]} | guarded(conda_entry, spec, category)
        for index, spec in enumerate(dependencies)
        if isinstance(spec, str)
    ]
    for index, section in enumerate(dependencies):
        if isinstance(section, dict) and section.get("pip") is not None:
            entries += pip_entries(section["pip"], index, category, platform)
    return entries


def pip_entries(requirements: list[str], index: int, category: str, platform: str) -> list[dict[str, Any]]:
    from conda_lock.models.lock_spec import VersionedDependency

    entries = [
        {"text": requirement, "place": [index, place], **guarded(pip_entry, requirement, category, platform)}
        for place, requirement in enumerate(requirements)
    ]
    # conda-lock asks for pip itself after each section, which replaces every earlier spec for it.
    pip = VersionedDependency(name="pip", version="*")
    return [*entries, {"text": "pip", "place": [index], "form": "name", "implied": True, **dumped(pip)}]


def guarded(parse: Any, text: str, *arguments: str) -> dict[str, Any]:
    try:
        return parse(text, *arguments)
    except Exception as error:  # whatever the parsers think of
        cause = error.__cause__ or error
        # What is no refusal of a parser's is a defect of it, and tells nobody anything.
        reason = str(cause) if type(cause).__name__.startswith("Invalid") else ""
        return {"form": form_of_unreadable(text), "error": reason}


def form_of_unreadable(text: str) -> str:
    """What somebody has meant by it, which decides the advice."""
    start = text.strip()
    if re.search(r"(^|\s)-", start):
        return "option"
    if is_repository(start):
        return "vcs"
    if start.startswith((".", "/", "~", "file:")):
        return "path"
    return "url" if "://" in start else "name"


def is_repository(text: str) -> bool:
    return re.match(r"(?:[^@]*@)?\s*(?:git|hg|svn|bzr)\+", text) is not None


def conda_entry(text: str, category: str) -> dict[str, Any]:
    from conda_lock._vendor.conda.models.match_spec import MatchSpec
    from conda_lock.src_parser.conda_common import conda_spec_to_versioned_dep

    fields = set(MatchSpec(text)._match_components)
    entry = dumped(conda_spec_to_versioned_dep(text, category))
    if {"url", "fn"} & fields:
        return {"form": "url", **entry}
    channel, lost = channel_and_lost(text)
    unread = [f"{name}={MatchSpec(text).get(name)}" for name in sorted(fields - READ_FIELDS)]
    return {"form": "name", "channel": channel, "unread": unread + lost, **entry}


def channel_and_lost(text: str) -> tuple[str, list[str]]:
    """The channel as it is written, and what conda's parser drops, such as the extras in `dask[complete]`.

    By the patterns of that parser (_parse_spec_str), which hands on neither.
    """
    text, _, condition = text.partition("#")[0].partition(" if ")
    lost = [f"if {condition}"] if condition else []
    fields: dict[str, str] = {}
    brackets = re.match(r".*(\[.*\])", text)
    if brackets:
        text = text.replace(brackets[1], "")
        field = r"([a-zA-Z0-9_-]+?)=([\"']?)([^'\"]*?)(\2)(?:[, ]|$)"
        fields = {name: value for name, _, value, _ in re.findall(field, brackets[1][1:-1])}
        rest = re.sub(field, "", brackets[1][1:-1]).strip(", ")
        lost += [f"[{rest}]"] if rest else []
    parentheses = re.match(r".*(\(.*\))", text)
    if parentheses:
        text = text.replace(parentheses[1], "")
        lost.append(parentheses[1])
    *channel, namespace, _name = ["", *text.rsplit(":", 2)]
    lost += [f"{namespace}:"] if namespace else []
    return fields.get("channel", "".join(channel)), lost


def pip_entry(text: str, category: str, platform: str) -> dict[str, Any]:
    from conda_lock.src_parser.markers import evaluate_marker
    from conda_lock.src_parser.pyproject_toml import parse_python_requirement

    if re.match(r"^-e .*$", text):
        return {"form": "option", "skipped": "editable"}
    # The table of PyPI names is for conda packages only, so none is needed here.
    dependency = parse_python_requirement(text, manager="pip", category=category, mapping_url="")
    # conda-lock takes a repository that is reached by ssh for a file.
    form = "vcs" if is_repository(text) else form_of(dependency)
    entry = {"form": form, **dumped(dependency)}
    marker = dependency.markers
    if not evaluate_marker(marker, platform):
        return {**entry, "skipped": "marker"}
    return {**entry, "unread": [f"; {marker}"] if marker and not is_read(marker, platform) else []}


def is_read(marker: str, platform: str) -> bool:
    """Whether conda-lock knows all of a marker; what it does not know, such as the version of Python, is true to it."""
    from conda_lock.src_parser.markers import get_names

    return get_names(marker) <= known_names(platform)


@cache
def known_names(platform: str) -> set[str]:
    from conda_lock.pypi_solver import PlatformEnv

    return set(PlatformEnv(platform=platform).get_marker_env())


def form_of(dependency: Dependency) -> str:
    """What packaging, with which conda-lock parses requirements, has found."""
    from conda_lock.models.lock_spec import PathDependency, URLDependency, VCSDependency

    forms = {VCSDependency: "vcs", URLDependency: "url", PathDependency: "path"}
    return forms.get(type(dependency), "name")


def dumped(dependency: Dependency) -> dict[str, Any]:
    return {"dependency": dependency.model_dump(mode="json")}
