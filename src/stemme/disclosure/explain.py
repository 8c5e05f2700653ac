"""What a plan comes to: how many numbers it has, and which groups are too small to be shown.

For those who write the plan: what is said of groups is no published number.
"""

from __future__ import annotations

from msgspec import Struct

from stemme.disclosure.plan import Coded, Plan


class Small(Struct, frozen=True):
    """A breakdown with groups below the threshold of bases.

    `below` are these groups; `merge` they and the smallest others, which together are enough.
    """

    by: str
    below: tuple[str, ...]
    merge: tuple[str, ...]


class Explanation(Struct, frozen=True):
    """How many numbers a plan has; with answers, the breakdowns that are too fine for them.

    `threshold` is the smallest base shown. `questions` are the variables that too few answered.
    """

    district_shares: int
    group_shares: int
    means: int
    threshold: int
    small: tuple[Small, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def numbers(self) -> int:
        """All planned numbers besides bases."""
        return self.district_shares + self.group_shares + self.means


def explain(plan: Plan, coded: Coded | None = None) -> Explanation:
    """The numbers of a plan, and what is too small; PlanError if the answers do not fit."""
    shares = groups = means = 0
    for table in plan.tables:
        variable = plan.variable(table.variable)
        rows = sum(len(plan.breakdown(by).groups) for by in table.by)
        shares += len(variable.categories)
        groups += rows
        means += (1 + rows) * variable.mean
    least = plan.base_threshold()
    if coded is None:
        return Explanation(shares, groups, means, least)
    used = {by for table in plan.tables for by in table.by}
    small = [_small(plan, coded, each.id) for each in plan.breakdowns if each.id in used]
    few = [
        table.variable
        for table in plan.tables
        if int((coded.variables[table.variable] >= 0).sum()) < least
    ]
    return Explanation(shares, groups, means, least, tuple(s for s in small if s.below), tuple(few))


def to_merge(plan: Plan, coded: Coded, by: str) -> tuple[str, ...]:
    """The groups of a breakdown that are best merged: those too small and the next smallest."""
    return _small(plan, coded, by).merge


def _small(plan: Plan, coded: Coded, by: str) -> Small:
    # The counting needs numpy, which a reader of plans does without.
    from stemme.disclosure.tally import group_sizes

    names, least = plan.breakdown(by).groups, plan.base_threshold()
    sizes = group_sizes(plan, coded, by).tolist()
    order = sorted(range(len(names)), key=lambda group: (sizes[group], group))
    below = [group for group in order if sizes[group] < least]
    merge: list[int] = []
    for group in order:
        if len(merge) >= max(2, len(below)) and sum(sizes[g] for g in merge) >= least:
            break
        merge.append(group)
    return Small(by, *(tuple(names[g] for g in sorted(some)) for some in (below, merge)))
