"""One variable's tables as a linear system: unknown counts, and sums of them that may be shown.

The unknown counts are those of the district by category and of every group by part, a part being
categories that no shown column of a group tells apart (top and rest). The cross of the breakdowns
is not needed: any one-way tables that agree on the district's counts are margins of some whole
table (take the breakdowns to be independent within each category), so nothing more can be derived
from the cross than from its margins. A breakdown that crosses or nests others needs the cross.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from stemme.disclosure.elimination import Matrix
from stemme.disclosure.tally import Tally

DISTRICT = -1
"""Place of the district where a breakdown's or a group's would stand."""

BASE = -1
TOP = -2
"""Columns of a row besides its categories."""


class Cell(NamedTuple):
    """Where a number stands: breakdown and group (or DISTRICT), and category, TOP or BASE."""

    by: int
    group: int
    part: int


class System(Struct, frozen=True, eq=False):
    """Everything about one variable that could be shown, as sums of unknown counts.

    `truth` holds the unknown counts. `identities` are rows that sum to zero whatever is shown,
    `columns` has a row for each cell that the plan shows. `given` are taken as known to the
    reader: the counts of people without a group, who are no group of the plan, and sums of
    categories that other tables show.
    """

    truth: Matrix
    identities: list[Matrix]
    columns: dict[Cell, Matrix]
    given: list[Matrix]

    def value(self, cell: Cell) -> int:
        return int(self.columns[cell] @ self.truth)


def table_system(
    tally: Tally,
    parts: list[list[int]] | None = None,
    known: Iterable[tuple[int, ...]] = (),
) -> System:
    """The system of a tally; `parts` are the categories groups tell apart, else top and rest."""
    parts = [tally.top, tally.rest] if parts is None else parts
    truth = [
        tally.district,
        *(
            np.column_stack([counts[:, part].sum(axis=1) for part in parts]).ravel()
            for counts in tally.groups
        ),
    ]
    unknown = sum(map(len, truth))
    columns = _district_columns(tally, unknown)
    identities: list[Matrix] = []
    given = [_sum_of(unknown, places) for places in known]
    inside = [place for place, part in enumerate(parts) if set(part) <= set(tally.top)]
    start = len(tally.district)
    for by, counts in enumerate(tally.groups):
        places = start + np.arange(truth[by + 1].size).reshape(len(counts), len(parts))
        start += places.size
        for place, part in enumerate(parts):
            identities.append(_sum_of(unknown, places[:, place]) - _sum_of(unknown, part))
        for group, row in enumerate(places[:-1]):
            columns[Cell(by, group, TOP)] = _sum_of(unknown, row[inside])
            columns[Cell(by, group, BASE)] = _sum_of(unknown, row)
        given += [_sum_of(unknown, places[-1, inside]), _sum_of(unknown, places[-1])]
    return System(np.concatenate(truth), identities, columns, given)


def _district_columns(tally: Tally, unknown: int) -> dict[Cell, Matrix]:
    codes = range(len(tally.district))
    columns = {Cell(DISTRICT, DISTRICT, BASE): _sum_of(unknown, codes)}
    if tally.variable.top:
        columns[Cell(DISTRICT, DISTRICT, TOP)] = _sum_of(unknown, tally.top)
    for place in range(len(tally.variable.categories)):
        columns[Cell(DISTRICT, DISTRICT, place)] = _sum_of(unknown, tally.variable.members(place))
    return columns


def _sum_of(unknown: int, places: Iterable[int]) -> Matrix:
    row = np.zeros(unknown, dtype=np.int64)
    row[list(places)] = 1
    return row
