"""A release in the making: its tables as they would be shown, and what an attack means for it."""

from __future__ import annotations

from collections.abc import Iterator

from stemme.disclosure.attacker.attack import Finding, Verdict
from stemme.disclosure.correction import Earlier, change, kept_tables
from stemme.disclosure.exposure import Truth, exposed, knowledge
from stemme.disclosure.model import (
    Header,
    Hidden,
    Kind,
    Refusal,
    Release,
    ReleaseRefused,
    SafeTable,
    content_digest,
    gate,
)
from stemme.disclosure.plan import Coded, Plan, PlanError
from stemme.disclosure.protection import Cells, blocks, count
from stemme.disclosure.shown import Weights, figures, safe_tables


class Draft:
    """The numbers of a release, and of the one it corrects if there is one."""

    def __init__(
        self,
        plan: Plan,
        coded: Coded,
        header: Header,
        weights: Weights | None,
        earlier: Earlier | None,
    ) -> None:
        self.counted = count(plan, coded, weights)
        self._plan = plan
        self._header = header
        self._earlier = earlier
        self._figures = [figures(plan, coded, each, weights) for each in self.counted.tallies]
        self._change = None if earlier is None else change(plan, coded, earlier)
        self._truth = Truth(plan, coded)
        self._before = None if earlier is None else Truth(plan, earlier.coded)
        self._kept: frozenset[int] = frozenset()
        self._weighted = weights is not None
        if earlier is not None and earlier.release.weighted != self._weighted:
            raise PlanError(f"{plan.id}: a correction is weighted as what it corrects")

    def keep(self, at: int) -> bool:
        """Keeps the earlier numbers of a table and of those tied to it; False if there are none."""
        if self._earlier is None or at in self._kept:
            return False
        block = next(b for b in blocks(len(self._figures), self.counted.bonds) if at in b)
        self._kept |= set(block)
        return True

    def release(self, hidden: list[Cells]) -> Release:
        """What would be published, without the attack; ReleaseRefused if that is nothing."""
        plan, corrects = self._plan, ""
        if self._earlier is not None and self._change is not None:
            before = self._earlier.release
            self._kept |= kept_tables(self.counted, hidden, self._change, before)
            corrects = before.digest
        kept = tuple(plan.tables[at].variable for at in sorted(self._kept))
        with gate():
            tables = tuple(
                table for at, cells in enumerate(hidden) for table in self._tables(at, cells)
            )
            if all(table.district.base is None for table in tables):
                raise ReleaseRefused(Refusal.TOO_FEW)
            kind = Kind(self._weighted, corrects, kept)
            digest = content_digest(self._header, plan, tables, kind)
            numbers = _hidden(plan, tables)
            return Release(
                self._header, plan, tables, numbers, None, digest, self._weighted, corrects, kept
            )

    def _tables(self, at: int, hidden: Cells) -> Iterator[SafeTable]:
        if self._earlier is not None and at in self._kept:
            variable = self._plan.tables[at].variable
            yield self._earlier.release.district(variable)
            yield from self._earlier.release.comparisons(variable)
        else:
            yield from safe_tables(self._plan, self.counted.tallies[at], self._figures[at], hidden)

    def exposed(self, verdict: Verdict) -> Iterator[Finding]:
        """The findings that tell too much, of the answers, the earlier ones, or the difference.

        What is kept was judged before, alone; what it tells beside new numbers is judged again.
        """
        kept = {self._plan.tables[at].variable for at in self._kept}
        alone = [finding for finding in verdict.findings if not finding.is_of_difference]
        new = [finding for finding in alone if finding.variable not in kept]
        yield from exposed(self._truth, knowledge(self._truth, new))
        if self._before is not None and self._change is not None:
            yield from exposed(self._before, knowledge(self._before, alone))
            for finding in verdict.findings:
                if finding.is_of_difference and self._change.is_told(self._plan, finding):
                    yield finding


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
