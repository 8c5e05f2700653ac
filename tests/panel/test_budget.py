"""Equal shares against a slow count in fractions, and the rules' promises on random elections."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stemme.panel.model import Ballot, Election, Kind, Option
from stemme.panel.rules.budget.equal_shares import equal_shares
from stemme.panel.rules.budget.greedy import greedy
from stemme.panel.rules.budget.phragmen import phragmen
from stemme.panel.rules.budget.shares import Shares
from stemme.panel.rules.budget.support import support
from stemme.panel.rules.budget.terms import Completion, Utility


@st.composite
def elections(draw: st.DrawFn, *, points: bool = False) -> Election:
    """Small elections with many ties: a few costs, a few voters, some of them alike."""
    size = draw(st.integers(2, 6))
    costs = draw(st.lists(st.sampled_from([1, 2, 3, 4, 6, 10]), min_size=size, max_size=size))
    ballots = []
    for _ in range(draw(st.integers(1, 9))):
        chosen = tuple(sorted(draw(st.sets(st.integers(0, size - 1), min_size=1))))
        weight = draw(st.integers(1, 2))
        if points:
            given_ = tuple(draw(st.integers(1, 3)) for _ in chosen)
            ballots.append(Ballot(tuple((at,) for at in chosen), given_, weight))
        else:
            ballots.append(Ballot((chosen,), (), weight))
    return Election(
        Kind.POINTS if points else Kind.APPROVAL,
        tuple(Option(str(at), cost=Fraction(cost)) for at, cost in enumerate(costs)),
        tuple(ballots),
        tuple(draw(st.permutations(range(size)))),
        budget=Fraction(draw(st.integers(3, 20))),
    )


def slow_shares(
    election: Election, utility: Utility, share: Fraction
) -> tuple[list[int], Fraction]:
    """The rule as its authors define it, voter by voter in fractions: purchases, and money left."""
    voters = [
        dict(zip(ballot.chosen, ballot.points or (1,) * len(ballot.chosen), strict=True))
        for ballot in election.ballots
        for _ in range(ballot.weight)
    ]
    money = [share] * len(voters)
    open_ = [at for at, option in enumerate(election.options) if option.cost <= election.budget]
    bought: list[int] = []

    def gain(voter: int, project: int) -> Fraction:
        points = 1 if utility == Utility.COUNT else voters[voter].get(project, 0)
        return points * (election.options[project].cost if utility == Utility.COST else Fraction(1))

    while True:
        rates = {}
        for project in open_:
            group = [at for at, voter in enumerate(voters) if project in voter]
            cost = election.options[project].cost
            if not group or sum(money[at] for at in group) < cost:
                continue
            group.sort(key=lambda at: money[at] / gain(at, project))
            power = sum(gain(at, project) for at in group)
            for at in group:
                if money[at] * power >= cost * gain(at, project):
                    break
                cost -= money[at]
                power -= gain(at, project)
            rates[project] = cost / power
        if not rates:
            return bought, sum(money, Fraction(0))
        best = min(rates.values())
        project = next(at for at in election.lot if rates.get(at) == best)
        for at, voter in enumerate(voters):
            if project in voter:
                money[at] -= min(money[at], best * gain(at, project))
        bought.append(project)
        open_.remove(project)


@settings(max_examples=150, deadline=None)
@given(elections(), st.sampled_from([Utility.COST, Utility.COUNT]))
def test_equal_shares_is_exact(election: Election, utility: Utility) -> None:
    """The fast count buys the same projects in the same order and leaves the same money."""
    known = support(election, utility)
    share = election.budget / election.voters
    run = Shares(known, share, election.budget)
    everybody = np.ones(len(known.weights), dtype=np.bool_)
    assert (run.bought, run.money_of(everybody)) == slow_shares(election, utility, share)


@settings(max_examples=100, deadline=None)
@given(elections(points=True))
def test_equal_shares_of_points_is_exact(election: Election) -> None:
    """The same holds where voters gave points."""
    known = support(election)
    share = election.budget / election.voters
    run = Shares(known, share, election.budget)
    everybody = np.ones(len(known.weights), dtype=np.bool_)
    assert (run.bought, run.money_of(everybody)) == slow_shares(election, Utility.POINTS, share)


@settings(max_examples=100, deadline=None)
@given(elections())
def test_money_adds_up(election: Election) -> None:
    """No rule spends more than the budget; what everybody paid is what the projects cost."""
    for allocation in (
        greedy(election),
        phragmen(election),
        *(equal_shares(election, completion) for completion in Completion),
    ):
        costs = {option.id: option.cost for option in election.options}
        assert sum(costs[winner] for winner in allocation.winners) == allocation.cost
        assert allocation.cost <= allocation.budget
        assert {one.option for one in allocation.purchases} == set(allocation.winners)
        assert {one.option for one in allocation.lost} == set(costs) - set(allocation.winners)
    known = support(election)
    run = Shares(known, election.budget / election.voters, election.budget)
    everybody = np.ones(len(known.weights), dtype=np.bool_)
    paid = [run.paid(turn, everybody) for turn in range(len(run.bought))]
    assert paid == [known.costs[project] for project in run.bought]
