"""Whole numbers of people that a printed row leaves possible, one by one."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from stemme.disclosure.attacker.reading import Row

Range = tuple[int, int]


class Possible(NamedTuple):
    """Every base a row leaves possible lies in `base`, every sum of it in its place in `sums`.

    `others` has the rest of the row for each sum. What is not printed has None.
    """

    base: Range
    sums: tuple[Range | None, ...]
    others: tuple[Range | None, ...]


@cache
def possible(row: Row, minimum: int) -> Possible | None:
    """What the printed base and shares leave; None if nothing is printed or nothing fits.

    Percentages are rounded half up, and a count or complement from 1 to `minimum` - 1 is never
    printed, by the rules of the house that everybody may read. With `minimum` 1, without them.
    """
    if row.base is None:
        return None
    bases: list[int] = []
    spans: list[list[Range | None]] = []
    for base in range(max(1, row.base[0]), row.base[1] + 1):
        ranges = [None if share is None else _counts(share, base, minimum) for share in row.shares]
        empty = any(
            span is None and share is not None
            for span, share in zip(ranges, row.shares, strict=True)
        )
        if not empty and _adds_up(row, base, ranges):
            bases.append(base)
            spans.append(ranges)
    if not bases:
        return None
    others = [
        [span and (base - span[1], base - span[0]) for span in ranges]
        for base, ranges in zip(bases, spans, strict=True)
    ]
    return Possible((bases[0], bases[-1]), _hulls(spans), _hulls(others))


def _counts(share: int, base: int, minimum: int) -> Range | None:
    """The least and greatest count that is printed as the share."""
    low = -((1 - 2 * share) * base // 200)
    high = -(-(2 * share + 1) * base // 200) - 1
    counts = [
        count
        for count in range(max(0, low), min(base, high) + 1)
        if not 0 < count < minimum and not 0 < base - count < minimum
    ]
    return (counts[0], counts[-1]) if counts else None


def _adds_up(row: Row, base: int, ranges: list[Range | None]) -> bool:
    """Whether the single categories can sum to the base."""
    least = most = 0
    for members, span in zip(row.sums, ranges, strict=True):
        if len(members) == 1 and len(row.sums) > 1:
            least += span[0] if span else 0
            most += span[1] if span else base
    return not most or least <= base <= most


def _hulls(rows: list[list[Range | None]]) -> tuple[Range | None, ...]:
    return tuple(_hull(list(column)) for column in zip(*rows, strict=True))


def _hull(spans: list[Range | None]) -> Range | None:
    known = [span for span in spans if span is not None]
    return (min(s[0] for s in known), max(s[1] for s in known)) if known else None
