"""What to hide next where the attacker still comes too near."""

from __future__ import annotations

from stemme.disclosure.attacker.attack import Finding
from stemme.disclosure.protection import Cells, Counted
from stemme.disclosure.system import BASE, DISTRICT, MEAN, TOP, Cell


def further(counted: Counted, hidden: list[Cells], finding: Finding) -> tuple[int, Cells]:
    """The table a finding is about, and its next numbers to hide; none if there are none.

    The mean of the row first, then its share, then those of the smallest other groups, last their
    rows: that hardly anybody is outside all groups may be told by bases alone.
    """
    target = finding.target
    tables = counted.plan.tables
    at = next(place for place, table in enumerate(tables) if table.variable == finding.variable)
    by = DISTRICT if target.by is None else tables[at].by.index(target.by)
    for cells in _in_turn(counted, at, by, target.group):
        if cells and not cells <= hidden[at]:
            return at, cells
    return at, frozenset()


def _in_turn(counted: Counted, at: int, by: int, name: str | None) -> list[Cells]:
    """What may be hidden for the sake of a row, the least loss first."""
    counts = counted.tallies[at]
    parts = [MEAN, TOP] if counts.variable.mean else [TOP]
    if by == DISTRICT:
        shares = range(len(counts.variable.categories))
        order = sorted(shares, key=lambda place: int(counts.district[place]))
        return [frozenset({Cell(by, by, part)}) for part in (*parts[:-1], *order, TOP)]
    groups = counted.plan.breakdown(counted.plan.tables[at].by[by]).groups
    sizes = counts.groups[by][:-1].sum(axis=1)
    order = sorted(range(len(groups)), key=lambda g: (groups[g] != name, int(sizes[g])))
    cells = [frozenset({Cell(by, group, part)}) for part in parts for group in order]
    rows = [frozenset(Cell(by, group, part) for part in (BASE, *parts)) for group in order]
    return [*cells, *rows]
