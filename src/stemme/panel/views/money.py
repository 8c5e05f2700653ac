"""Where the money came from, why a project got none, and what was nearest."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from stemme.panel.model import Allocation, Election, Lost, Purchase
from stemme.panel.rules import simple
from stemme.panel.views import adding
from stemme.panel.views.single import order, tie
from stemme.panel.views.story import Missed, Money, Move, Paid, Tie, Why

PLACE = 100
"""What a place in a committee costs, in money that is only there to explain."""


def money(election: Election, rule: str, result: Allocation) -> Money:
    """The purchases in order and the projects that missed, nearest to the money first."""
    scale = PLACE if rule.startswith("committee-") else 1
    told = _Telling(election, rule, result, scale)
    missed = sorted(map(told.missed, result.lost), key=told.distance)
    share = None if result.share is None else result.share * scale
    return Money(
        result.budget * scale,
        result.cost * scale,
        told.paid(),
        tuple(missed),
        share,
        None if share is None else result.budget * scale / max(1, election.voters),
        result.steps,
        next((one for one in missed if one.why in {"short", "room"}), None),
    )


class _Telling:
    """What the sentences of one allocation need to look up."""

    def __init__(self, election: Election, rule: str, result: Allocation, scale: int) -> None:
        self.election, self.rule, self.result, self.scale = election, rule, result, scale
        unit = rule.startswith("committee-")
        self.costs = {
            option.id: Fraction(scale) if unit else option.cost for option in election.options
        }
        self.budget = result.budget * scale
        self.places = order(election)
        ids = [option.id for option in election.options]
        self.scores = dict(zip(ids, simple.totals(election), strict=True))

    def paid(self) -> tuple[Paid, ...]:
        left = self.budget
        found = []
        for at, one in enumerate(self.result.purchases):
            left -= self.costs[one.option]
            found.append(self._paid(one, left, self.result.purchases[at:]))
        return tuple(found)

    def _paid(self, one: Purchase, left: Fraction, rest: Sequence[Purchase]) -> Paid:
        cost = self.costs[one.option]
        last = adding.whole(one.last * self.scale)
        counted = one.payment is not None
        return Paid(
            one.option,
            cost,
            one.supporters,
            left,
            payers=one.payers,
            payment=(one.payment or Fraction(0)) * self.scale,
            even=one.payment == (cost - one.last * self.scale) / max(1, one.payers) / self.scale,
            full=cost - last if counted else Fraction(0),
            paid_less=one.paid_less,
            last=last,
            broke=one.supporters - one.payers - one.paid_less if counted else 0,
            completed=not counted and self.rule != "greedy" and one.supporters > 0,
            unchosen=not one.supporters,
            tie=self._tie(one, rest),
        )

    def _tie(self, one: Purchase, rest: Sequence[Purchase]) -> Tie | None:
        """What the lot decided, where it made a difference to who got money.

        Those bought before this one were no longer in it when the lot was asked.
        """
        lost = {other.option for other in self.result.lost}
        if lost.isdisjoint(one.lots):
            return None
        open_ = lost | {other.option for other in rest}
        return tie(self.election, [at for at in one.lots if at in open_], [one.option])

    def missed(self, one: Lost) -> Missed:
        cost = self.costs[one.option]
        if one.left is None:
            left = self._left_at_turn(one.option)
            return Missed(
                one.option,
                cost,
                one.supporters,
                self._why(one, enough=True),
                adding.whole(left),
                cost - adding.whole(left),
            )
        sums = [spent.score * self.scale for spent in one.spent]
        *spent, left = adding.parts([*sums, one.left * self.scale])
        why = self._why(one, enough=one.left * self.scale >= cost)
        short = cost - left if why == "short" else cost - (self.budget - self._cost())
        return Missed(
            one.option,
            cost,
            one.supporters,
            why,
            left,
            max(Fraction(0), short),
            left + sum(spent, Fraction(0)),
            tuple(
                Move(to.option, amount)
                for to, amount in zip(one.spent, spent, strict=True)
                if amount
            ),
        )

    def _why(self, one: Lost, *, enough: bool) -> Why:
        if not one.supporters:
            return "nobody"
        if self.costs[one.option] > self.budget:
            return "dear"
        return "room" if enough else "short"

    def _left_at_turn(self, option: str) -> Fraction:
        """What the pot still had when all with more votes had been looked at."""
        mine = -self.scores[option], self.places[option]
        before = (
            self.costs[one]
            for one in self.result.winners
            if (-self.scores[one], self.places[one]) < mine
        )
        return self.budget - sum(before, Fraction(0))

    def _cost(self) -> Fraction:
        return self.result.cost * self.scale

    @staticmethod
    def distance(one: Missed) -> tuple[bool, Fraction, Fraction]:
        return one.why in {"nobody", "dear"}, one.missing, -Fraction(one.supporters)
