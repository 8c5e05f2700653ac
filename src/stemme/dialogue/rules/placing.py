"""Where each group stands on the map: worked out of published shares, and nothing else.

Two principal components of the groups' shares, found from the groups' inner products (Gower, 1966):
there are at most five groups, so the table of those is small whatever the number of statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, sqrt

FEWEST_STATEMENTS = 3
"""Below this many statements with every group's share, there is a table and no map."""
REACH = 75
"""How far from the middle the outermost group stands, in hundredths of half the map."""

_TURNS = 500
_NOTHING = 1e-9

Rows = list[list[float]]


def place(shares: Sequence[Sequence[int]]) -> list[tuple[int, int]] | None:
    """A point a group, from its shares (groups by statements, whole percent).

    None where there are too few statements, or where no group differs from another. How far apart
    the points are tells which groups are more unlike, not by how much: the map is always filled.
    """
    if len(shares) < 2 or len(shares[0]) < FEWEST_STATEMENTS:
        return None
    means = [sum(column) / len(shares) for column in zip(*shares, strict=True)]
    centred = [[one - mean for one, mean in zip(row, means, strict=True)] for row in shares]
    products = [[_inner(one, other) for other in centred] for one in centred]
    first = _component(products)
    rest = [
        [value - first[i] * first[j] for j, value in enumerate(row)]
        for i, row in enumerate(products)
    ]
    points = list(zip(first, _component(rest), strict=True))
    furthest = max(abs(one) for point in points for one in point)
    if furthest < _NOTHING:
        return None
    return [(round(REACH * x / furthest), round(REACH * y / furthest)) for x, y in points]


def _component(products: Rows) -> list[float]:
    """The groups along the strongest direction, by turning a vector until it stays.

    The sign is settled: the first group that is off the middle stands at its right.
    """
    # Any start will do that is not at right angles to the answer; this one is always the same.
    vector = [cos(1 + place) for place in range(len(products))]
    strength = 0.0
    for _ in range(_TURNS):
        turned = [_inner(row, vector) for row in products]
        strength = sqrt(_inner(turned, turned))
        if strength < _NOTHING:
            return [0.0] * len(products)
        vector = [one / strength for one in turned]
    sign = next((1 if one > 0 else -1 for one in vector if abs(one) > _NOTHING), 1)
    return [sign * one * sqrt(strength) for one in vector]


def _inner(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(one, other, strict=True))
