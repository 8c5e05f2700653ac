"""Sequential Phragmén: everybody earns at the same pace, and buys what their group can afford."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from stemme.panel.model import Allocation, Election, Purchase
from stemme.panel.rules.budget.support import Support, affordable, lost_to_budget, support


def phragmen(election: Election) -> Allocation:
    """Projects in the order their supporters can pay; ends when the next one breaks the budget.

    Los, Christoff and Grossi 2022 (arXiv 2203.12324): a project is bought at the time t at which
    its supporters' earnings since their own last purchase reach its cost.
    """
    known = support(election)
    bought, purchases = purchase_order(known, election.budget)
    return Allocation(
        tuple(known.name(at) for at in bought),
        sum((known.costs[at] for at in bought), Fraction(0)),
        election.budget,
        tuple(purchases),
        lost_to_budget(known, bought, election.budget),
    )


def purchase_order(
    known: Support, budget: Fraction, most: int | None = None
) -> tuple[list[int], list[Purchase]]:
    """Projects in order of purchase, at most `most` of them."""
    last = np.zeros(len(known.weights), dtype=np.int64)
    times = [Fraction(0)]
    bought: list[int] = []
    purchases: list[Purchase] = []
    spent = Fraction(0)
    open_ = affordable(known, budget)
    while open_ and (most is None or len(bought) < most):
        ready = {project: _time(known, project, last, times) for project in open_}
        soonest = min(ready.values())
        tied = [project for project in open_ if ready[project] == soonest]
        project = known.by_lot(tied)
        if spent + known.costs[project] > budget:
            break
        spent += known.costs[project]
        times.append(soonest)
        last[known.voters[project]] = len(times) - 1
        bought.append(project)
        open_.remove(project)
        lots = tuple(map(known.name, tied)) if len(tied) > 1 else ()
        purchases.append(
            Purchase(known.name(project), known.supporters(project), rate=soonest, lots=lots)
        )
    return bought, purchases


def _time(known: Support, project: int, last: np.ndarray, times: list[Fraction]) -> Fraction:
    """When the supporters can pay: (cost + sum of when each last paid) / supporters."""
    voters = known.voters[project]
    since = np.bincount(last[voters], weights=known.weights[voters], minlength=len(times))
    paid = sum((times[at] * int(number) for at, number in enumerate(since) if number), Fraction(0))
    return (known.costs[project] + paid) / known.supporters(project)
