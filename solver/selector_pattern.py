"""The selectors in comments, such as `# [linux64]`, found in one pass."""

from __future__ import annotations

import re
from types import SimpleNamespace

BRACKETS = re.compile(r"()()\[([^\[\]]+)\]")  # conda-lock reads the third group


def find_selector(line: str) -> re.Match[str] | None:
    """The last brackets after a `#` that have no parenthesis after them.

    conda-lock 4.0.3 finds them by a pattern, `sel_pat`, that takes 77 s for some lines of 8 kB.
    """
    comment = line.find("#", 1)
    if comment < 0:
        return None
    last_parenthesis = max(line.rfind("("), line.rfind(")"))
    found = [brackets for brackets in BRACKETS.finditer(line, comment) if brackets.end() > last_parenthesis]
    return found[-1] if found else None


def install() -> None:
    from conda_lock.src_parser import selectors

    selectors.re = SimpleNamespace(compile=lambda _pattern: SimpleNamespace(match=find_selector))
