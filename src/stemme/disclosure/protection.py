"""What is hidden in all tables of a release together."""

from __future__ import annotations

from stemme.disclosure.links import shared
from stemme.disclosure.plan import Coded, Plan
from stemme.disclosure.suppression import Limits, hidden_bases, hidden_cells
from stemme.disclosure.system import Cell
from stemme.disclosure.tally import Tally, group_sizes, tally


def protect(plan: Plan, coded: Coded) -> list[tuple[Tally, frozenset[Cell]]]:
    """Per planned table its counts and its hidden cells; PlanError if the answers do not fit.

    Nobody knows how many left a question out, so that tables of different variables tell about
    each other only where cells are the same people. Bases are settled first, one threshold and one
    order for all; then every variable by itself, and again where a cell it shares was hidden.
    """
    limits = [
        Limits(plan.threshold(plan.variable(table.variable)), plan.base_threshold())
        for table in plan.tables
    ]
    tallies = [tally(plan, coded, table) for table in plan.tables]
    forced = [
        hidden_bases(counts, limit, tuple(group_sizes(plan, coded, by) for by in table.by))
        for table, counts, limit in zip(plan.tables, tallies, limits, strict=True)
    ]
    links = shared(plan, coded)
    hidden: list[frozenset[Cell]] = [frozenset()] * len(tallies)
    stale = set(range(len(tallies)))
    while stale:
        for at in stale:
            hidden[at] = hidden_cells(tallies[at], limits[at], forced[at])
        stale = set()
        for places in links:
            if any(cell in hidden[at] for at, cell in places):
                for at, cell in places:
                    if cell not in hidden[at]:
                        forced[at] |= {cell}
                        stale.add(at)
    return list(zip(tallies, hidden, strict=True))
