"""The way through: counts, protection, whole percentages, and the attack that may refuse it all."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from stemme.disclosure import system
from stemme.disclosure.attacker.attack import Finding, Verdict, attack, narrowest
from stemme.disclosure.exposure import Truth, exposed, knowledge
from stemme.disclosure.model import (
    TOP,
    Attack,
    Header,
    Hidden,
    Refusal,
    Release,
    ReleaseRefused,
    SafeRow,
    SafeTable,
    content_digest,
    gate,
)
from stemme.disclosure.percentage import band_of_tens, whole_percent
from stemme.disclosure.plan import Coded, Plan, Table
from stemme.disclosure.protection import Counted, count, few_outside, protect
from stemme.disclosure.system import BASE, DISTRICT, Cell
from stemme.disclosure.tally import Counts, Tally


def make_release(plan: Plan, coded: Coded, *, header: Header) -> Release:
    """The frozen release of a wave; raises PlanError or ReleaseRefused, and then nothing leaves.

    Those who named no group are protected by a hidden share where they are few, else by rounding,
    which only the attacker can judge: where it is not enough, one more group is hidden and the
    attack repeated.
    """
    counted = count(plan, coded)
    truth = Truth(plan, coded)
    masked = few_outside(counted)
    while True:
        release = _release(counted, protect(counted, masked), header)
        verdict = attack(release.encode())
        known = knowledge(truth, verdict.findings)
        found = list(exposed(truth, known))
        if not found:
            with gate():
                return msgspec.structs.replace(release, attack=_report(verdict, known))
        for finding in found:
            if finding.target.by is None or finding.target.group is not None:
                raise ReleaseRefused(Refusal.EXPOSED, finding.variable, finding.target.by or "")
        for place in {(finding.variable, str(finding.target.by)) for finding in found}:
            masked[place] = masked.get(place, 0) + 1
            if masked[place] > len(plan.breakdown(place[1]).groups) + 1:
                raise ReleaseRefused(Refusal.EXPOSED, *place)


def _release(counted: Counted, hidden: list[frozenset[Cell]], header: Header) -> Release:
    plan = counted.plan
    with gate():
        tables = tuple(
            safe
            for table, counts, cells in zip(plan.tables, counted.tallies, hidden, strict=True)
            for safe in _safe_tables(plan, table, counts, cells)
        )
        if all(table.district.base is None for table in tables):
            raise ReleaseRefused(Refusal.TOO_FEW)
        digest = content_digest(header, plan, tables)
        return Release(header, plan, tables, _hidden(tables), None, digest)


def _safe_tables(
    plan: Plan, table: Table, counts: Tally, hidden: frozenset[Cell]
) -> Iterator[SafeTable]:
    variable = counts.variable
    home = Cell(DISTRICT, DISTRICT, BASE)
    categories = tuple(range(len(variable.categories)))
    row = _safe_row(
        None, home, counts.district, [(variable.members(p), p) for p in categories], hidden
    )
    yield SafeTable(variable.id, None, variable.categories, (row,))
    top = [(tuple(counts.top), system.TOP)]
    for by, name in enumerate(table.by):
        rows = [_safe_row(None, home, counts.district, top, hidden)]
        for group, label in enumerate(plan.breakdown(name).groups):
            place = Cell(by, group, BASE)
            rows.append(_safe_row(label, place, counts.groups[by][group], top, hidden))
        yield SafeTable(variable.id, name, (TOP,), tuple(rows))


def _safe_row(
    group: str | None,
    place: Cell,
    counts: Counts,
    columns: list[tuple[tuple[int, ...], int]],
    hidden: frozenset[Cell],
) -> SafeRow:
    """A row as shown; `columns` are the categories of each share, and its part of the row."""
    if place in hidden:
        return SafeRow(group, None, (None,) * len(columns))
    base = int(counts.sum())
    shares = (
        None
        if place._replace(part=part) in hidden
        else whole_percent(int(counts[list(members)].sum()), base)
        for members, part in columns
    )
    return SafeRow(group, band_of_tens(base), tuple(shares))


def _hidden(tables: tuple[SafeTable, ...]) -> Hidden:
    district = [share for table in tables if table.by is None for share in table.district.percents]
    groups = [
        share
        for table in tables
        if table.by is not None
        for row in table.groups
        for share in row.percents
    ]
    return Hidden(district.count(None), len(district), groups.count(None), len(groups))


def _report(verdict: Verdict, known: list[Finding]) -> Attack:
    tried = tuple(means.value for means in verdict.tried)
    widths = narrowest(known)
    return Attack(tried, len(verdict.findings), _whole(widths.anybody), _whole(widths.insider))


def _whole(width: float | None) -> int | None:
    """A width that is not finite is no bound at all, so nothing to report."""
    return None if width is None or width == float("inf") else int(width)
