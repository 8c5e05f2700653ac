"""Counts of one variable: of the whole district, and of every group of its breakdowns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from stemme.disclosure.plan import Coded, Plan, PlanError, Table, Variable

if TYPE_CHECKING:
    from stemme.disclosure.plan import Codes

Counts = npt.NDArray[np.int64]
Marks = npt.NDArray[np.uint64]

_BITS = 26
"""Bits of a person's mark, so that the marks of millions are summed exactly."""

_SPREAD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)


class Tally(Struct, frozen=True, eq=False):
    """Exact counts behind one planned table; never leaves the package.

    `district` is by category. `groups[d]` is group by category for the table's d-th breakdown; its
    last row holds those who named no group. The marks have the same shapes: sums, modulo 2^64, of
    a random number a person, so that equal marks are the same people. `known` are categories whose
    sum other tables show.
    """

    variable: Variable
    district: Counts
    groups: tuple[Counts, ...]
    district_marks: Marks
    group_marks: tuple[Marks, ...]
    known: tuple[tuple[int, ...], ...] = ()

    @property
    def top(self) -> list[int]:
        return [self.variable.categories.index(category) for category in self.variable.top]

    @property
    def rest(self) -> list[int]:
        return [place for place in range(len(self.district)) if place not in self.top]


def tallies(plan: Plan, coded: Coded) -> list[Tally]:
    """The counts each planned table is made of; PlanError if the answers do not fit the plan."""
    people = max((len(codes) for codes in coded.variables.values()), default=0)
    # Which numbers people get does not matter, only that they are the same in every run.
    marks = np.random.default_rng(0).integers(0, 2**_BITS, (2, people)).astype(np.float64)
    return [_tally(plan, coded, table, marks) for table in plan.tables]


def group_sizes(plan: Plan, coded: Coded, by: str) -> Counts:
    """People in each group of a breakdown, whatever they answered."""
    groups = len(plan.breakdown(by).groups)
    places = _codes(coded.breakdowns, by, groups)
    return np.bincount(places[places >= 0], minlength=groups).astype(np.int64)


def _tally(plan: Plan, coded: Coded, table: Table, marks: npt.NDArray[np.float64]) -> Tally:
    variable = plan.variable(table.variable)
    categories = len(variable.categories)
    answers = _codes(coded.variables, variable.id, categories)
    answered = answers >= 0
    flat = answers[answered].astype(np.int64)
    own = marks[:, : len(answers)][:, answered]
    district = np.bincount(flat, minlength=categories)
    district_marks = _marks(flat, categories, own)
    counts, group_marks = [], []
    for by in table.by:
        rows = len(plan.breakdown(by).groups) + 1
        places = _codes(coded.breakdowns, by, rows - 1)
        if len(places) != len(answers):
            raise PlanError(f"{variable.id}: not as many answers as {by} has")
        group = np.where(places[answered] >= 0, places[answered], rows - 1)
        cell = group * categories + flat
        size = rows * categories
        counts.append(np.bincount(cell, minlength=size).reshape(rows, categories))
        group_marks.append(_marks(cell, size, own).reshape(rows, categories))
    return Tally(variable, district, tuple(counts), district_marks, tuple(group_marks))


def _marks(cell: Counts, size: int, own: npt.NDArray[np.float64]) -> Marks:
    sums = [np.bincount(cell, weights=row, minlength=size).astype(np.uint64) for row in own]
    return np.asarray(sums[0] * _SPREAD[0] + sums[1] * _SPREAD[1])


def _codes(known: Mapping[str, Codes], name: str, size: int) -> Codes:
    codes = known.get(name)
    if codes is None:
        raise PlanError(f"{name}: planned, but not among the answers")
    if codes.ndim != 1 or codes.dtype.kind != "i":
        raise PlanError(f"{name}: codes must be one row of whole numbers")
    if len(codes) and not (-1 <= codes.min() and codes.max() < size):
        raise PlanError(f"{name}: a code is outside the plan")
    return codes
