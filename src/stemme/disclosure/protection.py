"""What is hidden in all tables of a release together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stemme.disclosure.elimination import Matrix
from stemme.disclosure.links import base_cell, contained, declared, is_base, same_people
from stemme.disclosure.nesting import nest_bonds, nests
from stemme.disclosure.plan import Breakdown, Coded, Plan
from stemme.disclosure.secrets import Limits, Secret, left_over, planned_parts, primary, secrets
from stemme.disclosure.shown import Weights, group_weights
from stemme.disclosure.suppression import Problem, Unsafe
from stemme.disclosure.system import (
    BASE,
    DISTRICT,
    HOME,
    MEAN,
    Bond,
    Cell,
    Crowd,
    Place,
    System,
    joint_system,
)
from stemme.disclosure.tally import Counts, Tally, group_sizes, tallies

_FEW_TABLES = 4
"""Of more tables that show the same people, each protects them by itself."""

Cells = frozenset[Cell]


class Counted(Struct, frozen=True, eq=False):
    """All that is known of the answers: counts and limits per planned table, and what ties them.

    `links` are crowds of more than one table that are the same people, `bonds` what else is told by
    the plan and by the build of the breakdowns. `weights` are those of groups, outsiders last, of
    breakdowns in which all of a group weigh the same. Nothing done later looks at an answer.
    `solved` remembers what was hidden of tables that are one system.
    """

    plan: Plan
    tallies: list[Tally]
    limits: list[Limits]
    unshown: list[Cells]
    links: list[list[Crowd]]
    bonds: list[Bond]
    weights: dict[str, tuple[int, ...]]
    solved: dict[Hashable, frozenset[Place]] = {}


def count(plan: Plan, coded: Coded, weights: Weights | None = None) -> Counted:
    """The counts of a plan, with bases settled; PlanError if the answers do not fit.

    One threshold and one order of groups for all variables, as bases tell about each other.
    """
    counted = tallies(plan, coded)
    limits = [
        Limits(plan.threshold(counts.variable), plan.base_threshold(), counts.variable.sensitive)
        for counts in counted
    ]
    sizes = {breakdown.id: group_sizes(plan, coded, breakdown.id) for breakdown in used(plan)}
    unshown = [
        hidden_bases(counts, limit.base, [sizes[by] for by in table.by])
        for table, counts, limit in zip(plan.tables, counted, limits, strict=True)
    ]
    links = same_people(plan, coded, counted)
    bonds = [*declared(plan, counted), *contained(plan, coded, counted)]
    nested = nests(used(plan), coded)
    for at, (table, counts) in enumerate(zip(plan.tables, counted, strict=True)):
        bonds += nest_bonds(nested, at, table.by, len(counts.district))
    known = {} if weights is None else group_weights(used(plan), coded, weights)
    return Counted(plan, counted, limits, unshown, links, bonds, known)


def used(plan: Plan) -> list[Breakdown]:
    """The breakdowns that some table has."""
    names = {by for table in plan.tables for by in table.by}
    return [breakdown for breakdown in plan.breakdowns if breakdown.id in names]


def hidden_bases(counts: Tally, least: int, sizes: list[Counts]) -> Cells:
    """The rows of groups too small to show, and the smallest others that would give them away.

    `sizes` are the people of each group whatever they answered: a group too small there is hidden
    in every variable, and the further ones are the same in all of them where that is enough. Where
    the whole district is too small, every row is hidden.
    """
    hidden: set[Cell] = set()
    if counts.district.sum() < least:
        return all_bases(counts)
    for by, (table, people) in enumerate(zip(counts.groups, sizes, strict=True)):
        bases = table[:-1].sum(axis=1)
        small = {int(g) for g in np.flatnonzero((bases < least) | (people < least))}
        for group in np.argsort(people, kind="stable"):
            if not small or (len(small) > 1 and bases[list(small)].sum() >= least):
                break
            small.add(int(group))
        hidden |= {Cell(by, group, BASE) for group in small}
    return frozenset(hidden)


def all_bases(counts: Tally) -> Cells:
    """Every base of a table."""
    tables = enumerate(counts.groups)
    rows = [Cell(by, group, BASE) for by, table in tables for group in range(len(table) - 1)]
    return frozenset([HOME, *rows])


def protect(counted: Counted, also: Mapping[int, Cells] = MappingProxyType({})) -> list[Cells]:
    """Per planned table the hidden cells; `also` are cells of tables that are hidden besides.

    Raises Unsafe if hiding does not help.
    """
    also = dict(also)
    while True:
        hidden = _protected(counted, also)
        more = _derived(counted, hidden)
        if all(cells <= hidden[at] for at, cells in more.items()):
            return hidden
        for at, cells in more.items():
            also[at] = also.get(at, frozenset()) | cells


def _protected(counted: Counted, also: Mapping[int, Cells]) -> list[Cells]:
    """The hidden cells of all tables that are tied by people they share.

    Nobody knows how many left a question out, so that tables of different variables tell about
    each other only where cells are the same people, or some of them, by the survey's build: such
    tables are one system. Raises Unsafe if hiding does not help.
    """
    unshown = _spread(counted, list(counted.unshown))
    while True:
        ties = _ties(counted, unshown)
        hidden = [frozenset[Cell]()] * len(unshown)
        block: list[int] = []
        try:
            for block in blocks(len(unshown), ties.bonds):
                for place in _hidden(counted, block, ties, unshown, also):
                    hidden[place.at] |= {place.cell}
        except Unsafe as unsafe:
            unshown = _without(counted, unshown, unsafe.place, block)
            continue
        bases = [frozenset(c for c in cells if c.part == BASE) for cells in hidden]
        unshown = _spread(counted, bases)
        if unshown == bases:
            return hidden


def _derived(counted: Counted, hidden: list[Cells]) -> dict[int, Cells]:
    """The numbers of what was worked out from items that are not all shown, by table.

    An index or a total is a sum of its items, person by person: beside all items but one it tells
    about that one, and its own hidden number beside all of them. So its shares and means are shown
    where all of it and of them are: in the district, and breakdown by breakdown.
    """
    found: dict[int, Cells] = {}
    variables = [counts.variable for counts in counted.tallies]
    for at, derived in enumerate(variables):
        family = [at, *(item for item, one in enumerate(variables) if one.id in derived.of)]
        tables = [(item, counted.plan.tables[item].by) for item in family]
        cells: set[Cell] = set()
        for by, name in enumerate((None, *counted.plan.tables[at].by), start=DISTRICT):
            places = [
                (item, DISTRICT if name is None else names.index(name))
                for item, names in tables
                if name is None or name in names
            ]
            in_district = any(cell.by == DISTRICT for cell in cells)
            if in_district or any(cell.by == at_ for item, at_ in places for cell in hidden[item]):
                cells.update(_numbers(counted.tallies[at], by))
        if len(family) > 1 and cells:
            found[at] = frozenset(cells)
    return found


def _numbers(counts: Tally, by: int) -> Iterator[Cell]:
    """The shares and means of the district, or of a breakdown's groups."""
    rows = [DISTRICT] if by == DISTRICT else range(len(counts.groups[by]) - 1)
    for group in rows:
        yield from (Cell(by, group, part) for _, part in planned_parts(counts, Crowd(0, by, group)))
        if counts.variable.mean:
            yield Cell(by, group, MEAN)


