"""The rule most places use: the most votes first, as long as the money lasts."""

from __future__ import annotations

from fractions import Fraction

from stemme.panel.model import Allocation, Election, Purchase
from stemme.panel.rules import simple
from stemme.panel.rules.budget.support import Support, lost_to_budget, support


def greedy(election: Election) -> Allocation:
    """Projects by votes or points; one that no longer fits is passed over. Nobody's choice: out."""
    known = support(election)
    winners, purchases = fill(known, [], election.budget)
    cost = sum((known.costs[at] for at in winners), Fraction(0))
    return Allocation(
        tuple(known.name(at) for at in winners),
        cost,
        election.budget,
        tuple(purchases),
        lost_to_budget(known, winners, election.budget),
    )


def fill(known: Support, winners: list[int], budget: Fraction) -> tuple[list[int], list[Purchase]]:
    """The winners and, with what is left of the budget, further projects by votes or points."""
    scores = simple.totals(known.election)
    left = budget - sum((known.costs[at] for at in winners), Fraction(0))
    chosen, purchases = list(winners), []
    order = sorted(
        (at for at in range(len(scores)) if scores[at] > 0 and at not in winners),
        key=lambda at: (-scores[at], int(known.places[at])),
    )
    for project in order:
        if known.costs[project] <= left:
            left -= known.costs[project]
            chosen.append(project)
            tied = [at for at in order if scores[at] == scores[project]]
            lots = tuple(known.name(at) for at in tied) if len(tied) > 1 else ()
            purchases.append(Purchase(known.name(project), known.supporters(project), lots=lots))
    return chosen, purchases
