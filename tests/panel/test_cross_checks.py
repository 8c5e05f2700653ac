"""Rules held against another program's count of the same random elections."""

from __future__ import annotations

import random

import pyrankvote

from stemme.panel.model import Ballot, Election, Kind, Option, Outcome
from stemme.panel.rules import choose


def election(seed: int) -> tuple[Election, list[list[int]]]:
    """Three to six options and fifty rankings or so, many of them short."""
    chance = random.Random(seed)
    options = chance.randint(3, 6)
    rankings = [
        chance.sample(range(options), chance.randint(1, options))
        for _ in range(chance.randint(40, 90))
    ]
    ballots = tuple(Ballot(tuple((one,) for one in ranking)) for ranking in rankings)
    names = tuple(Option(str(at)) for at in range(options))
    return Election(Kind.RANKING, names, ballots, tuple(range(options))), rankings


def is_tied(outcome: Outcome) -> bool:
    """Whether two were weakest in some round: there each program has a way of its own."""
    lowest = [sorted(score.score for score in one.scores)[:2] for one in outcome.rounds]
    return any(len(two) == 2 and two[0] == two[1] for two in lowest)


def test_instant_runoff_agrees_with_pyrankvote() -> None:
    """In every one of some three hundred elections without a tie both have the same winner."""
    compared, differ = 0, []
    for seed in range(400):
        ours, rankings = election(seed)
        outcome = choose.RULES["irv"](ours, choose.Options())
        assert isinstance(outcome, Outcome)
        if is_tied(outcome):
            continue
        names = [pyrankvote.Candidate(option.id) for option in ours.options]
        ballots = [pyrankvote.Ballot([names[at] for at in ranking]) for ranking in rankings]
        theirs = pyrankvote.instant_runoff_voting(names, ballots).get_winners()
        compared += 1
        if [one.name for one in theirs] != list(outcome.winners):
            differ.append(seed)
    assert compared > 200
    assert [] == differ
