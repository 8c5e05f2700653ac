"""Cells of different variables that count the same people, so that one gives away the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np

from stemme.disclosure.plan import Coded, Plan
from stemme.disclosure.system import BASE, DISTRICT, TOP, Cell
from stemme.disclosure.tally import Tally

Numbered = tuple["Crowd", int]
"""A crowd, and how many it is."""

_MANY = 12
"""Of more categories than this only neighbours are tried as sums."""


class Crowd(NamedTuple):
    """Those of one row of the plan's `at`-th table who chose one of the inner `codes`.

    `cell` is where their number stands, None if it is a sum of categories.
    """

    at: int
    by: int
    group: int
    codes: tuple[int, ...]
    cell: Cell | None

    @property
    def is_base(self) -> bool:
        return self.cell is not None and self.cell.part == BASE


def shared(plan: Plan, coded: Coded, tallies: list[Tally]) -> list[list[Crowd]]:
    """Crowds that are the same people by how the survey is built; each list has a base.

    Such are the bases of choices of one question, the base of a question that only those who chose
    something were asked, and a group that is also published as a category, or as a sum of them.
    Where the same people happen to have given two answers, no reader can know of it.
    """
    people = _People(plan, coded)
    crowds = [crowd for at, counts in enumerate(tallies) for crowd in _rows(at, counts)]
    filters = {
        (crowd.at, crowd.codes)
        for group in people.together(crowds)
        for crowd in group
        if crowd.by == DISTRICT
    }
    crowds += [half for at, counts in enumerate(tallies) for half in _halves(at, counts, filters)]
    return list(people.together(crowds))


class _People:
    """Tells who is in a crowd; asked only where two are as many."""

    def __init__(self, plan: Plan, coded: Coded) -> None:
        self._answers = [coded.variables[table.variable] for table in plan.tables]
        self._groups = [[coded.breakdowns[by] for by in table.by] for table in plan.tables]

    def together(self, crowds: Iterable[Numbered]) -> Iterator[list[Crowd]]:
        """The crowds in lists of the same people, those of one table alone left out."""
        numbers: defaultdict[int, list[Crowd]] = defaultdict(list)
        for crowd, number in crowds:
            numbers[number].append(crowd)
        for alike in filter(_linkable, numbers.values()):
            same: defaultdict[bytes, list[Crowd]] = defaultdict(list)
            for crowd in alike:
                same[self._key(crowd)].append(crowd)
            yield from filter(_linkable, same.values())

    def _key(self, crowd: Crowd) -> bytes:
        answers = self._answers[crowd.at]
        inside = np.isin(answers, crowd.codes) if crowd.codes else answers >= 0
        if crowd.by != DISTRICT:
            inside &= self._groups[crowd.at][crowd.by] == crowd.group
        return np.packbits(inside).tobytes()


def _linkable(crowds: list[Crowd]) -> bool:
    return len({crowd.at for crowd in crowds}) > 1 and any(crowd.is_base for crowd in crowds)


def _rows(at: int, counts: Tally) -> Iterator[Numbered]:
    """Everybody in a row, and in a category of the district or a sum of them; none is empty.

    All the codes of a row are written as none.
    """
    everybody = int(counts.district.sum())
    for codes, part in _sums(counts):
        cell = None if part is None else Cell(DISTRICT, DISTRICT, part)
        number = int(counts.district[list(codes)].sum()) if codes else everybody
        if number and (not codes or number < everybody):
            yield Crowd(at, DISTRICT, DISTRICT, codes, cell), number
    for by, table in enumerate(counts.groups):
        for group, number in enumerate(table[:-1].sum(axis=1)):
            if number:
                yield Crowd(at, by, group, (), Cell(by, group, BASE)), int(number)


def _halves(
    at: int, counts: Tally, filters: set[tuple[int, tuple[int, ...]]]
) -> Iterator[Numbered]:
    """Of each group those who chose top, or the rest, if these were asked something else."""
    for codes, part in ((tuple(counts.top), TOP), (tuple(counts.rest), None)):
        if (at, codes) in filters:
            for by, table in enumerate(counts.groups):
                for group, row in enumerate(table[:-1]):
                    number = int(row[list(codes)].sum())
                    if 0 < number < row.sum():
                        cell = None if part is None else Cell(by, group, part)
                        yield Crowd(at, by, group, codes, cell), number


def _sums(counts: Tally) -> Iterator[tuple[tuple[int, ...], int | None]]:
    yield (), BASE
    places = range(len(counts.variable.categories))
    members = [counts.variable.members(place) for place in places]
    for place in places:
        yield members[place], place
    for subset in _subsets(
        [place for place in places if counts.district[list(members[place])].any()]
    ):
        yield tuple(sorted(code for place in subset for code in members[place])), None


def _subsets(places: list[int]) -> Iterable[tuple[int, ...]]:
    for size in range(2, len(places)):
        if len(places) <= _MANY:
            yield from combinations(places, size)
        else:
            yield from (tuple(places[at : at + size]) for at in range(len(places) - size + 1))
