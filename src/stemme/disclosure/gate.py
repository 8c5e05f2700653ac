"""The way through: counts, protection, whole percentages, and the attack that may refuse it all."""

from __future__ import annotations

from stemme.disclosure.model import (
    TOP,
    Header,
    Hidden,
    Release,
    SafeRow,
    SafeTable,
    content_digest,
    gate,
)
from stemme.disclosure.percentage import band_of_tens, whole_percent
from stemme.disclosure.plan import Coded, Plan, Table
from stemme.disclosure.protection import protect
from stemme.disclosure.system import BASE, DISTRICT, Cell
from stemme.disclosure import system
from stemme.disclosure.tally import Tally


def make_release(plan: Plan, coded: Coded, *, header: Header) -> Release:
    """The frozen release of a wave; raises PlanError or ReleaseRefused, and then nothing leaves."""
    protected = protect(plan, coded)
    with gate():
        tables: list[SafeTable] = []
        for table, (counts, hidden) in zip(plan.tables, protected, strict=True):
            tables += _safe_tables(plan, table, counts, hidden)
        shown = tuple(tables)
        return Release(header, plan, shown, _hidden(shown), None, content_digest(header, plan, shown))


def _safe_tables(plan: Plan, table: Table, counts: Tally, hidden: frozenset[Cell]) -> list[SafeTable]:
    variable = counts.variable
    places = range(len(variable.categories))
    top = counts.top
    district = _row(None, Cell(DISTRICT, DISTRICT, BASE), [(p, counts.district[p]) for p in places],
                    int(counts.district.sum()), hidden)
    safe = [SafeTable(variable.id, None, variable.categories, (district,))]
    for by, name in enumerate(table.by):
        rows = [_row(None, Cell(DISTRICT, DISTRICT, BASE), [(system.TOP, counts.district[top].sum())], int(counts.district.sum()), hidden)]
        for group, gid in enumerate(plan.breakdown(name).groups):
            c = counts.groups[by][group]
            rows.append(_row(gid, Cell(by, group, BASE), [(system.TOP, c[top].sum())], int(c.sum()), hidden))
        safe.append(SafeTable(variable.id, name, (TOP,), tuple(rows)))
    return safe


def _row(name, place, parts, base, hidden):
    if place in hidden:
        return SafeRow(name, None, (None,) * len(parts))
    return SafeRow(name, band_of_tens(base), tuple(
        None if place._replace(part=part) in hidden else whole_percent(int(count), base) for part, count in parts))


def _hidden(tables):
    d=[r.percents for t in tables if t.by is None for r in t.rows]
    g=[r.percents for t in tables if t.by is not None for r in t.groups]
    f=lambda x:sum(p is None for s in x for p in s)
    n=lambda x:sum(len(s) for s in x)
    return Hidden(f(d),n(d),f(g),n(g))
