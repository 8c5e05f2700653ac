"""Numbers that are rounded for people and still add up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

CENTS = 100


def whole(value: Fraction) -> Fraction:
    """The nearest whole number; halves go up."""
    return Fraction(floor(value + Fraction(1, 2)))


def down(value: Fraction) -> Fraction:
    """The value with two decimals, rounded down: the same value is always the same number."""
    return Fraction(floor(value * CENTS), CENTS)


def parts(values: Sequence[Fraction]) -> list[Fraction]:
    """The values as whole numbers that sum to their rounded sum, by largest remainder.

    Where remainders are equal the earlier value gets the unit.
    """
    shown = [Fraction(floor(value)) for value in values]
    missing = int(whole(sum(values, Fraction(0))) - sum(shown, Fraction(0)))
    order = sorted(range(len(values)), key=lambda at: (shown[at] - values[at], at))
    for at in order[:missing]:
        shown[at] += 1
    return shown
