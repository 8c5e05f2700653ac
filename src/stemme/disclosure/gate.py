"""The way through: counts, protection, whole percentages, and the attack that may refuse it all."""

from __future__ import annotations

import msgspec

from stemme.disclosure.attacker.attack import Finding, Verdict, attack, narrowest
from stemme.disclosure.explain import to_merge
from stemme.disclosure.exposure import Truth, exposed, knowledge
from stemme.disclosure.further import further
from stemme.disclosure.model import (
    Attack,
    Header,
    Hidden,
    Refusal,
    Release,
    ReleaseRefused,
    SafeTable,
    content_digest,
    gate,
)
from stemme.disclosure.plan import Coded, Plan
from stemme.disclosure.protection import Cells, Counted, count, protect
from stemme.disclosure.shown import Figures, Weights, figures, safe_tables
from stemme.disclosure.suppression import Unsafe
from stemme.disclosure.system import DISTRICT, Place


def make_release(
    plan: Plan, coded: Coded, *, header: Header, weights: Weights | None = None
) -> Release:
    """The frozen release of a wave; raises PlanError or ReleaseRefused, and then nothing leaves.

    `weights` are one positive number a respondent; they change what is shown, not what is hidden.
    What the attacker still comes too near to is protected by hiding more, and attacked again.
    """
    counted = count(plan, coded)
    truth = Truth(plan, coded)
    shown = [figures(plan, coded, counts, weights) for counts in counted.tallies]
    also: dict[int, Cells] = {}
    while True:
        try:
            hidden = protect(counted, also)
        except Unsafe as unsafe:
            raise _refusal(plan, coded, *_names(plan, unsafe.place)) from unsafe
        release = _release(counted, shown, hidden, header, weighted=weights is not None)
        verdict = attack(release.encode())
        known = knowledge(truth, verdict.findings)
        found = list(exposed(truth, known))
        if not found:
            with gate():
                return msgspec.structs.replace(release, attack=_report(verdict, known))
        for finding in found:
            at, cells = further(counted, hidden, finding)
            if cells <= also.get(at, frozenset()):
                raise _refusal(plan, coded, finding.variable, finding.target.by or "")
            also[at] = also.get(at, frozenset()) | cells


def _refusal(plan: Plan, coded: Coded, variable: str, by: str) -> ReleaseRefused:
    merge = to_merge(plan, coded, by) if by else ()
    return ReleaseRefused(Refusal.EXPOSED, variable, by, merge)


def _names(plan: Plan, place: Place) -> tuple[str, str]:
    table = plan.tables[place.at]
    return table.variable, "" if place.cell.by == DISTRICT else table.by[place.cell.by]


def _release(
    counted: Counted, shown: list[Figures], hidden: list[Cells], header: Header, *, weighted: bool
) -> Release:
    plan = counted.plan
    with gate():
        tables = tuple(
            safe
            for counts, numbers, cells in zip(counted.tallies, shown, hidden, strict=True)
            for safe in safe_tables(plan, counts, numbers, cells)
        )
        if all(table.district.base is None for table in tables):
            raise ReleaseRefused(Refusal.TOO_FEW)
        digest = content_digest(header, plan, tables, weighted=weighted)
        return Release(header, plan, tables, _hidden(plan, tables), None, digest, weighted)


def _hidden(plan: Plan, tables: tuple[SafeTable, ...]) -> Hidden:
    """How much of the plan is not shown; the district's row beside groups is no number more."""
    district = [share for table in tables if table.by is None for share in table.district.percents]
    rows = [row for table in tables if table.by is not None for row in table.groups]
    groups = [share for row in rows for share in row.percents]
    means = [
        row.mean
        for table in tables
        if plan.variable(table.variable).mean
        for row in (table.groups if table.by is not None else table.rows)
    ]
    return Hidden(
        *(district.count(None), len(district), groups.count(None), len(groups)),
        *(means.count(None), len(means)),
    )


def _report(verdict: Verdict, known: list[Finding]) -> Attack:
    tried = tuple(means.value for means in verdict.tried)
    anybody, insider, coalition = map(_whole, narrowest(known))
    cells = len(verdict.findings)
    return Attack(tried, cells, anybody, insider, coalition, verdict.pinned)


def _whole(width: float | None) -> int | None:
    """A width that is not finite is no bound at all, so nothing to report."""
    return None if width is None or width == float("inf") else int(width)
