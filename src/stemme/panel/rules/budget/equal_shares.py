"""Equal shares with a stated completion, and where every voter's money went."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from stemme.panel.model import Allocation, Election, Lost, Purchase, Score
from stemme.panel.rules.budget.greedy import fill
from stemme.panel.rules.budget.shares import Flags, Shares
from stemme.panel.rules.budget.support import Support, support
from stemme.panel.rules.budget.terms import Completion, Utility


def equal_shares(
    election: Election,
    completion: Completion = Completion.ADD1_GREEDY,
    *,
    utility: Utility | None = None,
    step: Fraction = Fraction(1),
) -> Allocation:
    """Projects by the Method of Equal Shares (equalshares.net), completed as stated beforehand.

    `step` is the unit of money a share rises by.
    """
    known = support(election, utility)
    run, steps = _raised(known, election, completion, step)
    winners = list(run.bought)
    further: list[Purchase] = []
    if completion in {Completion.GREEDY, Completion.ADD1_GREEDY}:
        winners, further = fill(known, winners, election.budget)
    return Allocation(
        tuple(map(known.name, winners)),
        sum((known.costs[at] for at in winners), Fraction(0)),
        election.budget,
        (*_purchases(run), *further),
        tuple(_lost(run, project) for project in range(len(known.costs)) if project not in winners),
        run.share,
        steps,
    )


def _raised(
    known: Support, election: Election, completion: Completion, step: Fraction
) -> tuple[Shares, int]:
    """The last run that keeps to the budget, and how often the share was raised for it."""
    share = election.budget / max(1, election.voters)
    run = Shares(known, share, election.budget)
    if completion not in {Completion.ADD1, Completion.ADD1_GREEDY}:
        return run, 0
    everything = {at for at, voters in enumerate(known.voters) if len(voters)}
    steps = 0
    while set(run.bought) != everything:
        # Above the whole budget in one pocket, a higher share changes nothing any more.
        if share > election.budget:
            break
        share += step
        raised = Shares(known, share, election.budget)
        if sum((known.costs[at] for at in raised.bought), Fraction(0)) > election.budget:
            break
        run, steps = raised, steps + 1
    return run, steps


def _purchases(run: Shares) -> list[Purchase]:
    found = []
    for turn, project in enumerate(run.bought):
        gains = run.known.gains[project]
        rate = run.rate(turn)
        cost = run.known.costs[project]
        worth = cost if run.known.utility == Utility.COST else Fraction(1)
        found.append(
            Purchase(
                run.known.name(project),
                run.known.supporters(project),
                rate,
                rate * worth * int(gains.max()),
                int(run.known.weights[run.drained[turn]].sum()),
                run.payers(turn),
                run.last(turn),
                tuple(map(run.known.name, run.lots[turn])),
            )
        )
    return found


def _lost(run: Shares, project: int) -> Lost:
    """What the supporters of a project had left in the end, and what they had paid to others."""
    mine = np.zeros(len(run.known.weights), dtype=np.bool_)
    mine[run.known.voters[project]] = True
    left = run.money_of(mine)
    spent = spending(run, mine)
    return Lost(
        run.known.name(project),
        run.known.supporters(project),
        left,
        max(Fraction(0), run.known.costs[project] - left),
        tuple(
            Score(run.known.name(other), sum_)
            for other, sum_ in sorted(spent.items(), key=lambda pair: -pair[1])
        ),
    )


def spending(run: Shares, who: Flags) -> dict[int, Fraction]:
    """What the flagged voters paid to each project; those who paid nothing to it left out."""
    spent: dict[int, Fraction] = {}
    for turn, project in enumerate(run.bought):
        paid = run.paid(turn, who)
        if paid:
            spent[project] = paid
    return spent
