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
    """The counts each planned table is made of; PlanError if the answers do not fit the plan."""
    return [_tally(plan, coded, table) for table in plan.tables]


def group_sizes(plan: Plan, coded: Coded, by: str) -> Counts:
    """People in each group of a breakdown, whatever they answered."""
    groups = len(plan.breakdown(by).groups)
    places = _codes(coded.breakdowns, by, groups)
    return np.bincount(places[places >= 0], minlength=groups).astype(np.int64)


def _tally(plan: Plan, coded: Coded, table: Table) -> Tally:
    variable = plan.variable(table.variable)
    codes = variable.codes
    answers = _codes(coded.variables, variable.id, codes)
    answered = answers >= 0
    flat = answers[answered].astype(np.int64)
    district = np.bincount(flat, minlength=codes)
    counts = []
    for by in table.by:
        rows = len(plan.breakdown(by).groups) + 1
        places = _codes(coded.breakdowns, by, rows - 1)
        if len(places) != len(answers):
            raise PlanError(f"{variable.id}: not as many answers as {by} has")
        group = np.where(places[answered] >= 0, places[answered], rows - 1)
        cell = group * codes + flat
        counts.append(np.bincount(cell, minlength=rows * codes).reshape(rows, codes))
    return Tally(variable, district, tuple(counts))


def _codes(known: Mapping[str, Codes], name: str, size: int) -> Codes:
    codes = known.get(name)
    if codes is None:
        raise PlanError(f"{name}: planned, but not among the answers")
    if codes.ndim != 1 or codes.dtype.kind != "i":
        raise PlanError(f"{name}: codes must be one row of whole numbers")
    if len(codes) and not (-1 <= codes.min() and codes.max() < size):
        raise PlanError(f"{name}: a code is outside the plan")
    return codes
