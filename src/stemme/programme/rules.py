"""Questions asked of the tree: where an id stands, which goals of the plan belong to a part."""

from __future__ import annotations

from collections.abc import Iterator

from stemme.programme.model import (
    Budget,
    FocusArea,
    Node,
    PlanGoal,
    Programme,
    SubArea,
    Sum,
)


def walk(programme: Programme) -> Iterator[tuple[Node, Node | None]]:
    """Give every node with its parent, parents first."""
    yield programme, None
    for area in programme.focus_areas:
        yield area, programme
        for sub_area in area.sub_areas:
            yield sub_area, area
            for goal in sub_area.goals:
                yield goal, sub_area
    areas = {area.id: area for area in programme.focus_areas}
    for plan_goal in programme.plan.goals:
        yield plan_goal, areas.get(plan_goal.focus_area or "", programme)
        for measure in plan_goal.measures:
            yield measure, plan_goal


def find(programme: Programme, id_: str) -> Node | None:
    return next((node for node, _ in walk(programme) if node.id == id_), None)


def ancestors(programme: Programme, id_: str) -> list[Node]:
    """Give the nodes above an id, nearest first; empty for an unknown id and for the programme."""
    parents = {node.id: parent for node, parent in walk(programme)}
    found: list[Node] = []
    parent = parents.get(id_)
    while parent is not None:
        found.append(parent)
        parent = parents[parent.id]
    return found


def focus_area_of(programme: Programme, id_: str) -> FocusArea | None:
    """Give the focus area an id is, or lies under."""
    node = find(programme, id_)
    line = [node, *ancestors(programme, id_)] if node else []
    return next((part for part in line if isinstance(part, FocusArea)), None)


def sub_area_of(programme: Programme, id_: str) -> SubArea | None:
    """Give the sub-area an id is, or lies under."""
    node = find(programme, id_)
    line = [node, *ancestors(programme, id_)] if node else []
    return next((part for part in line if isinstance(part, SubArea)), None)


def under(programme: Programme, id_: str) -> frozenset[str]:
    """Give an id and all ids below it."""
    found = {id_}
    for node, parent in walk(programme):
        if parent is not None and parent.id in found:
            found.add(node.id)
    return frozenset(found)


def plan_goals_of(programme: Programme, part: FocusArea | SubArea) -> list[PlanGoal]:
    """Give the plan's goals for a part, in the plan's order.

    The plan prints its goals under a focus area; that one belongs to a sub-area is our reading.
    """
    if isinstance(part, FocusArea):
        return [goal for goal in programme.plan.goals if goal.focus_area == part.id]
    return [goal for goal in programme.plan.goals if part.id in goal.sub_areas]


def cross_cutting(programme: Programme) -> list[PlanGoal]:
    """Give the plan's goals that belong to no single focus area."""
    return [goal for goal in programme.plan.goals if goal.focus_area is None]


def part_of(programme: Programme, id_: str) -> FocusArea | SubArea | None:
    """Give the page an id stands on: its sub-area, else its focus area; None where it has none."""
    return sub_area_of(programme, id_) or focus_area_of(programme, id_)


def budget_of(programme: Programme, year: int) -> Budget | None:
    """Give the published budget of a year, where there is one."""
    budget = programme.budget
    return budget if budget is not None and budget.year == year else None


def budgeted(programme: Programme, id_: str) -> Sum | None:
    """Give what the budget means for a focus area."""
    lines = programme.budget.allocated.lines if programme.budget else []
    return next((line for line in lines if line.focus_area == id_), None)


def source_title(programme: Programme, id_: str) -> str:
    """Give the name of a document that the programme rests on."""
    return next(one.title for one in programme.sources if one.id == id_)
