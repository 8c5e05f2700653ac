"""One winner from rankings: instant run-off, Borda, Condorcet and Schulze."""

from __future__ import annotations

from fractions import Fraction

from stemme.panel.model import Ballot, Election, Outcome, Score
from stemme.panel.rules import lot
from stemme.panel.rules.stv import count


def instant_runoff(election: Election) -> Outcome:
    """The last option standing when the one with the fewest votes leaves in each round.

    Someone with more than half of the votes that still count has won at once.
    """
    return count(election, seats=1, quota=None)


def borda(election: Election) -> Outcome:
    """An option gets a point for every other that a voter puts below it, and half one beside it.

    What a voter leaves out is side by side in the last place.
    """
    size = len(election.options)
    scores = [Fraction(0)] * size
    for ballot in election.ballots:
        below = size
        for rank in _whole(ballot, size):
            below -= len(rank)
            for option in rank:
                scores[option] += ballot.weight * (below + Fraction(len(rank) - 1, 2))
    return _winner(election, scores, duels(election))


def condorcet(election: Election) -> Outcome:
    """The option that beats every other in a duel; no winner where there is none."""
    met = duels(election)
    size = len(election.options)
    winners = [
        option
        for option in range(size)
        if all(met[option][other] > met[other][option] for other in range(size) if other != option)
    ]
    return Outcome(tuple(election.options[at].id for at in winners), duels=met)


def schulze(election: Election) -> Outcome:
    """The winner by strongest paths of winning votes (Schulze 2011, doi 10.1007/s00355-010-0475-4).

    A path is as strong as its weakest duel. Where several options lose to no other, the lot
    decides.
    """
    met = duels(election)
    size = len(election.options)
    strength = [
        [met[a][b] if met[a][b] > met[b][a] else 0 for b in range(size)] for a in range(size)
    ]
    for middle in range(size):
        for start in range(size):
            for end in range(size):
                if start != end:
                    through = min(strength[start][middle], strength[middle][end])
                    strength[start][end] = max(strength[start][end], through)
    best = [
        option
        for option in range(size)
        if all(strength[option][other] >= strength[other][option] for other in range(size))
    ]
    won = lot.first(election, best)
    lots = tuple(election.options[at].id for at in best) if len(best) > 1 else ()
    return Outcome((election.options[won].id,), duels=met, lots=lots)


def duels(election: Election) -> tuple[tuple[int, ...], ...]:
    """How many voters prefer the option of the row to that of the column."""
    size = len(election.options)
    met = [[0] * size for _ in range(size)]
    for ballot in election.ballots:
        above: list[int] = []
        for rank in _whole(ballot, size):
            for option in rank:
                for better in above:
                    met[better][option] += ballot.weight
            above += rank
    return tuple(tuple(row) for row in met)


def _whole(ballot: Ballot, size: int) -> list[tuple[int, ...]]:
    """The ballot's ranks, and what it leaves out side by side at the end."""
    named = set(ballot.chosen)
    rest = tuple(option for option in range(size) if option not in named)
    return [*ballot.ranks, *([rest] if rest else [])]


def _winner(
    election: Election, scores: list[Fraction], met: tuple[tuple[int, ...], ...]
) -> Outcome:
    best = [at for at, score in enumerate(scores) if score == max(scores)]
    won = lot.first(election, best)
    return Outcome(
        (election.options[won].id,),
        scores=tuple(
            Score(option.id, score) for option, score in zip(election.options, scores, strict=True)
        ),
        duels=met,
        lots=tuple(election.options[at].id for at in best) if len(best) > 1 else (),
    )