def _without(counted: Counted, unshown: list[Cells], place: Place, block: list[int]) -> list[Cells]:
    """The bases not shown when all of a table is hidden, or of one that tells about it.

    Unsafe if all are already.
    """
    for at in (place.at, *block):
        if HOME not in unshown[at]:
            everything = all_bases(counted.tallies[at])
            return [cells | everything if to == at else cells for to, cells in enumerate(unshown)]
    raise Unsafe(place)


class _Ties(NamedTuple):
    """What holds between the tables: bonds, crowds whose number is shown, and hidden ones."""

    bonds: list[Bond]
    given: list[Crowd]
    wide: list[Crowd]


def _hidden(
    counted: Counted, block: list[int], ties: _Ties, unshown: list[Cells], also: Mapping[int, Cells]
) -> frozenset[Place]:
    """The hidden numbers of some tables that are one system, if need be from memory."""
    bonds = [bond for bond in ties.bonds if bond.terms[0][1].at in block]
    own = _Ties(
        bonds,
        [crowd for crowd in ties.given if crowd.at in block],
        [crowd for crowd in ties.wide if crowd.at in block],
    )
    settled = tuple((at, unshown[at], also.get(at, frozenset())) for at in block)
    key = (settled, tuple(own.bonds), tuple(own.given), tuple(own.wide))
    if key not in counted.solved:
        counted.solved[key] = _solved(counted, block, own, unshown, also)
    return counted.solved[key]


