"""Everybody against everybody: duels in words, and the rings in which nobody beats all."""

from __future__ import annotations

from stemme.panel.model import Election, Outcome
from stemme.panel.views.single import order
from stemme.panel.views.story import Duel, Ring

Met = dict[str, dict[str, int]]


def duels(election: Election, result: Outcome) -> tuple[Duel, ...]:
    """Every pair once, the better first: the winner's own, then by how clear they were."""
    met = _met(election, result)
    places = order(election)
    pairs = [
        _duel(met, first, second)
        for first in met
        for second in met
        if places[first] < places[second]
    ]
    won = result.winners[:1]

    def clearness(duel: Duel) -> tuple[bool, int, int]:
        mine = duel.winner in won or duel.loser in won
        return not mine, duel.against - duel.votes, -duel.votes

    return tuple(sorted(pairs, key=clearness))


def rings(election: Election, result: Outcome) -> tuple[Ring, ...]:
    """For each who beat the winner, the strongest way back from the winner to it."""
    if not result.winners:
        return ()
    met, winner = _met(election, result), result.winners[0]
    found = []
    for rival in met:
        lost = _duel(met, rival, winner)
        if lost.winner == winner or lost.level:
            continue
        way = _strongest(met, winner, rival)
        if way:
            found.append(Ring(lost, way, min(duel.votes for duel in way)))
    return tuple(found)


def _strongest(met: Met, start: str, end: str) -> tuple[Duel, ...]:
    """The way of won duels whose closest one has the most votes; of equal ones the shortest."""
    best: dict[str, tuple[int, int]] = {start: (10**9, 0)}
    before: dict[str, str] = {}
    open_ = {start}
    while open_:
        here = max(open_, key=lambda option: best[option])
        open_.remove(here)
        for other in met:
            if met[here][other] <= met[other][here]:
                continue
            reached = min(best[here][0], met[here][other]), best[here][1] - 1
            if other not in best or reached > best[other]:
                best[other], before[other] = reached, here
                open_.add(other)
    way: list[Duel] = []
    while end != start and end in before:
        way.append(_duel(met, before[end], end))
        end = before[end]
    return tuple(reversed(way))


def _duel(met: Met, first: str, second: str) -> Duel:
    if met[first][second] < met[second][first]:
        first, second = second, first
    return Duel(first, second, met[first][second], met[second][first])


def _met(election: Election, result: Outcome) -> Met:
    ids = [option.id for option in election.options]
    return {
        row: dict(zip(ids, votes, strict=True))
        for row, votes in zip(ids, result.duels, strict=True)
    }
