"""What nobody may come near to: small counts, and how wide a range each must be left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from stemme.disclosure.elimination import Matrix
from stemme.disclosure.percentage import mean_between, whole_percent
from stemme.disclosure.system import BASE, DISTRICT, MEAN, TOP, Bond, Cell, Crowd, Place, System
from stemme.disclosure.tally import Counts, Tally

FINER_WIDTH = 3
"""The least width of what a reader can know about a small count that no page has a place for."""

_OUTSIDE_WIDTH = 1
"""The same for those outside all groups, to a reader who knows all bases by number.

No page has a row for them, and bases are shown in bands of ten: these leave the width that the
attacker asks for, or more is hidden.
"""


class Limits(Struct, frozen=True):
    """The smallest count of the variable that may be known, and the smallest base of a row.

    `zero`: that nobody chose something, or everybody did, is not shown either.
    """

    count: int
    base: int
    zero: bool = False


class Secret(NamedTuple):
    """A sum of unknown counts, the least width of its range and the least upper end.

    `row` is the base of the row it belongs to, or would belong to if those outside had one.
    `printed`: the reader has percentages, to the last digit shown, and exact bases; otherwise the
    counts of all that is shown.
    """

    row: Place
    members: Matrix
    width: int
    height: int = 0
    printed: bool = False


class Row(NamedTuple):
    """A row of a table: those in it, their counts by inner code, and whether it is shown."""

    crowd: Crowd
    counts: Counts
    shown: bool

    @property
    def place(self) -> Place:
        return Place(self.crowd.at, Cell(self.crowd.by, self.crowd.group, BASE))


def secrets(
    system: System, at: int, counts: Tally, limits: Limits, unshown: frozenset[Cell]
) -> Iterator[Secret]:
    """All secrets of one table; `unshown` are the bases that are hidden at the outset."""
    for row in _rows(at, counts, unshown):
        planned = list(planned_codes(counts, row))
        base = int(row.counts.sum())
        if not row.shown and base:
            width = limits.count - 1
            yield Secret(row.place, system.of(row.crowd), width, limits.count)
        for codes in _halves(planned, len(row.counts)):
            if _is_secret(int(row.counts[list(codes)].sum()), base, limits, row.shown):
                members = system.of(row.crowd._replace(codes=codes))
                yield Secret(row.place, members, limits.count - 1, limits.count)
        yield from _finer(system, row, planned, limits)
    yield from _outside(system, at, counts, limits)


def left_over(
    system: System, bonds: Iterable[Bond], tallies: Mapping[int, Tally], least: int
) -> Iterator[Secret]:
    """Few people that are the difference of what several tables show."""
    for bond in bonds:
        members = system.sum_of(bond)
        crowd = bond.terms[-1][1]
        outside = (
            crowd.by != DISTRICT and crowd.group == len(tallies[crowd.at].groups[crowd.by]) - 1
        )
        if bond.people and 0 < members @ system.truth < least:
            place = Place(crowd.at, Cell(crowd.by, crowd.group, BASE))
            width = _OUTSIDE_WIDTH if outside else FINER_WIDTH
            yield Secret(place, members, width, printed=outside)


def primary(at: int, counts: Tally, limits: Limits, unshown: frozenset[Cell]) -> Iterator[Place]:
    """The numbers that are hidden for what they are: too small ones, and all of a row unshown."""
    for row in _rows(at, counts, unshown):
        base = int(row.counts.sum())
        for codes, part in planned_parts(counts, row.crowd):
            count = int(row.counts[list(codes)].sum())
            small = any(_is_secret(n, base, limits, row.shown) for n in (count, base - count))
            if not row.shown or small or (limits.zero and whole_percent(count, base) in {0, 100}):
                yield Place(at, Cell(row.crowd.by, row.crowd.group, part))
        if not row.shown:
            yield row.place
        if counts.variable.mean and (not row.shown or (limits.zero and _extreme(counts, row))):
            yield Place(at, Cell(row.crowd.by, row.crowd.group, MEAN))


def planned_parts(counts: Tally, row: Crowd) -> Iterator[tuple[tuple[int, ...], int]]:
    """The shares that a row has a place for: inner codes, and the part of the row."""
    if row.by == DISTRICT:
        for place in range(len(counts.variable.categories)):
            yield counts.variable.members(place), place
    if counts.top:
        yield tuple(counts.top), TOP


def planned_codes(counts: Tally, row: Row) -> Iterator[tuple[int, ...]]:
    return (codes for codes, _ in planned_parts(counts, row.crowd))


def _rows(at: int, counts: Tally, unshown: frozenset[Cell]) -> Iterator[Row]:
    tables = [counts.district[None, :], *(table[:-1] for table in counts.groups)]
    for by, table in enumerate(tables, start=DISTRICT):
        for group, row in enumerate(table):
            group_ = DISTRICT if by == DISTRICT else group
            crowd = Crowd(at, by, group_)
            yield Row(crowd, row, Cell(by, group_, BASE) not in unshown)


def _halves(parts: Iterable[tuple[int, ...]], codes: int) -> list[tuple[int, ...]]:
    """Each part and its complement, each once."""
    both = [
        half
        for part in parts
        for half in (part, tuple(code for code in range(codes) if code not in part))
    ]
    return list(dict.fromkeys(half for half in both if half))


def _is_secret(count: int, base: int, limits: Limits, shown: bool) -> bool:
    """Too small, or none of some in a sensitive question or in a row that is not shown."""
    return 0 < count < limits.count or (count == 0 < base and (limits.zero or not shown))


def _finer(
    system: System, row: Row, planned: list[tuple[int, ...]], limits: Limits
) -> Iterator[Secret]:
    """Small counts of single codes and of all but one, where they are not planned themselves."""
    codes = len(row.counts)
    own = set(_halves(planned, codes))
    for half in _halves([(code,) for code in range(codes)], codes):
        if half not in own and 0 < row.counts[list(half)].sum() < limits.count:
            yield Secret(row.place, system.of(row.crowd._replace(codes=half)), FINER_WIDTH)


def _outside(system: System, at: int, counts: Tally, limits: Limits) -> Iterator[Secret]:
    """What those outside all groups answered."""
    codes = len(counts.district)
    for by, table in enumerate(counts.groups):
        outside = table[-1]
        parts = [tuple(counts.top), *((code,) for code in range(codes))]
        for half in _halves(parts, codes):
            if 0 < outside[list(half)].sum() < limits.count:
                crowd = Crowd(at, by, len(table) - 1, half)
                place = Place(at, Cell(by, len(table) - 1, BASE))
                yield Secret(place, system.of(crowd), _OUTSIDE_WIDTH, printed=True)


def _extreme(counts: Tally, row: Row) -> bool:
    """Whether the mean tells that everybody gave the highest or the lowest score."""
    base = int(row.counts.sum())
    values = counts.variable.values
    if not base:
        return False
    low, high = mean_between(float(row.counts @ np.array(values)), base)
    return low <= min(values) or high >= max(values)
