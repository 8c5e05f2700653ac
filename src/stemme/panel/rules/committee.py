"""Several winners from approvals, so that every group of voters gets its fair part."""

from __future__ import annotations

from fractions import Fraction

from msgspec import structs

from stemme.panel.model import Allocation, Election, Purchase
from stemme.panel.rules import lot
from stemme.panel.rules.budget.equal_shares import equal_shares
from stemme.panel.rules.budget.phragmen import allocation
from stemme.panel.rules.budget.support import support
from stemme.panel.rules.budget.terms import Completion, Utility


def sequential_phragmen(election: Election) -> Allocation:
    """As many options as there are seats, by Phragmén's sequential rule; each costs one."""
    unit = _unit(election)
    return _filled(allocation(support(unit, Utility.COUNT), unit.budget), unit)


def equal_shares_committee(
    election: Election, completion: Completion = Completion.GREEDY
) -> Allocation:
    """As many options as there are seats, by equal shares; each costs one."""
    unit = _unit(election)
    return _filled(equal_shares(unit, completion, utility=Utility.COUNT), unit)


def _unit(election: Election) -> Election:
    options = tuple(structs.replace(option, cost=Fraction(1)) for option in election.options)
    return structs.replace(election, options=options, budget=Fraction(election.seats))


def _filled(counted: Allocation, election: Election) -> Allocation:
    """Gives seats that are left to options nobody chose, by the lot."""
    unchosen = [
        election.options[at].id
        for at in lot.in_order(election, range(len(election.options)))
        if not any(at in ballot.chosen for ballot in election.ballots)
    ]
    seats = unchosen[: election.seats - len(counted.winners)]
    drawn = tuple(unchosen) if len(unchosen) > len(seats) else ()
    return structs.replace(
        counted,
        winners=(*counted.winners, *seats),
        cost=counted.cost + len(seats),
        purchases=(*counted.purchases, *(Purchase(option, 0, lots=drawn) for option in seats)),
        lost=tuple(one for one in counted.lost if one.option not in seats),
    )
