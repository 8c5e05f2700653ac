"""How sure a share is."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959964
"""Two-sided 95 %."""


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927); the whole range where nobody was asked."""
    if whole <= 0:
        return 0.0, 1.0
    share, square = part / whole, Z95**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    reach = Z95 / (1 + square / whole)
    reach *= sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def of_published(percent: int, base: tuple[int, int]) -> tuple[int, int]:
    """The same for a published share, in whole percent: of the fewest the band of its base allows.

    The rounding of the share itself is let in on both sides, so that the interval is rather too
    wide than too narrow.
    """
    low = wilson(max(0.0, percent / 100 - 0.005) * base[0], base[0])[0]
    high = wilson(min(1.0, percent / 100 + 0.005) * base[0], base[0])[1]
    return int(100 * low), min(100, -int(-100 * high // 1))
