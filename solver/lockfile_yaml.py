"""Lockfiles as PyYAML reads and writes them with libyaml, in less time: libyaml takes a tenth of it.

The rest is the objects that PyYAML makes of each scalar, and there are 25,000 for each platform of 800 packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import Any, TextIO

import yaml

ODD = re.compile(r"[^!-~]")  # what is escaped, or lets a line be broken
LONGEST_KEY = 128  # a longer one has a line of its own


def load(stream: TextIO) -> Any:
    try:
        return plainly_read(stream.read())
    except yaml.YAMLError:
        stream.seek(0)
        return yaml.load(stream, Loader=yaml.CSafeLoader)


def plainly_read(text: str) -> Any:
    """Raises a YAMLError for what is wrong, and for what conda-lock never writes, such as anchors and tags."""
    loader = yaml.CSafeLoader(text)
    event = loader.get_event

    @cache
    def unquoted(scalar: str) -> Any:
        tag = loader.resolve(yaml.ScalarNode, scalar, (True, False))
        return loader.construct_object(yaml.ScalarNode(tag, scalar))

    def value(start: Any) -> Any:
        if start.anchor is not None or start.tag is not None:
            raise yaml.YAMLError
        if type(start) is yaml.ScalarEvent:
            return unquoted(start.value) if start.implicit[0] else start.value
        if type(start) is yaml.SequenceStartEvent:
            items = []
            while type(item := event()) is not yaml.SequenceEndEvent:
                items.append(value(item))
            return items
        entries = {}
        while type(key := event()) is yaml.ScalarEvent:
            entries[value(key)] = value(event())
        expect(key, yaml.MappingEndEvent)
        return entries

    expect(event(), yaml.StreamStartEvent)
    expect(event(), yaml.DocumentStartEvent)
    content = value(event())
    expect(event(), yaml.DocumentEndEvent)
    expect(event(), yaml.StreamEndEvent)
    return content


def expect(event: object, kind: type) -> None:
    if type(event) is not kind:
        raise yaml.YAMLError


def dump(content: dict[str, Any], stream: TextIO, **options: Any) -> None:
    dumped = partial(yaml.dump, Dumper=yaml.CDumper, **options)
    packages = content.get("package")
    if options != {"sort_keys": False} or not packages or list(content)[-1] != "package":
        dumped(content, stream)
        return
    written = scalars(packages)
    stream.write(dumped({**content, "package": []}).removesuffix(" []\n") + "\n")
    for package in packages:
        try:
            text = "".join(lines(package, "  ", written))
        except (KeyError, TypeError):  # an odd scalar, or something else than scalars and mappings
            stream.write(dumped([package]))
        else:
            stream.write(f"- {text[2:]}")


def scalars(packages: list[dict[str, Any]]) -> dict[str, str]:
    """How libyaml writes the texts of packages. It is asked once for each: most of them are in many packages."""
    found: set[str] = set()

    def collect(mapping: dict[str, Any]) -> None:
        found.update(mapping)
        for value in mapping.values():
            if type(value) is dict:
                collect(value)
            elif type(value) is str:
                found.add(value)

    for package in packages:
        collect(package)
    plain = [text for text in found if not ODD.search(text)]
    items = yaml.dump(plain, Dumper=yaml.CDumper).splitlines()
    return {text: item.removeprefix("- ") for text, item in zip(plain, items, strict=True)} if plain else {}


def lines(mapping: dict[str, Any], indent: str, written: dict[str, str]) -> Iterator[str]:
    for key, value in mapping.items():
        if len(key) > LONGEST_KEY:
            raise KeyError(key)
        if type(value) is dict and value:
            yield f"{indent}{written[key]}:\n"
            yield from lines(value, f"{indent}  ", written)
        else:
            text = "{}" if value == {} else str(value).lower() if type(value) is bool else written[value]
            yield f"{indent}{written[key]}: {text}\n"
