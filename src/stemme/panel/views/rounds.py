"""Counts in rounds: what everybody had, who left, and where the votes went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor

from stemme.panel.model import Election, Outcome, Round, Score
from stemme.panel.views import adding
from stemme.panel.views.single import bars, tie
from stemme.panel.views.story import Bar, Cell, Move, Step

Shown = Mapping[str, Fraction]


def steps(election: Election, result: Outcome) -> tuple[Step, ...]:
    """The rounds of a run-off or of a single transferable vote, in numbers that add up."""
    total = Fraction(sum(ballot.weight for ballot in election.ballots))
    kept: dict[str, Fraction] = {}
    found: list[Step] = []
    for number, one in enumerate(result.rounds, 1):
        shown = {score.option: adding.down(score.score) for score in one.scores}
        nobody = adding.down(one.exhausted)
        stays = {option: _stays(shown[option], result.quota) for option in one.elected}
        moving, moves = _moving(result.rounds[number - 1 : number + 1], shown, stays)
        found.append(
            Step(
                number,
                _bars(election, one, shown),
                tuple(Move(option, amount) for option, amount in kept.items()),
                nobody,
                total - sum(shown.values()) - sum(kept.values()) - nobody,
                _needed(one, result),
                one.elected,
                one.eliminated,
                moving,
                moves,
                moving - sum((move.amount for move in moves), Fraction(0)),
                tie(election, one.lots, one.elected or one.eliminated),
            )
        )
        kept |= stays
    return tuple(found)


def grid(found: Sequence[Step], winners: Sequence[str]) -> list[tuple[str, tuple[Cell, ...]]]:
    """A row an option and a cell a round: winners first, then those who stayed longest."""
    stayed: dict[str, int] = {}
    for step in found:
        stayed |= {bar.option: step.number for bar in step.bars}
    last = {bar.option: bar.score for bar in found[-1].bars} if found else {}
    rest = sorted(
        (option for option in stayed if option not in winners),
        key=lambda option: (-stayed[option], -last.get(option, Fraction(0))),
    )
    return [(option, tuple(_cell(option, step) for step in found)) for option in (*winners, *rest)]


def _cell(option: str, step: Step) -> Cell:
    kept = next((move.amount for move in step.kept if move.option == option), None)
    if kept is not None:
        return Cell(kept, "in")
    score = next((bar.score for bar in step.bars if bar.option == option), None)
    if option in step.elected:
        return Cell(score, "in")
    return Cell(score, "out" if option in step.eliminated else "")


def _bars(election: Election, one: Round, shown: Shown) -> tuple[Bar, ...]:
    scores = [Score(option, score) for option, score in shown.items()]
    return bars(election, scores, one.elected)


def _moving(pair: Sequence[Round], shown: Shown, stays: Shown) -> tuple[Fraction, tuple[Move, ...]]:
    """What leaves those who go and those elected after the first of two rounds, and to whom.

    The most first, and nobody last; after the last round nothing moves.
    """
    if len(pair) < 2:
        return Fraction(0), ()
    one, following = pair
    leaves = [shown[option] for option in one.eliminated]
    leaves += [shown[option] - kept for option, kept in stays.items()]
    gains = [
        Move(score.option, adding.down(score.score) - shown[score.option])
        for score in following.scores
    ]
    gains.sort(key=lambda move: -move.amount)
    gains.append(Move("", adding.down(following.exhausted) - adding.down(one.exhausted)))
    return sum(leaves, Fraction(0)), tuple(move for move in gains if move.amount)


def _stays(score: Fraction, quota: Fraction | None) -> Fraction:
    """What stays with somebody elected; where there is no quota the count ends with it."""
    return score if quota is None else min(score, quota)


def _needed(one: Round, result: Outcome) -> Fraction:
    """What elects in this round: the quota, or more than half of what still counts."""
    if result.quota is not None:
        return result.quota
    return Fraction(floor(sum((score.score for score in one.scores), Fraction(0)) / 2) + 1)
