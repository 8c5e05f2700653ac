"""Whole numbers of people that a printed row leaves possible, one by one."""

from __future__ import annotations

from functools import cache
from math import ceil, floor, gcd
from typing import NamedTuple

from stemme.disclosure.attacker.printed import Range, Row, Share

_NEAR = 1e-7


class Possible(NamedTuple):
    """Every base a row leaves possible lies in `base`, every sum of it in its place in `sums`.

    `others` has the rest of the row for each sum. What is not printed has None.
    """

    base: Range
    sums: tuple[Range | None, ...]
    others: tuple[Range | None, ...]


@cache
def possible(row: Row, minimum: int, values: tuple[float, ...] = ()) -> Possible | None:
    """What the printed base, shares and mean leave; None if nothing is printed or nothing fits.

    A count or complement from 1 to `minimum` - 1 is never printed, by the rules of the house that
    everybody may read. With `minimum` 1, without them.
    """
    within = row.base or row.between
    if within is None:
        return None
    shown = [place for place in range(len(row.sums)) if row.is_shown(place)]
    bases: list[int] = []
    spans: list[list[Range | None]] = []
    for base in range(max(1, within[0]), within[1] + 1):
        ranges: list[Range | None] = [None] * len(row.sums)
        for place in shown:
            ranges[place] = _counts(row, place, base, minimum)
        empty = any(ranges[place] is None for place in shown)
        if not empty and _adds_up(row, base, ranges) and _mean_fits(row, base, values):
            bases.append(base)
            spans.append(ranges)
    if not bases:
        return None
    others = [
        [span and (base - span[1], base - span[0]) for span in ranges]
        for base, ranges in zip(bases, spans, strict=True)
    ]
    return Possible((bases[0], bases[-1]), _hulls(spans), _hulls(others))


def _counts(row: Row, place: int, base: int, minimum: int) -> Range | None:
    """The least and greatest count that is printed as it is."""
    share, printed = row.shares[place], row.count_of(place)
    low, high = (0, base) if share is None else _rounded(share, base)
    if printed is not None:
        low, high = max(low, printed[0]), min(high, printed[1])
    counts = [
        count
        for count in range(max(0, low), min(base, high) + 1)
        if not 0 < count < minimum and not 0 < base - count < minimum
    ]
    return (counts[0], counts[-1]) if counts else None


def _rounded(share: Share, base: int) -> Range:
    whole = 200 * share.scale
    low = -((1 - 2 * share.value) * base // whole)
    above = (2 * share.value + 1) * base
    return low, -(-above // whole) - 1 if share.half_up else above // whole


def _adds_up(row: Row, base: int, ranges: list[Range | None]) -> bool:
    """Whether the categories of the district can sum to the base."""
    codes = [code for members in row.sums for code in members]
    size = max(codes, default=0) + 1
    least = most = 0
    seen: set[int] = set()
    for members, span in zip(row.sums, ranges, strict=True):
        if seen.isdisjoint(members):
            seen |= set(members)
            least += span[0] if span else 0
            most += span[1] if span else base
    return len(row.sums) < 2 or len(seen) < size or least <= base <= most


def _mean_fits(row: Row, base: int, values: tuple[float, ...]) -> bool:
    """Whether any sum of so many values has the printed mean."""
    if row.mean is None or not values:
        return True
    first = min(values)
    steps = [round(1000 * (value - first)) for value in values]
    step = gcd(*steps) / 1000
    low, high = ((end - first) * base / step for end in row.mean)
    return ceil(low - _NEAR) <= floor(high + _NEAR)


def _hulls(rows: list[list[Range | None]]) -> tuple[Range | None, ...]:
    return tuple(_hull(list(column)) for column in zip(*rows, strict=True))


def _hull(spans: list[Range | None]) -> Range | None:
    known = [span for span in spans if span is not None]
    return (min(s[0] for s in known), max(s[1] for s in known)) if known else None
