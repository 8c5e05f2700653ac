"""How a committee's points become an order: weighted means, exactly, and how far apart they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from stemme.grants.model import Check, Criterion, Score

LEAST_ASSESSORS = 2


class Standing(Struct, frozen=True):
    """How an application stands: means of 1–5; None where nobody has scored all of it yet.

    `own` is the mean of those who scored alone, `spread` from the lowest of them to the highest,
    `met` what the meeting agreed; `mean` is the meeting's where there is one.
    """

    application: uuid.UUID
    scored: int
    own: Fraction | None
    spread: Fraction | None
    met: Fraction | None

    @property
    def mean(self) -> Fraction | None:
        return self.met if self.met is not None else self.own


def weigh(criteria: Sequence[Criterion], points: dict[int, int]) -> Fraction | None:
    """The weighted mean of points by criterion; None until every criterion has some."""
    if any(number not in points for number in range(len(criteria))):
        return None
    weights = sum(one.weight for one in criteria)
    given = sum(one.weight * points[number] for number, one in enumerate(criteria))
    return Fraction(given, weights)


def standing(
    application: uuid.UUID, criteria: Sequence[Criterion], scores: Iterable[Score]
) -> Standing:
    """How one application stands."""
    by: dict[uuid.UUID | None, dict[int, int]] = {}
    for score in scores:
        if score.application == application:
            by.setdefault(score.account, {})[score.criterion] = score.points
    met = weigh(criteria, by.pop(None, {}))
    weighed = [weigh(criteria, points) for points in by.values()]
    means = [one for one in weighed if one is not None]
    own = sum(means, Fraction()) / len(means) if means else None
    spread = max(means) - min(means) if means else None
    return Standing(application, len(means), own, spread, met)


def is_complete(
    account: uuid.UUID, application: uuid.UUID, criteria: Sequence[Criterion], found: list[Score]
) -> bool:
    """Whether somebody has scored every criterion: only then may they see what others gave."""
    mine = {
        one.criterion for one in found if (one.account, one.application) == (account, application)
    }
    return mine.issuperset(range(len(criteria)))


def eligibility(application: uuid.UUID, many: int, checks: Iterable[Check]) -> str:
    """`ok` where all of `many` criteria are met, `not` where one is not, else `ask` or `open`."""
    found = {one.criterion: one.verdict for one in checks if one.application == application}
    said = [found.get(number) for number in range(many)]
    if "not" in said:
        return "not"
    if "ask" in said:
        return "ask"
    return "ok" if all(one == "ok" for one in said) else "open"
