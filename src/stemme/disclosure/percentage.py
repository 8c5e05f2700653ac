"""How numbers are shown: whole percentages, bases in bands of ten, means with one decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_HALF = 0.05
"""Half of the last decimal of a mean."""


def whole_percent(count: float, base: float) -> int:
    """The share in per cent, a half rounded up; counts of people are exact."""
    return int((200 * count + base) // (2 * base))


def counts_between(count: int, base: int, least: int = 1) -> tuple[int, int]:
    """The least and greatest count of a base that are shown as this one is.

    Counts below `least`, and of others below it, are never shown unless they are none.
    """
    percent = whole_percent(count, base)
    low = max(0, -((1 - 2 * percent) * base // 200))
    high = min(base, -(-(2 * percent + 1) * base // 200) - 1)
    shown = [
        number
        for number in range(low, high + 1)
        if not (0 < number < least or 0 < base - number < least)
    ]
    return min(shown, default=low), max(shown, default=high)


def band_of_tens(base: int) -> tuple[int, int]:
    """The ten numbers a base is shown as, both ends included."""
    return base // 10 * 10, base // 10 * 10 + 9


def one_decimal(mean: float) -> float:
    """A mean as it is shown, a half rounded away from zero."""
    exact = Decimal(mean).quantize(Decimal("0.000000001"))
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def mean_between(total: float, base: int) -> tuple[float, float]:
    """The least and greatest mean that are shown as `total` / `base` is, both ends included."""
    shown = one_decimal(total / base)
    return shown - _HALF, shown + _HALF
