"""Several winners from rankings: the single transferable vote, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from msgspec import Struct

from stemme.panel.model import Ballot, Election, Outcome, Round, Score
from stemme.panel.rules import lot


def droop(votes: int, seats: int) -> Fraction:
    """The least whole number that only `seats` options can reach: votes/(seats+1), floored, plus 1.

    Norwegian student and organisation tools count blank votes in, so `votes` is the turnout.
    """
    return Fraction(floor(Fraction(votes, seats + 1)) + 1)


def two_thirds(votes: int) -> Fraction:
    """The qualified majority: the least whole number above two thirds of the votes, floored."""
    return Fraction(floor(Fraction(2 * votes, 3)) + 1)


def single_transferable_vote(
    election: Election, *, quota: Fraction | None = None, fill: bool = True
) -> Outcome:
    """Winners as they reach the quota; surpluses pass on as fractions of every vote involved.

    Weighted inclusive Gregory: a vote moves on with its value times surplus through sum. Where
    nobody reaches the quota the weakest leaves; ties go to who was weaker in the latest round in
    which they differed, then to the lot. With `fill`, seats go to those who are left when no more
    are left than seats; without, such seats stay empty, as the Norwegian tools have it.
    """
    needed = droop(election.voters, election.seats) if quota is None else quota
    return count(election, seats=election.seats, quota=needed, fill=fill)


class _Pile(Struct):
    """A ballot on its way: what it is worth now, and to which of its ranks it has come."""

    ballot: Ballot
    value: Fraction


class _Count:
    """The state between two rounds."""

    def __init__(self, election: Election, seats: int) -> None:
        self.election = election
        self.seats = seats
        self.standing = list(range(len(election.options)))
        self.piles = [_Pile(ballot, Fraction(ballot.weight)) for ballot in election.ballots]
        self.winners: list[int] = []
        self.history: list[dict[int, Fraction]] = []
        self.rounds: list[Round] = []

    def holders(self, pile: _Pile) -> tuple[int, ...]:
        """The options a vote is with: the best standing ones of its ranks."""
        for rank in pile.ballot.ranks:
            here = tuple(option for option in rank if option in self.standing)
            if here:
                return here
        return ()

    def tally(self) -> tuple[dict[int, Fraction], Fraction]:
        """What every standing option has, and what is with nobody any more."""
        scores = dict.fromkeys(self.standing, Fraction(0))
        exhausted = Fraction(0)
        for pile in self.piles:
            holders = self.holders(pile)
            for option in holders:
                scores[option] += pile.value / len(holders)
            if not holders:
                exhausted += pile.value
        return scores, exhausted

    def transfer(self, elected: dict[int, Fraction]) -> None:
        """Passes on the surplus of those elected; `elected` is the part of each vote that goes."""
        for pile in self.piles:
            holders = self.holders(pile)
            if holders:
                kept = sum(elected.get(option, Fraction(1)) for option in holders)
                pile.value *= Fraction(kept) / len(holders)
        self.standing = [option for option in self.standing if option not in elected]

    def weakest(self, scores: dict[int, Fraction]) -> tuple[int, list[int]]:
        """Who leaves, and those between whom the lot had to decide."""
        tied = _lowest(list(scores), scores)
        for earlier in reversed(self.history):
            if len(tied) == 1:
                break
            tied = _lowest(tied, earlier)
        return lot.last(self.election, tied), tied if len(tied) > 1 else []

    def note(
        self,
        state: tuple[dict[int, Fraction], Fraction],
        elected: list[int],
        eliminated: list[int],
        lots: list[int],
    ) -> None:
        scores, exhausted = state
        self.history.append(scores)
        self.rounds.append(
            Round(
                tuple(Score(self.name(at), score) for at, score in scores.items()),
                tuple(map(self.name, elected)),
                tuple(map(self.name, eliminated)),
                exhausted,
                tuple(map(self.name, lots)),
            )
        )

    def name(self, option: int) -> str:
        return self.election.options[option].id


def count(election: Election, *, seats: int, quota: Fraction | None, fill: bool = True) -> Outcome:
    """Rounds until the seats are taken; `quota` None is more than half of what still counts."""
    state = _Count(election, seats)
    while state.standing and len(state.winners) < seats:
        scores, exhausted = state.tally()
        needed = quota
        if needed is None:
            needed = Fraction(floor(sum(scores.values()) / 2) + 1)
        elected, lots = _reached(state, scores, needed)
        if not elected and fill and len(state.standing) <= seats - len(state.winners):
            elected = _by_score(election, state.standing, scores)
        eliminated: list[int] = []
        if not elected:
            weakest, lots = state.weakest(scores)
            eliminated = [weakest]
        state.note((scores, exhausted), elected, eliminated, lots)
        state.winners += elected
        parts = {
            option: max(Fraction(0), scores[option] - needed) / scores[option]
            if scores[option]
            else Fraction(0)
            for option in elected
        }
        if parts:
            state.transfer(parts)
        state.standing = [option for option in state.standing if option not in eliminated]
    return Outcome(tuple(map(state.name, state.winners)), rounds=tuple(state.rounds), quota=quota)


def _reached(
    state: _Count, scores: dict[int, Fraction], quota: Fraction
) -> tuple[list[int], list[int]]:
    """Those who reach the quota, the strongest first, no more than seats; ties by the lot."""
    reached = _by_score(
        state.election, [option for option in scores if scores[option] >= quota], scores
    )
    free = state.seats - len(state.winners)
    edge = reached[free - 1 : free + 1]
    lots: list[int] = []
    if len(edge) > 1 and scores[edge[0]] == scores[edge[1]]:
        lots = [option for option in reached if scores[option] == scores[edge[0]]]
    return reached[:free], lots


def _by_score(election: Election, options: list[int], scores: dict[int, Fraction]) -> list[int]:
    return sorted(lot.in_order(election, options), key=lambda option: -scores[option])


def _lowest(options: list[int], scores: dict[int, Fraction]) -> list[int]:
    least = min(scores[option] for option in options)
    return [option for option in options if scores[option] == least]
