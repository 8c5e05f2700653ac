"""`dashboards/programme.yaml` to the tree, every complaint with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stemme.i18n.source import Complaint, Key, Source, read
from stemme.programme.model import Programme


def load(path: Path) -> tuple[Programme | None, list[Complaint]]:
    """Read the programme; None when anything is wrong with it."""
    source, complaints = read(path, f"{path.parent.name}/{path.name}")
    if source is None:
        return None, complaints
    programme, complaints = source.convert(Programme)
    if programme is None:
        return None, complaints
    complaints = [
        *_duplicates(source),
        *_links(source, programme),
        *_money(source, programme),
    ]
    return (None if complaints else programme), complaints


def _ids(node: Any, path: tuple[Key, ...] = ()) -> Iterator[tuple[str, tuple[Key, ...]]]:
    if isinstance(node, dict):
        if isinstance(node.get("id"), str):
            yield node["id"], (*path, "id")
        for key, value in node.items():
            yield from _ids(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _ids(value, (*path, index))


def _duplicates(source: Source) -> Iterator[Complaint]:
    seen: dict[str, int] = {}
    for id_, path in _ids(source.data):
        line = source.line(path)
        if id_ in seen:
            said = f"the id '{id_}' is already used on line {seen[id_]}; ids are unique in the file"
            yield Complaint(source.file, line, said)
        seen.setdefault(id_, line)


def _links(source: Source, programme: Programme) -> Iterator[Complaint]:
    areas = {area.id for area in programme.focus_areas}
    parts = {part.id: area.id for area in programme.focus_areas for part in area.sub_areas}
    if programme.period.from_ > programme.period.to:
        yield source.complaint(["period", "to"], "the period ends before it begins")
    for index, goal in enumerate(programme.plan.goals):
        path: list[Key] = ["plan", "goals", index]
        if goal.focus_area is not None and goal.focus_area not in areas:
            known = ", ".join(sorted(areas))
            said = f"no focus area has the id '{goal.focus_area}'; one of: {known}"
            yield source.complaint([*path, "focus_area"], said)
        for sub_area in goal.sub_areas:
            if sub_area not in parts:
                said = f"no sub-area has the id '{sub_area}'; one of: {', '.join(sorted(parts))}"
                yield source.complaint([*path, "sub_areas"], said)
            elif parts[sub_area] != goal.focus_area:
                said = f"the sub-area '{sub_area}' lies under another focus area than this goal"
                yield source.complaint([*path, "sub_areas"], said)


def _money(source: Source, programme: Programme) -> Iterator[Complaint]:
    """Complain where a document or a focus area is unknown, or the lines miss their total."""
    budget = programme.budget
    if budget is None:
        return
    documents = [one.id for one in programme.sources]
    if budget.source not in documents:
        said = f"no source has the id '{budget.source}'; one of: {', '.join(documents)}"
        yield source.complaint(["budget", "source"], said)
    areas = [area.id for area in programme.focus_areas]
    for part, sums in (("available", budget.available), ("allocated", budget.allocated)):
        for index, line in enumerate(sums.lines):
            if line.focus_area is not None and line.focus_area not in areas:
                said = f"no focus area has the id '{line.focus_area}'; one of: {', '.join(areas)}"
                yield source.complaint(["budget", part, "lines", index, "focus_area"], said)
        found = sum(line.amount for line in sums.lines)
        if found != sums.total.amount:
            said = f"the lines add up to {found}, not to {sums.total.amount}"
            yield source.complaint(["budget", part, "total", "amount"], said)