def _solved(
    counted: Counted, block: list[int], ties: _Ties, unshown: list[Cells], also: Mapping[int, Cells]
) -> frozenset[Place]:
    """The same, worked out; the ties are those of these tables alone."""
    tables = {at: counted.tallies[at] for at in block}
    least = {at: counted.limits[at].count for at in tables}
    system = joint_system(tables, ties.bonds, ties.given, least)
    kept: list[Secret] = []
    first = {Place(at, cell) for at in block for cell in also.get(at, ())}
    for at, counts in tables.items():
        kept += secrets(system, at, counts, counted.limits[at], unshown[at])
        first |= set(primary(at, counts, counted.limits[at], unshown[at]))
        system.given.extend(_weighted(counted, system, at, first))
    kept += left_over(system, ties.bonds, tables, max(least.values()))
    for crowd in ties.wide:
        low = least[crowd.at]
        place = Place(crowd.at, base_cell(crowd))
        kept.append(Secret(place, system.of(crowd), low - 1, low))
    return Problem(system, kept, first).hidden()


def _weighted(counted: Counted, system: System, at: int, hidden: set[Place]) -> Iterator[Matrix]:
    """What weighted shares of the district tell about groups in which all weigh the same.

    Other weights depend on the cross of breakdowns, which no table shows: then a weighted share is
    a sum of unknown parts of the counts that are taken as known anyway.
    """
    counts = counted.tallies[at]
    home = Crowd(at, DISTRICT, DISTRICT)
    for by, name in enumerate(counted.plan.tables[at].by):
        for codes, part in planned_parts(counts, home):
            if name in counted.weights and Place(at, Cell(DISTRICT, DISTRICT, part)) not in hidden:
                yield np.sum(
                    [
                        weight * system.of(Crowd(at, by, group, codes))
                        for group, weight in enumerate(counted.weights[name])
                    ],
                    axis=0,
                )


def _spread(counted: Counted, unshown: list[Cells]) -> list[Cells]:
    """The bases not shown, and those of the same people, or of all but few of a row, elsewhere."""
    unshown = list(unshown)
    for crowds in counted.links:
        bases = [crowd for crowd in crowds if is_base(crowd)]
        hidden = any(base_cell(crowd) in unshown[crowd.at] for crowd in bases)
        if hidden or any(_leaves_few(counted, crowd) for crowd in crowds):
            for crowd in bases:
                unshown[crowd.at] |= {base_cell(crowd)}
    return unshown


def _leaves_few(counted: Counted, crowd: Crowd) -> bool:
    """Whether few in the crowd's row are not of the crowd."""
    if is_base(crowd):
        return False
    row = _row(counted, crowd)
    others = int(row.sum() - row[list(crowd.codes)].sum())
    return 0 < others < counted.limits[crowd.at].count


def _ties(counted: Counted, unshown: list[Cells]) -> _Ties:
    """What a reader may know between tables, when these bases are not shown."""
    bonds, given, wide = list(counted.bonds), [], []
    for crowds in counted.links:
        parts = [crowd for crowd in crowds if not is_base(crowd)]
        bases = [crowd for crowd in crowds if is_base(crowd)]
        if parts and len({crowd.at for crowd in crowds}) <= _FEW_TABLES:
            # Two rows of one table are the same people by chance alone.
            first, *others = {crowd.at: crowd for crowd in reversed(crowds)}.values()
            bonds += [Bond(((1, first), (-1, crowd)), equal=True) for crowd in others]
        elif any(base_cell(crowd) not in unshown[crowd.at] for crowd in bases):
            given += parts
        else:
            wide += parts
    return _Ties(bonds, given + _outside(counted, unshown), wide)


def _outside(counted: Counted, unshown: list[Cells]) -> list[Crowd]:
    """Those outside all groups, where a reader may know how many: none, or not few."""
    return [
        Crowd(at, by, len(rows) - 1)
        for at, counts in enumerate(counted.tallies)
        for by, rows in enumerate(counts.groups)
        if HOME not in unshown[at] and not 0 < rows[-1].sum() < counted.limits[at].count
    ]


def blocks(tables: int, bonds: list[Bond]) -> list[list[int]]:
    """The tables in lists of those that are tied to each other."""
    pairs = [(bond.terms[0][1].at, crowd.at) for bond in bonds for _, crowd in bond.terms]
    ends = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    graph = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(tables, tables))
    parts = connected_components(graph, directed=False)[1]
    return [np.flatnonzero(parts == part).tolist() for part in range(parts.max(initial=-1) + 1)]


def _row(counted: Counted, crowd: Crowd) -> Counts:
    counts = counted.tallies[crowd.at]
    return counts.district if crowd.by == DISTRICT else counts.groups[crowd.by][crowd.group]
