"""Which records the packages of a solution could have besides, told by what records say of each other, without a solve.

A solve says of one set of packages whether they can all stay, and of a hundred that have moved most could not. This
says so of nearly all of these at once, in the time of three solves (libxml2 in Pangeo's image: 97 of 125).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rattler import MatchSpec, RepoDataRecord

from outcome import first_word, same_file
from steering import parsed


@dataclass(frozen=True)
class Candidate:
    record: RepoDataRecord
    needs: dict[str, frozenset[str]]  # by name what of `depends` is about it


class Possible:
    """For each package the records that are not known to be impossible. Of one that is left a solve may say more."""

    def __init__(self, records: Iterable[RepoDataRecord], certain: Iterable[str]) -> None:
        """`certain` are packages that every solution has."""
        self._candidates: dict[str, list[Candidate]] = {}
        for record in records:
            found = self._candidates.setdefault(record.name.normalized, [])
            found.append(Candidate(record, depends_by_name(record)))
        self._certain = {name for name in certain if name in self._candidates}
        self._spec = cache(parsed)  # one text is in many records

    def allows(self, record: RepoDataRecord) -> bool:
        there = self._candidates.get(record.name.normalized)
        return there is None or any(same_file(candidate.record, record) for candidate in there)

    def decide(self, records: Iterable[RepoDataRecord]) -> None:
        """From now on only solutions with these records count, which there must be."""
        for record in records:
            self._candidates[record.name.normalized] = [Candidate(record, depends_by_name(record))]
        while self._leave_out_unmet() or self._leave_out_unwanted():
            pass

    def _leave_out_unmet(self) -> bool:
        """Leaves out what needs a record that no package can have any more. Whether there was any."""

        @cache
        def is_met(name: str, text: str) -> bool:
            there = self._candidates.get(name)
            return there is None or any(self._matches(text, candidate) for candidate in there)

        return self._keep(
            {
                name: [each for each in there if all(is_met(on, text) for on in each.needs for text in each.needs[on])]
                for name, there in self._open().items()
            }
        )

    def _leave_out_unwanted(self) -> bool:
        """Leaves out what no record of a package that is there for certain goes with. Whether there was any."""
        kept = self._open()
        names = list(self._certain)
        for name in names:  # grows within the loop
            there = self._candidates[name]
            always = set.intersection(*(set(candidate.needs) for candidate in there)) & self._candidates.keys()
            names += always - self._certain
            self._certain |= always
            for other in always & kept.keys():
                wanted = {candidate.needs[other] for candidate in there}
                kept[other] = [
                    candidate
                    for candidate in kept[other]
                    if any(all(self._matches(text, candidate) for text in texts) for texts in wanted)
                ]
        return self._keep(kept)

    def _open(self) -> dict[str, list[Candidate]]:
        return {name: there for name, there in self._candidates.items() if len(there) > 1}

    def _keep(self, kept: dict[str, list[Candidate]]) -> bool:
        fewer = {name: some for name, some in kept.items() if some and len(some) < len(self._candidates[name])}
        self._candidates |= fewer
        return bool(fewer)

    def _matches(self, text: str, candidate: Candidate) -> bool:
        spec: MatchSpec | None = self._spec(text)
        return spec is None or spec.matches(candidate.record)


def depends_by_name(record: RepoDataRecord) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for text in record.depends:
        found.setdefault(first_word(text), set()).add(text)
    return {name: frozenset(texts) for name, texts in found.items()}
