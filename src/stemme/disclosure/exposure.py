"""What an attack found, held against the truth: which small counts it came too near to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

import numpy as np
import numpy.typing as npt

from stemme.disclosure.attacker.attack import FINER_WIDTH, Finding
from stemme.disclosure.attacker.findings import Record
from stemme.disclosure.attacker.printed import Breakdown, Nested, Panel, Publication, Row
from stemme.disclosure.plan import Coded, Plan

Counts = npt.NDArray[np.int64]


class Truth:
    """True counts, made when they are asked for."""

    def __init__(self, plan: Plan, coded: Coded) -> None:
        self.plan = plan
        self._coded = coded
        self._counts: dict[tuple[str, str | None], Counts] = {}

    def counts(self, variable: str, by: str | None) -> Counts:
        """Group by inner code, those outside all groups last; without `by` the district alone."""
        if (variable, by) not in self._counts:
            self._counts[variable, by] = self._count(variable, by)
        return self._counts[variable, by]

    def row(self, variable: str, by: str | None, group: str | None) -> Counts:
        """One row by inner code; `group` None is those outside all groups, or the district."""
        place = -1 if by is None or group is None else self.plan.breakdown(by).groups.index(group)
        return np.asarray(self.counts(variable, by)[place])

    def has(self, variable: str, records: Sequence[Record]) -> bool:
        """Whether there are so many different people, each with one of the records."""
        masks = [self._with(variable, record) for record in records]
        # Of one or two: each mask has somebody, and both together as many as there are records.
        together = np.any(masks, axis=0)
        return all(mask.any() for mask in masks) and int(together.sum()) >= len(records)

    def nested(self) -> Iterator[Nested]:
        """Every group that lies within one of another breakdown, in these answers at least."""
        for one, other in permutations(self.plan.breakdowns, 2):
            inner, outer = (self._coded.breakdowns[each.id] for each in (one, other))
            for group, name in enumerate(one.groups):
                within = np.unique(outer[inner == group])
                if len(within) == 1 and within[0] >= 0:
                    yield Nested(one.id, name, other.id, other.groups[int(within[0])])

    def _with(self, variable: str, record: Record) -> npt.NDArray[np.bool_]:
        """Who has a record: the answer, in all of its groups."""
        answers = self._coded.variables[variable]
        mask = np.ones(len(answers), dtype=np.bool_)
        for by, group, code in record:
            mask &= answers == code
            if by is not None:
                groups = self.plan.breakdown(by).groups
                place = -1 if group is None else groups.index(group)
                mask &= self._coded.breakdowns[by] == place
        return mask

    def _count(self, variable: str, by: str | None) -> Counts:
        codes = self.plan.variable(variable).codes
        answers = self._coded.variables[variable].astype(np.int64)
        size = 0 if by is None else len(self.plan.breakdown(by).groups)
        groups = np.full(len(answers), -1) if by is None else self._coded.breakdowns[by]
        rows = np.where(groups < 0, size, groups.astype(np.int64))
        there = answers >= 0
        flat = np.bincount(rows[there] * codes + answers[there], minlength=(size + 1) * codes)
        return flat.reshape(size + 1, codes)


def knowledge(truth: Truth, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that do not rest on a false belief about who named a group.

    Such a one is no knowledge, even where it is near the truth by luck. A breakdown's own belief
    counts: what is supposed of others hardly bears on it.
    """
    known = []
    for finding in findings:
        own = {by for by in finding.closed if by == finding.target.by}
        tabled = set(_breakdowns(truth.plan, finding.variable))
        wide = finding.closed & tabled
        if not any(truth.counts(finding.variable, by)[-1].any() for by in own or wide):
            known.append(finding)
    return known


def exposed(truth: Truth, known: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that tell too much about a small count.

    A planned number must be left a range of the threshold less one that reaches up to the
    threshold, a finer one a range of three. To a respondent, or two, no number may be exact. That
    is asked of those who took part: what would follow for one whom there is not, such as somebody
    who gave an answer that nobody gave, is not even true, and nobody can know it. Where only one or
    two are outside all groups, no range can be wider than they are many.
    """
    for finding in known:
        target = finding.target
        row = truth.row(target.variable, target.by, target.group)
        count, base = int(row[list(target.categories)].sum()), int(row.sum())
        if not finding.low <= count <= finding.high:
            continue
        variable = truth.plan.variable(target.variable)
        least = truth.plan.threshold(variable)
        none_too = variable.sensitive and target.planned
        finer = min(FINER_WIDTH, base) if target.by and target.group is None else FINER_WIDTH
        few = 0 < count < least or (none_too and count == 0 < base)
        if few and (_too_near(finding, least, finer) or _told(truth, finding)):
            yield finding


def informed(publication: Publication, truth: Truth, *, shares: bool) -> Publication:
    """What somebody reads to whom every shown base is its exact count, and every share if asked.

    No rounding tells more than that: who finds nothing here finds nothing by any percentage. Means
    stay as they are printed, unless they are weighted. Groups that lie within others are known.
    """

    def know(panel: Panel, by: str | None, row: Row) -> Row:
        if row.base is None:
            return row
        counts = truth.row(panel.variable, by, row.group)
        base = int(counts.sum())
        row = row._replace(base=(base, base), mean=None if publication.weighted else row.mean)
        if not shares:
            return row
        exact = [
            _exact(counts, members) if row.is_shown(place) else None
            for place, members in enumerate(row.sums)
        ]
        return row._replace(shares=(None,) * len(exact), counts=tuple(exact))

    panels = [
        panel._replace(
            district=know(panel, None, panel.district),
            breakdowns=tuple(
                Breakdown(each.name, tuple(know(panel, each.name, row) for row in each.rows))
                for each in panel.breakdowns
            ),
        )
        for panel in publication.panels
    ]
    nested = tuple(truth.nested())
    return publication._replace(panels=tuple(panels), weighted=False, nested=nested)


def _exact(counts: Counts, members: tuple[int, ...]) -> tuple[int, int]:
    count = int(counts[list(members)].sum())
    return count, count


def _too_near(finding: Finding, least: int, finer: int) -> bool:
    if not finding.target.planned:
        return finding.width < finer
    return finding.width < least - 1 or finding.high < least


def _told(truth: Truth, finding: Finding) -> bool:
    """Whether a respondent, or two, to whom a number is exact took part."""
    return any(truth.has(finding.variable, records) for records in finding.told)


def _breakdowns(plan: Plan, variable: str) -> tuple[str, ...]:
    return next((table.by for table in plan.tables if table.variable == variable), ())
