"""Counts in one step: bars, who came nearest, and what the lot decided."""

from __future__ import annotations

from collections.abc import Sequence

from stemme.panel.model import Election, Score
from stemme.panel.rules import lot
from stemme.panel.views.story import Bar, Near, Tie


def bars(election: Election, scores: Sequence[Score], winners: Sequence[str]) -> tuple[Bar, ...]:
    """Everybody's votes, most first; options that stand level by the lot."""
    most = max((one.score for one in scores), default=0)
    places = order(election)
    return tuple(
        Bar(
            one.option,
            one.score,
            round(float(one.score / most * 100), 2) if most else 0.0,
            one.option in winners,
        )
        for one in sorted(scores, key=lambda one: (-one.score, places[one.option]))
    )


def nearest(found: Sequence[Bar]) -> Near | None:
    """The best of those who did not win, and what it had less than the last who did."""
    won = [bar.score for bar in found if bar.won]
    lost = next((bar for bar in found if not bar.won), None)
    if lost is None or not won:
        return None
    return Near(lost.option, min(won) - lost.score)


def tie(election: Election, lots: Sequence[str], chosen: Sequence[str]) -> Tie | None:
    """What the lot decided between `lots`; `chosen` may name others too."""
    if len(lots) < 2:
        return None
    places = order(election)
    level = tuple(sorted(lots, key=lambda option: places[option]))
    return Tie(level, tuple(option for option in level if option in chosen))


def order(election: Election) -> dict[str, int]:
    """Every option's place in the lot."""
    drawn = lot.in_order(election, range(len(election.options)))
    return {election.options[at].id: place for place, at in enumerate(drawn)}
