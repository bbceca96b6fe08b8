"""A search for what can stay: the solver prefers each kept record by itself, and does not count how many it moves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Solution = TypeVar("Solution")

MOST_SOLVES = 60  # each some 0.3 s of 800 packages


async def least_moved(
    solution: Solution,
    movable: Callable[[Solution], set[str]],
    solve: Callable[[Solution, list[str]], Awaitable[Solution | None]],
) -> tuple[Solution, bool]:
    """A solution in which nothing has moved that could have stayed with all that does; whether that is certain.

    `movable` names what has moved in a solution and is not known to have to. `solve` looks for a solution in which these
    stay as well. The search may end before it is through.
    """
    groups = filled([sorted(movable(solution))])
    for _ in range(MOST_SOLVES):
        if not groups:
            break
        group = groups.pop(0)  # the large ones first, of which something can be had before the search ends
        found = await solve(solution, group)
        if found is not None:
            solution = found
            left = movable(solution)
            groups = filled([name for name in group if name in left] for group in groups)
        elif len(group) > 1:
            groups += [group[: len(group) // 2], group[len(group) // 2 :]]
    return solution, not groups


def filled(groups: Iterable[list[str]]) -> list[list[str]]:
    return [group for group in groups if group]
