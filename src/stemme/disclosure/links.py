"""Cells of different variables that count the same people, so that one gives away the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from stemme.disclosure.plan import Coded, Plan, Table
from stemme.disclosure.system import BASE, DISTRICT, TOP, Cell

Place = tuple[int, Cell]
"""A cell, and which of the plan's tables it is in."""


def shared(plan: Plan, coded: Coded) -> list[list[Place]]:
    """Groups of places that are the same people by how the survey is built.

    Such are the bases of choices of one question, the base of a question that only those who chose
    something were asked, and a group that is also published as a category of its own. Two answers
    that the same people happen to have given are no such thing: no reader can know of it.
    """
    places: defaultdict[bytes, list[Place]] = defaultdict(list)
    for at, table in enumerate(plan.tables):
        for cell, people in _members(plan, coded, table):
            if people.any():
                places[np.packbits(people).tobytes()].append((at, cell))
    return [
        group
        for group in places.values()
        if len({at for at, _ in group}) > 1 and any(cell.part == BASE for _, cell in group)
    ]


def _members(
    plan: Plan, coded: Coded, table: Table
) -> Iterator[tuple[Cell, npt.NDArray[np.bool_]]]:
    variable = plan.variable(table.variable)
    answers = coded.variables[variable.id]
    answered = answers >= 0
    top = np.isin(answers, [variable.categories.index(category) for category in variable.top])
    yield Cell(DISTRICT, DISTRICT, BASE), answered
    for category in range(len(variable.categories)):
        yield Cell(DISTRICT, DISTRICT, category), answers == category
    for by, breakdown in enumerate(table.by):
        for group in range(len(plan.breakdown(breakdown).groups)):
            inside = coded.breakdowns[breakdown] == group
            yield Cell(by, group, BASE), answered & inside
            yield Cell(by, group, TOP), top & inside
