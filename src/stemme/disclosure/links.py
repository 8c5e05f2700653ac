"""Cells of different variables that count the same people, so that one gives away the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from stemme.disclosure.system import BASE, DISTRICT, TOP, Cell
from stemme.disclosure.tally import Counts, Marks, Tally

Place = tuple[int, Cell]
"""A cell, and which of the plan's tables it is in."""

_MANY = 12
"""Of more categories than this only neighbours are tried as sums."""


def shared(tallies: list[Tally]) -> list[list[Place]]:
    """Groups of places that are the same people by how the survey is built.

    Such are the bases of choices of one question, the base of a question that only those who chose
    something were asked, and a group that is also published as a category of its own. Where the
    same people happen to have given two answers, no reader can know of it.
    """
    places: defaultdict[int, list[Place]] = defaultdict(list)
    asked = {_mark(counts.district_marks) for counts in tallies}
    for at, counts in enumerate(tallies):
        for mark, cell in [*_district(counts), *_groups(counts, asked)]:
            places[mark].append((at, cell))
    return [
        group
        for group in places.values()
        if len({at for at, _ in group}) > 1 and any(cell.part == BASE for _, cell in group)
    ]


def known_sums(counts: Tally, bases: set[int]) -> tuple[tuple[int, ...], ...]:
    """The categories that together are one of the `bases`, as marks, that are shown somewhere.

    Groups are often merged categories of a question that is published itself.
    """
    chosen = [place for place, count in enumerate(counts.district) if count]
    return tuple(
        members
        for members in _subsets(chosen)
        if _mark(counts.district_marks[list(members)]) in bases
    )


def base_marks(counts: Tally, hidden: Iterable[Cell]) -> Iterator[int]:
    """The marks of a variable's bases, but for those of hidden ones and of empty rows."""
    for mark, cell in [*_district(counts), *_groups(counts, set())]:
        if cell.part == BASE and cell not in hidden:
            yield mark


def _subsets(places: list[int]) -> Iterator[tuple[int, ...]]:
    for size in range(2, len(places)):
        if len(places) <= _MANY:
            yield from combinations(places, size)
        else:
            yield from (tuple(places[at : at + size]) for at in range(len(places) - size + 1))


def _district(counts: Tally) -> Iterator[tuple[int, Cell]]:
    """The district's base, and each category and its complement unless all chose it."""
    everybody = _mark(counts.district_marks)
    if everybody:
        yield everybody, Cell(DISTRICT, DISTRICT, BASE)
    for place in range(len(counts.district)):
        cell = Cell(DISTRICT, DISTRICT, place)
        yield from _halves(cell, counts.district, counts.district_marks, [place])


def _groups(counts: Tally, asked: set[int]) -> Iterator[tuple[int, Cell]]:
    """The groups' bases, and their shares where those who chose so were asked something else."""
    home = Cell(DISTRICT, DISTRICT, TOP)
    halves = [m for m, _ in _halves(home, counts.district, counts.district_marks, counts.top)]
    filters = [half for half, mark in enumerate(halves) if mark in asked]
    for by, (table, marks) in enumerate(zip(counts.groups, counts.group_marks, strict=True)):
        for group in range(len(table) - 1):
            if table[group].any():
                yield _mark(marks[group]), Cell(by, group, BASE)
            parts = list(_halves(Cell(by, group, TOP), table[group], marks[group], counts.top))
            if parts:
                yield from (parts[half] for half in filters)


def _halves(
    cell: Cell, row: Counts, marks: Marks, members: list[int]
) -> Iterator[tuple[int, Cell]]:
    """Those of a row who chose one of the members, and those who did not, if there are both."""
    if 0 < row[members].sum() < row.sum():
        inside = _mark(marks[members])
        yield inside, cell
        yield (_mark(marks) - inside) % 2**64, cell


def _mark(marks: Marks) -> int:
    """The mark of people in several cells together."""
    return int(marks.sum())
