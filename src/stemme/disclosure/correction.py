"""A release that corrects an earlier one of the same wave: both stay readable, so both count.

The people of the new one are those of the earlier, without who left and with who came; who changed
an answer or a group did both. Whoever subtracts one release from the other learns about these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from stemme.disclosure.attacker.attack import Finding
from stemme.disclosure.model import Release, SafeRow
from stemme.disclosure.percentage import band_of_tens
from stemme.disclosure.plan import Coded, Plan, PlanError, Table
from stemme.disclosure.protection import Cells, Counted, blocks
from stemme.disclosure.secrets import FINER_WIDTH, Secret, secrets
from stemme.disclosure.suppression import Problem
from stemme.disclosure.system import (
    BASE,
    DISTRICT,
    MEAN,
    TOP,
    Bond,
    Cell,
    Crowd,
    Place,
    System,
    joint_system,
)
from stemme.disclosure.tally import Counts, Tally, tallies

Places = npt.NDArray[np.intp]

_BEFORE, _CAME, _LEFT, _NOW = range(4)
"""The tables of a stacked system; the last is the sum of the first two without the third."""


class Earlier(Struct, frozen=True, eq=False):
    """The release that is corrected, and the answers it was made of.

    `same` has, per respondent of the new answers, the place in the earlier ones, -1 if there is
    none.
    """

    release: Release
    coded: Coded
    same: Places


class Change(Struct, frozen=True, eq=False):
    """Per planned table the counts before, and of those who came and who left."""

    before: list[Tally]
    came: list[Tally]
    left: list[Tally]

    def touches(self, at: int) -> bool:
        """Whether anybody in a table came or left."""
        tables = (self.came[at], self.left[at])
        return any(part.any() for table in tables for part in (table.district, *table.groups))

    def is_told(self, plan: Plan, finding: Finding) -> bool:
        """Whether a finding about who came, or left, is true of few and too near.

        The attacker supposes that nobody did the other; where somebody did, it is no knowledge.
        """
        target = finding.target
        at = next(at for at, t in enumerate(plan.tables) if t.variable == target.variable)
        moved, others = (self.left, self.came) if finding.gone else (self.came, self.left)
        row, none = moved[at].district, others[at].district
        if target.by is not None:
            by = plan.tables[at].by.index(target.by)
            names = plan.breakdown(target.by).groups
            group = len(names) if target.group is None else names.index(target.group)
            row, none = moved[at].groups[by][group], others[at].groups[by]
        count = int(row[list(target.categories)].sum())
        if none.any() or not 0 < count < finding.minimum:
            return False
        least = finding.minimum - 1 if target.planned else FINER_WIDTH
        low = target.planned and finding.high < finding.minimum
        return finding.low <= count <= finding.high and (finding.width < least or low)


def change(plan: Plan, coded: Coded, earlier: Earlier) -> Change:
    """What a correction changes; PlanError if it is of another plan or the places do not fit."""
    if earlier.release.plan != plan:
        raise PlanError(f"{plan.id}: a correction needs the plan of what it corrects")
    if earlier.release.corrects:
        raise PlanError(f"{plan.id}: a correction is not corrected again")
    old = {len(codes) for codes in earlier.coded.variables.values()}
    new = {len(codes) for codes in coded.variables.values()}
    known = earlier.same[earlier.same >= 0]
    if (
        new != {len(earlier.same)}
        or len(np.unique(known)) != len(known)
        or known.max(initial=-1) >= max(old, default=0)
    ):
        raise PlanError(f"{plan.id}: the earlier places of the respondents do not fit")
    before = tallies(plan, earlier.coded)
    pairs = [
        _moved(plan, table, counts, coded, earlier)
        for table, counts in zip(plan.tables, before, strict=True)
    ]
    return Change(before, [came for came, _ in pairs], [left for _, left in pairs])


def is_made_of(release: Release, coded: Coded) -> bool:
    """Whether answers are as many as a release shows of them, row by row."""
    try:
        counted = tallies(release.plan, coded)
    except PlanError:
        return False
    for table, counts in zip(release.plan.tables, counted, strict=True):
        rows = [(release.district(table.variable).district, int(counts.district.sum()))]
        for by, groups in zip(table.by, counts.groups, strict=True):
            shown = release.comparison(table.variable, by).groups
            rows += zip(shown, groups.sum(axis=1).tolist(), strict=False)
        if any(row.base not in {None, band_of_tens(base)} for row, base in rows):
            return False
    return True


def same_records(before: Coded, now: Coded) -> Places:
    """Per respondent a place among the earlier ones of the same answers and groups, -1 if none.

    Who is who is not known of two files, and need not be: people with the same answers count the
    same.
    """
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for at, record in enumerate(_records(before)):
        places[record].append(at)
    return np.array([places[r].pop() if places[r] else -1 for r in _records(now)], dtype=np.intp)


def _records(coded: Coded) -> list[bytes]:
    columns = [*coded.variables.items(), *coded.breakdowns.items()]
    table = np.array([codes for _, codes in sorted(columns, key=lambda one: one[0])], np.int16)
    return [record.tobytes() for record in np.ascontiguousarray(table.T)]


def _moved(
    plan: Plan, table: Table, counts: Tally, coded: Coded, earlier: Earlier
) -> tuple[Tally, Tally]:
    """Those of a table who came, and who left; in each breakdown by its own groups."""
    codes = len(counts.district)
    came: list[Counts] = []
    left: list[Counts] = []
    for by in [None, *table.by]:
        rows = 1 if by is None else len(plan.breakdown(by).groups) + 1
        new = _cells(coded, table.variable, by, rows, codes)
        old = _cells(earlier.coded, table.variable, by, rows, codes)
        matched = earlier.same >= 0
        kept = np.zeros(len(new), dtype=np.bool_)
        kept[matched] = new[matched] == old[earlier.same[matched]]
        stays = np.zeros(len(old), dtype=np.bool_)
        stays[earlier.same[kept]] = True
        for counted, cells in ((came, new[~kept]), (left, old[~stays])):
            flat = np.bincount(cells[cells >= 0], minlength=rows * codes)
            counted.append(flat.reshape(rows, codes))
    one, other = (Tally(counts.variable, parts[0][0], tuple(parts[1:])) for parts in (came, left))
    return one, other


def _cells(coded: Coded, variable: str, by: str | None, rows: int, codes: int) -> Places:
    """Per respondent the cell of a table, -1 for no answer."""
    answers = coded.variables[variable].astype(np.intp)
    if by is None:
        return answers
    groups = coded.breakdowns[by].astype(np.intp)
    return np.where(answers < 0, -1, np.where(groups < 0, rows - 1, groups) * codes + answers)


def kept_tables(
    counted: Counted, hidden: list[Cells], moved: Change, release: Release
) -> frozenset[int]:
    """The tables that keep their earlier numbers: those that nobody changed, and unsafe ones.

    Tables that are one system keep them together.
    """
    kept: set[int] = set()
    for block in blocks(len(hidden), counted.bonds):
        stack = [_stacked(counted, at, hidden[at], moved, release) for at in block]
        if not any(map(moved.touches, block)) or not all(stack):
            kept |= set(block)
    return frozenset(kept)


def _stacked(counted: Counted, at: int, hidden: Cells, moved: Change, release: Release) -> bool:
    """Whether a table is safe beside the earlier one: both systems on top of each other.

    How many came and left is taken as known, and nobody left who was not there.
    """
    tables = {_BEFORE: moved.before[at], _CAME: moved.came[at], _LEFT: moved.left[at]}
    own = [bond for bond in counted.bonds if {crowd.at for _, crowd in bond.terms} == {at}]
    bonds = [_copied(bond, copy) for bond in own for copy in tables]
    known = [Crowd(copy, DISTRICT, DISTRICT) for copy in (_CAME, _LEFT)]
    system = joint_system(tables, bonds, known)
    size = system.truth.size // 3
    for place, column in list(system.columns.items()):
        if place.at == _BEFORE:
            part = column[:size]
            system.columns[Place(_NOW, place.cell)] = np.concatenate([part, part, -part])
        else:
            del system.columns[place]
    unit = np.eye(size, dtype=np.int64)
    system.relations.extend(np.hstack([unit, np.zeros_like(unit), -unit]))
    before = _hidden_before(counted, at, release)
    unseen = {Place(_BEFORE, cell) for cell in before} | {Place(_NOW, cell) for cell in hidden}
    limits, counts = counted.limits[at], counted.tallies[at]
    guarded = list(secrets(system, _BEFORE, moved.before[at], limits, _bases(before)))
    alone = joint_system({0: counts})
    for secret in secrets(alone, 0, counts, limits, _bases(hidden)):
        members = np.concatenate([secret.members, secret.members, -secret.members])
        guarded.append(secret._replace(members=members))
    guarded += _of_few(system, moved.came[at], moved.left[at], limits.count)
    return Problem(system, guarded, ()).is_safe(frozenset(unseen))


def _copied(bond: Bond, at: int) -> Bond:
    terms = tuple((times, crowd._replace(at=at)) for times, crowd in bond.terms)
    return Bond(terms, bond.equal)


def _bases(cells: Cells) -> Cells:
    return frozenset(cell for cell in cells if cell.part == BASE)


def _of_few(system: System, came: Tally, left: Tally, least: int) -> Iterator[Secret]:
    """Those who came or left, where they are few: in a row, its share, and by single code."""
    planned = [(), tuple(came.top), tuple(came.rest)]
    finer = [(code,) for code in range(len(came.district))]
    tables = zip(
        [came.district[None, :], *came.groups], [left.district[None, :], *left.groups], strict=True
    )
    for by, (new, old) in enumerate(tables, start=DISTRICT):
        for group, row in enumerate(new + old):
            for codes in dict.fromkeys([*planned, *finer]):
                if 0 < (row[list(codes)].sum() if codes else row.sum()) < least:
                    group_ = DISTRICT if by == DISTRICT else group
                    members = sum(
                        (system.of(Crowd(copy, by, group_, codes)) for copy in (_CAME, _LEFT)),
                        np.zeros_like(system.truth),
                    )
                    width, height = (least - 1, least) if codes in planned else (FINER_WIDTH, 0)
                    yield Secret(Place(_CAME, Cell(by, group_, BASE)), members, width, height)


def _hidden_before(counted: Counted, at: int, release: Release) -> Cells:
    """What the earlier release hides of a table."""
    variable = counted.tallies[at].variable
    hidden = set(_hidden_in(release.district(variable.id).district, DISTRICT, DISTRICT, None))
    for by, name in enumerate(counted.plan.tables[at].by):
        table = release.comparison(variable.id, name)
        hidden |= set(_hidden_in(table.district, DISTRICT, DISTRICT, TOP))
        for group, row in enumerate(table.groups):
            hidden |= set(_hidden_in(row, by, group, TOP))
    return frozenset(hidden)


def _hidden_in(row: SafeRow, by: int, group: int, part: int | None) -> Iterator[Cell]:
    """The hidden cells of a row; `part` is that of its only share, None if it has all categories.

    Where the base is hidden, so is the share of the top categories.
    """
    for place, share in enumerate(row.percents):
        if share is None:
            yield Cell(by, group, place if part is None else part)
    if row.mean is None:
        yield Cell(by, group, MEAN)
    if row.base is None:
        yield from (Cell(by, group, other) for other in (BASE, TOP))
