"""What is hidden in all tables of a release together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
from msgspec import Struct

from stemme.disclosure.finer import WIDTH, Sums
from stemme.disclosure.links import Crowd, shared
from stemme.disclosure.plan import Breakdown, Coded, Plan
from stemme.disclosure.suppression import Limits, hidden_bases, hidden_cells
from stemme.disclosure.system import BASE, DISTRICT, TOP, Cell
from stemme.disclosure.tally import Tally, group_sizes, tallies

Place = tuple[int, Cell]
"""A cell, and which of the plan's tables it is in."""

Masked = Mapping[tuple[str, str], int]
"""By variable and breakdown, how many groups are hidden for the sake of who named none."""


class Counted(Struct, frozen=True, eq=False):
    """All that is known of the answers, per planned table: counts, limits, bases not shown, links.

    Nothing that is done afterwards looks at an answer again.
    """

    plan: Plan
    tallies: list[Tally]
    limits: list[Limits]
    forced: list[frozenset[Cell]]
    links: list[list[Place]]
    known: list[Sums]


def count(plan: Plan, coded: Coded) -> Counted:
    """The counts of a plan, with bases settled; PlanError if the answers do not fit.

    One threshold and one order of groups for all variables, as bases tell about each other.
    """
    counted = tallies(plan, coded)
    limits = [
        Limits(plan.threshold(counts.variable), plan.base_threshold(), counts.variable.sensitive)
        for counts in counted
    ]
    sizes = {breakdown.id: group_sizes(plan, coded, breakdown.id) for breakdown in used(plan)}
    forced = [
        hidden_bases(counts, limit, tuple(sizes[by] for by in table.by))
        for table, counts, limit in zip(plan.tables, counted, limits, strict=True)
    ]
    same = shared(plan, coded, counted)
    links = [[(crowd.at, _cell(counted[crowd.at], crowd)) for crowd in crowds] for crowds in same]
    places = [[(at, cell) for at, cell in group if cell is not None] for group in links]
    return Counted(plan, counted, limits, forced, places, _known(same, forced))


def _known(same: list[list[Crowd]], forced: list[frozenset[Cell]]) -> list[Sums]:
    """Per table the sums of categories that a shown base elsewhere gives away."""
    known: list[list[tuple[int, ...]]] = [[] for _ in forced]
    for crowds in same:
        if any(crowd.is_base and crowd.cell not in forced[crowd.at] for crowd in crowds):
            for crowd in crowds:
                if crowd.by == DISTRICT and crowd.cell is None:
                    known[crowd.at].append(crowd.codes)
    return [tuple(sums) for sums in known]


def _cell(counts: Tally, crowd: Crowd) -> Cell | None:
    """Where a crowd's number stands, or that of the others in its row."""
    if crowd.cell is not None:
        return crowd.cell
    if crowd.by != DISTRICT:
        return Cell(crowd.by, crowd.group, TOP)
    others = set(range(len(counts.district))) - set(crowd.codes)
    for place in range(len(counts.variable.categories)):
        if set(counts.variable.members(place)) == others:
            return Cell(DISTRICT, DISTRICT, place)
    return None


def used(plan: Plan) -> list[Breakdown]:
    """The breakdowns that some table has."""
    names = {by for table in plan.tables for by in table.by}
    return [breakdown for breakdown in plan.breakdowns if breakdown.id in names]


def protect(counted: Counted, masked: Masked = MappingProxyType({})) -> list[frozenset[Cell]]:
    """Per planned table the hidden cells.

    Nobody knows how many left a question out, so that tables of different variables tell about
    each other only where cells are the same people: every variable is protected by itself, and
    again where a cell it shares was hidden.
    """
    forced = list(counted.forced)
    unshown = [_unshown(counted, at, masked) for at in range(len(forced))]
    hidden: list[frozenset[Cell]] = [frozenset()] * len(forced)
    stale = set(range(len(forced)))
    while stale:
        for at in stale:
            counts, limits = counted.tallies[at], counted.limits[at]
            hidden[at] = hidden_cells(counts, limits, forced[at], unshown[at], counted.known[at])
        stale = set()
        for at, cell in _given_away(counted.links, hidden):
            forced[at] |= {cell}
            stale.add(at)
    return hidden


def few_outside(counted: Counted) -> dict[tuple[str, str], int]:
    """Where few named no group: one share to hide per table by groups, as `Masked`.

    They are what is left of the district without its groups. Bands do not hide how many they are
    from who compares many questions, so a share has to be missing.
    """
    return {
        (table.variable, name): 1
        for table, counts, limits in zip(
            counted.plan.tables, counted.tallies, counted.limits, strict=True
        )
        for by, name in enumerate(table.by)
        if 0 < counts.groups[by][-1].sum() < limits.count
    }


def _unshown(counted: Counted, at: int, masked: Masked) -> frozenset[Cell]:
    table, counts = counted.plan.tables[at], counted.tallies[at]
    cells: list[Cell] = []
    for by, name in enumerate(table.by):
        number = masked.get((table.variable, name), 0)
        shares = _smallest(counts, by, counted.forced[at])
        cells += shares[:number]
        if number > len(shares):
            # Bases alone tell that hardly anybody is without a group: then there are no rows.
            cells += [share._replace(part=BASE) for share in shares]
    return frozenset(cells)


def _given_away(links: list[list[Place]], hidden: list[frozenset[Cell]]) -> Iterator[Place]:
    """Shown cells that count the same people as a hidden one."""
    for places in links:
        if any(cell in hidden[at] for at, cell in places):
            yield from ((at, cell) for at, cell in places if cell not in hidden[at])


def _smallest(counts: Tally, by: int, forced: frozenset[Cell]) -> list[Cell]:
    """The shares of a breakdown's shown groups, the smallest group first, the telling ones last.

    Hiding that nobody or everybody chose something leaves little to choose from.
    """
    groups = counts.groups[by][:-1]
    top, rest = groups[:, counts.top].sum(axis=1), groups[:, counts.rest].sum(axis=1)
    order = np.lexsort([top + rest, np.minimum(top, rest) < WIDTH])
    cells = [Cell(by, int(group), TOP) for group in order]
    return [cell for cell in cells if cell._replace(part=BASE) not in forced]
