"""The tables as they are shown: whole percentages, bands of tens, means with one decimal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stemme.disclosure import model
from stemme.disclosure.model import SafeRow, SafeTable
from stemme.disclosure.percentage import band_of_tens, one_decimal, whole_percent
from stemme.disclosure.plan import Breakdown, Coded, Plan, PlanError, Table, Variable
from stemme.disclosure.system import BASE, DISTRICT, MEAN, TOP, Cell
from stemme.disclosure.tally import Tally

Weights = npt.NDArray[np.float64]

Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]


_SAME = 1e-6
"""Weights nearer to each other than this are the same."""


class Figures(NamedTuple):
    """What percentages and means are of, in the shape of a Tally: people, or their weights."""

    district: Numbers
    groups: tuple[Numbers, ...]


def figures(plan: Plan, coded: Coded, counts: Tally, weights: Weights | None) -> Figures:
    """The figures of one table; the weights are one positive number a respondent."""
    if weights is None:
        return Figures(counts.district, counts.groups)
    table = _table(plan, counts.variable)
    answers = coded.variables[table.variable]
    codes = len(counts.district)
    inside = answers >= 0
    flat, own = answers[inside].astype(np.int64), weights[inside]
    groups = []
    for by, rows in zip(table.by, counts.groups, strict=True):
        group = coded.breakdowns[by][inside].astype(np.int64)
        cell = np.where(group >= 0, group, len(rows) - 1) * codes + flat
        groups.append(np.bincount(cell, own, minlength=rows.size).reshape(rows.shape))
    return Figures(np.bincount(flat, own, minlength=codes), tuple(groups))


def group_weights(
    breakdowns: list[Breakdown], coded: Coded, weights: Weights
) -> dict[str, tuple[int, ...]]:
    """The weights, in thousandths, of groups in which all weigh the same, those outside last.

    Only breakdowns of which this holds, and whose groups do not all weigh the same. PlanError if
    there is not one positive weight a respondent.
    """
    sizes = {codes.shape for codes in coded.variables.values()}
    if sizes - {weights.shape} or not np.isfinite(weights).all() or (weights <= 0).any():
        raise PlanError("weights must be one positive number a respondent")
    found = {}
    for breakdown in breakdowns:
        places = coded.breakdowns[breakdown.id]
        rows = [weights[places == group] for group in (*range(len(breakdown.groups)), -1)]
        if all(np.ptp(row) < _SAME for row in rows if row.size) and np.ptp(weights) >= _SAME:
            found[breakdown.id] = tuple(
                round(1000 * float(row[0])) if row.size else 0 for row in rows
            )
    return found


def safe_tables(
    plan: Plan, counts: Tally, shown: Figures, hidden: frozenset[Cell]
) -> Iterator[SafeTable]:
    """A variable's tables: the district's, then one per breakdown. For within the gate."""
    variable = counts.variable
    table = _table(plan, variable)
    rows = _Rows(variable, hidden)
    home = Cell(DISTRICT, DISTRICT, BASE)
    people = int(counts.district.sum())
    places = list(range(len(variable.categories)))
    row = rows.row(None, home, people, shown.district, places)
    yield SafeTable(variable.id, None, variable.categories, (row,))
    for by, name in enumerate(table.by):
        safe = [rows.row(None, home, people, shown.district, [TOP])]
        for group, label in enumerate(plan.breakdown(name).groups):
            base = int(counts.groups[by][group].sum())
            place = Cell(by, group, BASE)
            safe.append(rows.row(label, place, base, shown.groups[by][group], [TOP]))
        yield SafeTable(variable.id, name, (model.TOP,), tuple(safe))


def _table(plan: Plan, variable: Variable) -> Table:
    return next(table for table in plan.tables if table.variable == variable.id)


class _Rows:
    """Makes the rows of one variable."""

    def __init__(self, variable: Variable, hidden: frozenset[Cell]) -> None:
        self._variable = variable
        self._hidden = hidden

    def row(
        self, group: str | None, place: Cell, people: int, numbers: Numbers, parts: list[int]
    ) -> SafeRow:
        """A row with a share for each of the `parts`; where the base is hidden, of nothing."""
        if place in self._hidden or not people:
            return SafeRow(group, None, (None,) * len(parts))
        base = numbers.sum()
        shares = []
        for part in parts:
            count = numbers[self._codes(part)].sum()
            hidden = place._replace(part=part) in self._hidden
            shares.append(None if hidden else whole_percent(count, base))
        mean = None
        if self._variable.mean and place._replace(part=MEAN) not in self._hidden:
            total = float(numbers @ np.array(self._variable.values))
            mean = one_decimal(total / float(base))
        return SafeRow(group, band_of_tens(people), tuple(shares), mean)

    def _codes(self, part: int) -> list[int]:
        places = [part] if part >= 0 else map(self._variable.categories.index, self._variable.top)
        return [code for place in places for code in self._variable.members(place)]
