"""What an attack found, held against the truth: which small counts it came too near to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stemme.disclosure.attacker.attack import FINER_WIDTH, Finding
from stemme.disclosure.plan import Plan
from stemme.disclosure.tally import Tally


def knowledge(
    plan: Plan, tallies: Mapping[str, Tally], findings: tuple[Finding, ...]
) -> list[Finding]:
    """The findings that do not rest on a false belief about who named a group.

    Such a one is no knowledge, even where it is near the truth by luck. A breakdown's own belief
    counts: what is supposed of others hardly bears on it.
    """
    known = []
    for finding in findings:
        own = {by for by in finding.closed if by == finding.target.by}
        counts = tallies[finding.variable]
        if all(_all_named(plan, counts, by) for by in own or finding.closed):
            known.append(finding)
    return known


def exposed(plan: Plan, tallies: Mapping[str, Tally], known: list[Finding]) -> Iterator[Finding]:
    """The findings that tell too much about a small count.

    A planned number must be left a range of the threshold less one that reaches up to the
    threshold, a finer one a range of three; to an insider no number may be exact.
    """
    for finding in known:
        counts = tallies[finding.variable]
        count, base = _truth(plan, counts, finding)
        if not finding.low <= count <= finding.high:
            continue
        least = plan.threshold(counts.variable)
        none_too = counts.variable.sensitive and finding.target.planned
        if (0 < count < least or (none_too and count == 0 < base)) and _too_near(finding, least):
            yield finding


def _too_near(finding: Finding, least: int) -> bool:
    if not finding.target.planned:
        return finding.width < FINER_WIDTH
    insider = finding.insider is not None and finding.insider < 1
    return finding.width < least - 1 or finding.high < least or insider


def _truth(plan: Plan, counts: Tally, finding: Finding) -> tuple[int, int]:
    """The true count of what was sought, and the base of its row."""
    row = counts.district
    target = finding.target
    if target.by is not None:
        groups = plan.breakdown(target.by).groups
        group = -1 if target.group is None else groups.index(target.group)
        row = counts.groups[_place(plan, counts, target.by)][group]
    return int(row[list(target.categories)].sum()), int(row.sum())


def _all_named(plan: Plan, counts: Tally, by: str) -> bool:
    return not counts.groups[_place(plan, counts, by)][-1].any()


def _place(plan: Plan, counts: Tally, by: str) -> int:
    table = next(table for table in plan.tables if table.variable == counts.variable.id)
    return table.by.index(by)
