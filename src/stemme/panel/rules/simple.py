"""Counts in one step: yes or no, approval, points, first choices; and what makes a vote valid."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from stemme.panel.model import Election, Kind, Outcome, Score
from stemme.panel.rules import lot

MAJORITY = Fraction(1, 2)
TWO_THIRDS = Fraction(2, 3)


def quorate(election: Election, roll: int, quorum: Fraction) -> bool:
    """Whether enough of the roll voted; a blank vote is a vote."""
    return election.voters >= quorum * roll


def approval(election: Election) -> Outcome:
    """The options that most voters chose, as many as there are seats."""
    return _top(election, votes(election))


def points(election: Election) -> Outcome:
    """The options with the most points."""
    return _top(election, totals(election))


def plurality(election: Election) -> Outcome:
    """The option most voters put first; voters with several in the first place count for none."""
    scores = [Fraction(0)] * len(election.options)
    for ballot in election.ballots:
        if ballot.ranks and len(ballot.ranks[0]) == 1:
            scores[ballot.ranks[0][0]] += ballot.weight
    return _top(election, scores)


def yes_no(election: Election, share: Fraction = MAJORITY) -> Outcome:
    """Whether the first option, yes, has more than `share` of the yes and no votes.

    For two thirds and the like the share itself is enough. Blank votes are on no side. A tie falls.
    """
    scores = votes(election)
    cast = sum(scores)
    won = scores[0] > cast * share if share == MAJORITY else scores[0] >= cast * share > 0
    winners = (election.options[0 if won else 1].id,) if cast else ()
    return Outcome(winners, scores=_scores(election, scores))


def votes(election: Election) -> list[Fraction]:
    """Voters who chose each option, by the order of options."""
    scores = [Fraction(0)] * len(election.options)
    for ballot in election.ballots:
        for option in ballot.chosen:
            scores[option] += ballot.weight
    return scores


def totals(election: Election) -> list[Fraction]:
    """Points of each option; in an election without points, its votes."""
    if election.kind != Kind.POINTS:
        return votes(election)
    scores = [Fraction(0)] * len(election.options)
    for ballot in election.ballots:
        for option, given in zip(ballot.chosen, ballot.points, strict=True):
            scores[option] += given * ballot.weight
    return scores


def _top(election: Election, scores: list[Fraction]) -> Outcome:
    order = sorted(lot.in_order(election, range(len(scores))), key=lambda at: -scores[at])
    winners = order[: election.seats]
    edge = scores[winners[-1]] if winners else None
    beside = {at for at in order[election.seats :] if scores[at] == edge}
    tied = [at for at in order if scores[at] == edge] if beside else []
    return Outcome(
        tuple(election.options[at].id for at in winners),
        scores=_scores(election, scores),
        lots=tuple(election.options[at].id for at in tied),
    )


def _scores(election: Election, scores: list[Fraction]) -> tuple[Score, ...]:
    return tuple(
        Score(option.id, score) for option, score in zip(election.options, scores, strict=True)
    )


Rule = Callable[[Election], Outcome]
