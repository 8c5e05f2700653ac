"""How far numbers may be from the truth, worked out from published numbers alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_Z = 1.959963984540054
"""Standard errors on each side of a 95 % interval."""
_POWER = 0.8416212335729143
"""Standard errors that give a real change four chances in five of being seen."""
DESIGN_EFFECT = 1.3
"""How much weighting usually widens a margin; for what is planned before there are weights."""
LEVEL = 0.05
"""How many of the differences that are pointed out may be chance alone."""

Interval = tuple[int, int]


class Share(NamedTuple):
    """A published share: whole percent of at least `base` people."""

    percent: int
    base: int


class Mean(NamedTuple):
    """A published mean of at least `base` people whose values have this standard deviation."""

    value: float
    spread: float
    base: int


class Difference(NamedTuple):
    """The second number minus the first with its 95 % interval, and how likely chance makes it."""

    size: float
    low: float
    high: float
    p: float


def percent_interval(percent: int, base: int, deff: float = 1.0) -> Interval:
    """Give the 95 % interval of a share in whole percent.

    Wilson's interval (J. Am. Stat. Assoc. 22, 1927, 209-212) with `base / deff` people; `base` is
    the low end of the published band, and the whole percentage is taken half a point lower and
    higher, so the true base and share give no wider one. ValueError without people.
    """
    people = _effective(base, deff)
    low = _wilson(max(percent - 0.5, 0.0) / 100, people, -1)
    high = _wilson(min(percent + 0.5, 100.0) / 100, people, 1)
    return round(100 * low), round(100 * high)


def _wilson(share: float, people: float, side: int) -> float:
    squared = _Z * _Z / people
    middle = share + squared / 2
    reach = _Z * math.sqrt(share * (1 - share) / people + squared / (4 * people))
    return min(1.0, max(0.0, (middle + side * reach) / (1 + squared)))


def spread(percents: Sequence[int | None], values: Sequence[Sequence[float]], mean: float) -> float:
    """Give the largest standard deviation that a published distribution allows.

    `values` are the scores that each category may stand for. Everybody in a category is placed on
    the score farthest from the mean, and what is hidden on the farthest of the hidden categories.
    """
    far = [max((one - mean) ** 2 for one in scores) for scores in values]
    shown = sum(share or 0 for share in percents)
    hidden = [one for one, share in zip(far, percents, strict=True) if share is None]
    total = sum(one * (share or 0) for one, share in zip(far, percents, strict=True))
    if hidden:
        total += max(hidden) * max(0, 100 - shown)
        shown = max(shown, 100)
    return math.sqrt(total / shown) if shown else 0.0


def mean_interval(mean: Mean, deff: float = 1.0) -> tuple[float, float]:
    """Give the 95 % interval of a mean with one decimal: its standard error times Student's t.

    The quantile is Fisher and Cornish's expansion in 1/n (Technometrics 2, 1960, 209-225); half a
    decimal is added for the rounding of the mean.
    """
    people = _effective(mean.base, deff)
    reach = _student(people - 1) * mean.spread / math.sqrt(people) + 0.05
    return round(mean.value - reach, 1), round(mean.value + reach, 1)


def _student(degrees: float) -> float:
    first = (_Z**3 + _Z) / 4
    second = (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96
    return _Z + first / degrees + second / degrees**2


def difference(first: Share, second: Share, deff: float = 1.0) -> Difference:
    """Give the difference of two independent shares, in points.

    Agresti and Caffo's interval (Am. Stat. 54, 2000, 280-288): Wald's after one yes and one no are
    added to each side, so that 0 and 100 % are no certainty. For the test, the difference is taken
    a point smaller than printed, as both percentages are rounded.
    """
    sides = [_plus_two(one, deff) for one in (first, second)]
    error = 100 * math.sqrt(sum(share * (1 - share) / people for share, people in sides))
    middle = 100 * (sides[1][0] - sides[0][0])
    size = float(second.percent - first.percent)
    p = _two_sided(max(abs(middle) - 1, 0.0) / error)
    return Difference(size, middle - _Z * error, middle + _Z * error, p)


def _plus_two(share: Share, deff: float) -> tuple[float, float]:
    people = _effective(share.base, deff)
    return (share.percent / 100 * people + 1) / (people + 2), people + 2


def mean_difference(first: Mean, second: Mean, deff: float = 1.0) -> Difference:
    """Give the difference of two independent means; the error is the root of both squared."""
    people = [_effective(one.base, deff) for one in (first, second)]
    squares = [one.spread**2 / n for one, n in zip((first, second), people, strict=True)]
    error = math.sqrt(sum(squares))
    size = second.value - first.value
    reach = _student(min(people) - 1) * error
    if error == 0:
        return Difference(size, size, size, 1.0 if abs(size) <= 0.1 else 0.0)
    # Student's t is wider than the normal curve by this much at the 95 % points.
    p = _two_sided(max(abs(size) - 0.1, 0.0) / error * _Z / _student(min(people) - 1))
    return Difference(size, size - reach, size + reach, p)


def stand_out(chances: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Tell which of many differences are more than chance, in the order given.

    Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995, 289-300): among those pointed out, at most
    this share is expected to be chance alone.
    """
    ordered = sorted(chances)
    many = len(ordered)
    passed = [p for rank, p in enumerate(ordered, 1) if p <= level * rank / many]
    limit = passed[-1] if passed else -1.0
    return [p <= limit for p in chances]


def detectable(base: int, deff: float = DESIGN_EFFECT) -> int:
    """Give the change in points between two waves of this size that is seen four times in five.

    (z₀.₉₇₅ + z₀.₈) √(2 · deff · ¼ / n), at a share of one half, where most people are needed.
    """
    return math.ceil(100 * (_Z + _POWER) * math.sqrt(deff / (2 * base)) - 0.5)


def _effective(base: int, deff: float) -> float:
    if base <= 1 or deff <= 0:
        raise ValueError("there is no margin without people")
    return max(2.0, base / deff)


def _two_sided(z: float) -> float:
    return math.erfc(z / math.sqrt(2))
