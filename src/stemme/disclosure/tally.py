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

    `district` is by category. `groups[d]` is group by category for the table's d-th breakdown; its
    last row holds those who named no group. `known` are categories whose sum other tables show.
    """

    variable: Variable
    district: Counts
    groups: tuple[Counts, ...]
    known: tuple[tuple[int, ...], ...] = ()

    @property
    def top(self) -> list[int]:
        return [self.variable.categories.index(category) for category in self.variable.top]

    @property
    def rest(self) -> list[int]:
        return [place for place in range(len(self.district)) if place not in self.top]


def tally(plan: Plan, coded: Coded, table: Table) -> Tally:
    """The counts one planned table is made of; PlanError if the answers do not fit the plan."""
    variable = plan.variable(table.variable)
    categories = len(variable.categories)
    answers = _codes(coded.variables, variable.id, categories)
    groups = []
    for by in table.by:
        breakdown = plan.breakdown(by)
        places = _codes(coded.breakdowns, by, len(breakdown.groups))
        if len(places) != len(answers):
            raise PlanError(f"{variable.id}: not as many answers as {by} has")
        groups.append(_cross(answers, categories, places, len(breakdown.groups)))
    district = np.bincount(answers[answers >= 0], minlength=categories).astype(np.int64)
    return Tally(variable, district, tuple(groups))


def group_sizes(plan: Plan, coded: Coded, by: str) -> Counts:
    """People in each group of a breakdown, whatever they answered."""
    groups = len(plan.breakdown(by).groups)
    places = _codes(coded.breakdowns, by, groups)
    return np.bincount(places[places >= 0], minlength=groups).astype(np.int64)


def _cross(answers: Codes, categories: int, places: Codes, groups: int) -> Counts:
    """Group by category, shape (groups + 1, categories)."""
    answered = answers >= 0
    group = np.where(places[answered] >= 0, places[answered], groups).astype(np.int64)
    flat = np.bincount(group * categories + answers[answered], minlength=(groups + 1) * categories)
    return flat.reshape(groups + 1, categories).astype(np.int64)


def _codes(known: Mapping[str, Codes], name: str, size: int) -> Codes:
    codes = known.get(name)
    if codes is None:
        raise PlanError(f"{name}: planned, but not among the answers")
    if codes.ndim != 1 or codes.dtype.kind != "i":
        raise PlanError(f"{name}: codes must be one row of whole numbers")
    if len(codes) and not (-1 <= codes.min() and codes.max() < size):
        raise PlanError(f"{name}: a code is outside the plan")
    return codes
