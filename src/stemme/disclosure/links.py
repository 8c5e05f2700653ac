"""Cells of different variables that count the same people, so that one gives away the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from stemme.disclosure.plan import Coded, Plan, Table
from stemme.disclosure.system import BASE, DISTRICT, TOP, Cell

People = npt.NDArray[np.bool_]

Place = tuple[int, Cell]
"""A cell, and which of the plan's tables it is in."""


def shared(plan: Plan, coded: Coded) -> list[list[Place]]:
    """Groups of places that are the same people by how the survey is built.

    Such are the bases of choices of one question, the base of a question that only those who chose
    something were asked, and a group that is also published as a category of its own. Where the
    same people happen to have given two answers, no reader can know of it.
    """
    places: defaultdict[bytes, list[Place]] = defaultdict(list)
    asked = {(coded.variables[table.variable] >= 0).tobytes() for table in plan.tables}
    for at, table in enumerate(plan.tables):
        filters = [part for part in _halves(plan, coded, table) if part.tobytes() in asked]
        for cell, people in members(plan, coded, table):
            if people.any():
                places[people.tobytes()].append((at, cell))
            if cell.part == BASE and cell.by != DISTRICT:
                for part in filters:
                    places[(people & part).tobytes()].append((at, cell._replace(part=TOP)))
    return [
        group
        for group in places.values()
        if len({at for at, _ in group}) > 1 and any(cell.part == BASE for _, cell in group)
    ]


def known_sums(
    plan: Plan, coded: Coded, table: Table, bases: Sequence[People]
) -> tuple[tuple[int, ...], ...]:
    """The categories of a variable that together are one of the `bases` shown somewhere.

    Groups are often merged categories of a question that is published itself.
    """
    answers = coded.variables[table.variable]
    categories = len(plan.variable(table.variable).categories)
    each = np.array([answers == category for category in range(categories)]).astype(np.int64)
    inside = np.array(bases, dtype=np.int64).reshape(len(bases), len(answers)) @ each.T
    whole = inside == each.sum(axis=1)
    exact = (whole | (inside == 0)).all(axis=1) & (inside.sum(axis=1) == [b.sum() for b in bases])
    sums = {tuple(np.flatnonzero(row).tolist()) for row in (whole & (inside > 0))[exact]}
    return tuple(sorted(sum_ for sum_ in sums if 1 < len(sum_) < categories))


def members(plan: Plan, coded: Coded, table: Table) -> Iterator[tuple[Cell, People]]:
    """The bases and the district's categories of a planned table, and who is counted in each."""
    answers = coded.variables[table.variable]
    answered = answers >= 0
    yield Cell(DISTRICT, DISTRICT, BASE), answered
    for category in range(len(plan.variable(table.variable).categories)):
        chosen = answers == category
        if chosen.any() and (answered & ~chosen).any():
            yield Cell(DISTRICT, DISTRICT, category), chosen
            yield Cell(DISTRICT, DISTRICT, category), answered & ~chosen
    for by, breakdown in enumerate(table.by):
        for group in range(len(plan.breakdown(breakdown).groups)):
            yield Cell(by, group, BASE), answered & (coded.breakdowns[breakdown] == group)


def _halves(plan: Plan, coded: Coded, table: Table) -> tuple[People, People]:
    """Those who chose a top category, and those who chose another."""
    variable = plan.variable(table.variable)
    answers = coded.variables[variable.id]
    top = np.isin(answers, [variable.categories.index(category) for category in variable.top])
    return top, (answers >= 0) & ~top
