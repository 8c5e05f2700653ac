"""The tables of one or more variables as one linear system of unknown counts of people.

The unknown counts of a variable are those of the district by inner code, and of every group by
inner code; those outside all groups of a breakdown are a group like any other, but nothing of them
is ever shown. The cross of the breakdowns is not needed: any one-way tables that agree on the
district's counts are margins of some whole table (take the breakdowns to be independent within
each code), so nothing more can be derived from the cross than from its margins. A breakdown that
crosses or nests others needs the cross.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from stemme.disclosure.elimination import Matrix
from stemme.disclosure.percentage import counts_between, mean_between
from stemme.disclosure.plan import scaled
from stemme.disclosure.tally import Tally

DISTRICT = -1
"""Place of the district where a breakdown's or a group's would stand."""

BASE = -1
TOP = -2
MEAN = -3
"""Columns of a row besides its categories."""


class Cell(NamedTuple):
    """Where a number stands: breakdown and group (or DISTRICT), and category, TOP, BASE or MEAN."""

    by: int
    group: int
    part: int


HOME = Cell(DISTRICT, DISTRICT, BASE)


class Place(NamedTuple):
    """A cell, and which of the plan's tables it is in."""

    at: int
    cell: Cell

    @property
    def base(self) -> Place:
        """The base of the same row."""
        return Place(self.at, self.cell._replace(part=BASE))


class Crowd(NamedTuple):
    """Those of one row of the plan's `at`-th table who chose one of the inner `codes`.

    No codes are everybody in the row. `group` may be the last one, those outside all groups.
    """

    at: int
    by: int
    group: int
    codes: tuple[int, ...] = ()


class Bond(NamedTuple):
    """That a sum of crowds, each taken some times, is nothing (`equal`) or not negative.

    `people`: what is left over are people as well, by what they answered.
    """

    terms: tuple[tuple[int, Crowd], ...]
    equal: bool
    people: bool = False


class System(Struct, frozen=True, eq=False):
    """Everything about some variables that could be shown, as sums of unknown counts.

    `truth` holds the unknown counts. Of `identities` each sums to zero whatever is shown, of
    `relations` to no less. `given` are sums taken as known to the reader. `columns` has a row for
    each number that the plan shows; that of a MEAN is the sum of scores, in thousandths. `least` is
    the smallest count of a table that may be shown.
    """

    truth: Matrix
    starts: dict[tuple[int, int], int]
    codes: dict[int, int]
    columns: dict[Place, Matrix]
    identities: list[Matrix]
    relations: list[Matrix]
    given: list[Matrix]
    least: dict[int, int] = {}

    def value(self, place: Place) -> int:
        return int(self.columns[place] @ self.truth)

    def of(self, crowd: Crowd) -> Matrix:
        """Which unknown counts make up a crowd, as a row of zeros and ones."""
        row = np.zeros(len(self.truth), dtype=np.int64)
        row[self._places(crowd)] = 1
        return row

    def sum_of(self, bond: Bond) -> Matrix:
        """The sum of a bond's crowds."""
        return np.asarray(np.sum([times * self.of(crowd) for times, crowd in bond.terms], axis=0))

    def mean_between(self, place: Place) -> tuple[float, float]:
        """Between which sums of scores a shown mean leaves the true one."""
        base = self.value(place.base)
        low, high = mean_between(self.value(place) / 1000, base)
        return base * low, base * high

    def count_between(self, place: Place) -> tuple[float, float]:
        """Between which counts a shown percentage leaves the true one, to who knows the base."""
        base = self.value(place.base)
        least = self.least.get(place.at, 1)
        return counts_between(self.value(place), base, least) if base else (0, 0)

    def _places(self, crowd: Crowd) -> list[int]:
        codes = self.codes[crowd.at]
        start = self.starts[crowd.at, crowd.by] + max(crowd.group, 0) * codes
        return [start + code for code in crowd.codes or range(codes)]

    def scores(self, crowd: Crowd, values: Iterable[float]) -> Matrix:
        """The scores of a row, in thousandths."""
        row = np.zeros(len(self.truth), dtype=np.int64)
        row[self._places(crowd)] = [scaled(value) for value in values]
        return row


def joint_system(
    tallies: Mapping[int, Tally],
    bonds: Iterable[Bond] = (),
    given: Iterable[Crowd] = (),
    least: Mapping[int, int] = MappingProxyType({}),
) -> System:
    """The system of some tables, by their place in the plan; `least` is that of each table."""
    starts, truth, unknown = {}, [], 0
    for at, counts in tallies.items():
        for by, part in enumerate([counts.district, *counts.groups], start=DISTRICT):
            starts[at, by] = unknown
            unknown += part.size
            truth.append(part.ravel())
    codes = {at: len(counts.district) for at, counts in tallies.items()}
    system = System(
        np.concatenate(truth).astype(np.int64), starts, codes, {}, [], [], [], dict(least)
    )
    for at, counts in tallies.items():
        _add_table(system, at, counts)
    for bond in bonds:
        (system.identities if bond.equal else system.relations).append(system.sum_of(bond))
    system.given.extend(system.of(crowd) for crowd in given)
    return system


def _add_table(system: System, at: int, counts: Tally) -> None:
    """The columns of a table's rows, and that groups and those outside them sum to the district."""
    variable = counts.variable
    home = Crowd(at, DISTRICT, DISTRICT)
    _add_row(system, home, counts)
    for place in range(len(variable.categories)):
        cell = Cell(DISTRICT, DISTRICT, place)
        system.columns[Place(at, cell)] = system.of(home._replace(codes=variable.members(place)))
    for by, rows in enumerate(counts.groups):
        outside = len(rows) - 1
        for code in range(len(counts.district)):
            parts = [system.of(Crowd(at, by, group, (code,))) for group in range(len(rows))]
            whole = system.of(home._replace(codes=(code,)))
            system.identities.append(np.sum(parts, axis=0) - whole)
        for group in range(outside):
            _add_row(system, Crowd(at, by, group), counts)


def _add_row(system: System, row: Crowd, counts: Tally) -> None:
    variable, top = counts.variable, tuple(counts.top)
    system.columns[Place(row.at, Cell(row.by, row.group, BASE))] = system.of(row)
    if top:
        place = Place(row.at, Cell(row.by, row.group, TOP))
        system.columns[place] = system.of(row._replace(codes=top))
    if variable.mean:
        place = Place(row.at, Cell(row.by, row.group, MEAN))
        system.columns[place] = system.scores(row, variable.values)
