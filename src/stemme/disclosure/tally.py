"""Counts of one variable: of the whole district, and of every group of its breakdowns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from stemme.disclosure.plan import Coded, Plan, PlanError, Variable

if TYPE_CHECKING:
    from stemme.disclosure.plan import Codes

Counts = npt.NDArray[np.int64]

_CHUNK = 1 << 15
"""People at a time: their codes and places stay near the processor."""
_MOST_CELLS = 1 << 14


class Tally(Struct, frozen=True, eq=False):
    """Exact counts behind one planned table; never leaves the package.

    `district` is by inner code. `groups[d]` is group by inner code for the table's d-th breakdown;
    its last row holds those who named no group.
    """

    variable: Variable
    district: Counts
    groups: tuple[Counts, ...]

    @property
    def top(self) -> list[int]:
        """The inner codes of the top categories."""
        places = [self.variable.categories.index(category) for category in self.variable.top]
        return sorted(code for place in places for code in self.variable.members(place))

    @property
    def rest(self) -> list[int]:
        """The other inner codes."""
        top = set(self.top)
        return [code for code in range(len(self.district)) if code not in top]


def tallies(plan: Plan, coded: Coded) -> list[Tally]:
    """The counts each planned table is made of; PlanError if the answers do not fit the plan.

    Every answer is looked at once, whatever the number of breakdowns: all of a variable's tables
    are margins of one, by the answer and by the place in all breakdowns together.
    """
    found: list[Tally | None] = [None] * len(plan.tables)
    for by in dict.fromkeys(table.by for table in plan.tables):
        places = [at for at, table in enumerate(plan.tables) if table.by == by]
        variables = [plan.variable(plan.tables[at].variable) for at in places]
        answers = [_codes(coded.variables, one.id, one.codes) for one in variables]
        counted = _counted(plan, coded, by, answers, [one.codes for one in variables])
        for at, variable, (district, groups) in zip(places, variables, counted, strict=True):
            found[at] = Tally(variable, district, groups)
    return [tally for tally in found if tally is not None]


def group_sizes(plan: Plan, coded: Coded, by: str) -> Counts:
    """People in each group of a breakdown, whatever they answered."""
    groups = len(plan.breakdown(by).groups)
    places = _codes(coded.breakdowns, by, groups)
    return np.bincount(places[places >= 0], minlength=groups).astype(np.int64)


Margins = tuple[Counts, tuple[Counts, ...]]
"""By inner code in the district, and in every group of each breakdown."""


def _counted(
    plan: Plan, coded: Coded, by: tuple[str, ...], answers: list[Codes], sizes: list[int]
) -> list[Margins]:
    """The counts of variables that share their breakdowns, chunk by chunk of people."""
    rows = [len(plan.breakdown(name).groups) + 1 for name in by]
    groups = [_codes(coded.breakdowns, name, size - 1) for name, size in zip(by, rows, strict=True)]
    if len({len(codes) for codes in (*answers, *groups)}) > 1:
        raise PlanError(f"{plan.id}: not as many answers to one question as to another")
    largest = max(sizes, default=0) + 1
    if len(by) > 1 and math.prod(rows) * largest > _MOST_CELLS:
        # Too many cells to stay near the processor: a pass for each breakdown.
        parts = [_counted(plan, coded, (name,), answers, sizes) for name in by]
        return [(own[0][0], tuple(one[1][0] for one in own)) for own in zip(*parts, strict=True)]
    cells = [np.zeros(math.prod(rows) * (size + 1), np.int64) for size in sizes]
    people = max((len(codes) for codes in answers), default=0)
    for start in range(0, people, _CHUNK):
        part = slice(start, start + _CHUNK)
        place = _together([codes[part] for codes in groups], rows)
        _add(cells, sizes, [codes[part] for codes in answers], place)
    return [
        _margins(table.reshape(*rows, size + 1)) for table, size in zip(cells, sizes, strict=True)
    ]


def _together(groups: list[Codes], rows: list[int]) -> npt.NDArray[np.int32] | None:
    """One number a person for the groups of all breakdowns; None without any breakdown."""
    place: npt.NDArray[np.int32] | None = None
    for codes, size in zip(groups, rows, strict=True):
        # Who named no group comes last.
        own = np.where(codes < 0, np.int32(size - 1), codes.astype(np.int32))
        place = own if place is None else place * np.int32(size) + own
    return place


def _add(
    cells: list[Counts],
    sizes: list[int],
    answers: list[Codes],
    place: npt.NDArray[np.int32] | None,
) -> None:
    """Add a chunk of people to the counts; who did not answer is counted beside the answers."""
    first: dict[int, npt.NDArray[np.intp]] = {}
    for at, (size, codes) in enumerate(zip(sizes, answers, strict=True)):
        if size not in first:
            start = np.ones(len(codes), np.intp) if place is None else place * (size + 1) + 1
            first[size] = start.astype(np.intp)
        cells[at] += np.bincount(first[size] + codes, minlength=len(cells[at]))


def _margins(table: Counts) -> Margins:
    """From all breakdowns together to each by itself; missing answers stand first and go."""
    known = table[..., 1:]
    axes = range(known.ndim - 1)
    district = known.sum(axis=tuple(axes))
    each = (known.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes)
    return district, tuple(each)


def _codes(known: Mapping[str, Codes], name: str, size: int) -> Codes:
    codes = known.get(name)
    if codes is None:
        raise PlanError(f"{name}: planned, but not among the answers")
    if codes.ndim != 1 or codes.dtype.kind != "i":
        raise PlanError(f"{name}: codes must be one row of whole numbers")
    if len(codes) and not (-1 <= codes.min() and codes.max() < size):
        raise PlanError(f"{name}: a code is outside the plan")
    return codes
