"""What is hidden in all tables of a release together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec
import numpy as np

from stemme.disclosure.finer import WIDTH
from stemme.disclosure.links import People, Place, known_sums, members, shared
from stemme.disclosure.plan import Coded, Plan
from stemme.disclosure.suppression import Limits, hidden_bases, hidden_cells
from stemme.disclosure.system import BASE, TOP, Cell
from stemme.disclosure.tally import Tally, group_sizes, tally

Masked = Mapping[tuple[str, str], int]
"""By variable and breakdown, how many groups are hidden for the sake of who named none."""


def protect(
    plan: Plan, coded: Coded, masked: Masked = MappingProxyType({})
) -> list[tuple[Tally, frozenset[Cell]]]:
    """Per planned table its counts and its hidden cells; PlanError if the answers do not fit.

    Nobody knows how many left a question out, so that tables of different variables tell about
    each other only where cells are the same people. Bases are settled first, one threshold and one
    order for all; then every variable by itself, and again where a cell it shares was hidden.
    """
    tallies = [tally(plan, coded, table) for table in plan.tables]
    limits = [
        Limits(plan.threshold(counts.variable), plan.base_threshold(), counts.variable.sensitive)
        for counts in tallies
    ]
    forced = [
        hidden_bases(counts, limit, tuple(group_sizes(plan, coded, by) for by in table.by))
        for table, counts, limit in zip(plan.tables, tallies, limits, strict=True)
    ]
    tallies = _with_known_sums(plan, coded, tallies, forced)
    unshown = [
        frozenset(
            cell
            for by, name in enumerate(table.by)
            for cell in _smallest(tallies[at], by, forced[at])[
                : masked.get((table.variable, name), 0)
            ]
        )
        for at, table in enumerate(plan.tables)
    ]
    links = shared(plan, coded)
    hidden: list[frozenset[Cell]] = [frozenset()] * len(tallies)
    stale = set(range(len(tallies)))
    while stale:
        for at in stale:
            hidden[at] = hidden_cells(tallies[at], limits[at], forced[at], unshown[at])
        stale = set()
        for at, cell in _given_away(links, hidden):
            forced[at] |= {cell}
            stale.add(at)
    return list(zip(tallies, hidden, strict=True))


def _given_away(links: list[list[Place]], hidden: list[frozenset[Cell]]) -> Iterator[Place]:
    """Shown cells that count the same people as a hidden one."""
    for places in links:
        if any(cell in hidden[at] for at, cell in places):
            yield from ((at, cell) for at, cell in places if cell not in hidden[at])


def _with_known_sums(
    plan: Plan, coded: Coded, tallies: list[Tally], forced: list[frozenset[Cell]]
) -> list[Tally]:
    least = plan.base_threshold()
    bases: dict[bytes, People] = {}
    for at, table in enumerate(plan.tables):
        for cell, people in members(plan, coded, table):
            if cell.part == BASE and cell not in forced[at] and people.sum() >= least:
                bases[people.tobytes()] = people
    shown = list(bases.values())
    return [
        msgspec.structs.replace(counts, known=known_sums(plan, coded, table, shown))
        for table, counts in zip(plan.tables, tallies, strict=True)
    ]


def _smallest(counts: Tally, by: int, forced: frozenset[Cell]) -> list[Cell]:
    """The shares of a breakdown's shown groups, the smallest group first, the telling ones last.

    Hiding that nobody or everybody chose something leaves little to choose from.
    """
    groups = counts.groups[by][:-1]
    top, rest = groups[:, counts.top].sum(axis=1), groups[:, counts.rest].sum(axis=1)
    order = np.lexsort([top + rest, np.minimum(top, rest) < WIDTH])
    cells = [Cell(by, int(group), TOP) for group in order]
    return [cell for cell in cells if cell._replace(part=BASE) not in forced]
