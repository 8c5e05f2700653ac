"""What an attack finds: intervals around counts, and what each of them rests on."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from stemme.disclosure.attacker.puzzle import Target

Record = tuple[tuple[str | None, str | None, int], ...]
"""What somebody is counted in: breakdown and group, as in a Target, and the code."""

FINER_WIDTH = 3
"""How wide an interval around a number must be that no page has a place for."""


class Means(StrEnum):
    """A way of working something out."""

    ROUNDING = "rounding"
    """Whole numbers that fit a printed percentage, its base band and the published rules."""

    PINNING = "pinning"
    """Bases worked out from all questions that the same people answered."""

    ROW_SPACE = "rowspace"
    """Sums and differences of exact numbers, by elimination modulo a prime."""

    LINEAR = "linear"
    """Linear programming over everything printed about questions that hang together."""

    INTEGER = "integer"
    """The same in whole numbers, for intervals that are narrow already."""

    INSIDER = "insider"
    """A respondent who takes the own answer away, in every table at once."""

    COALITION = "coalition"
    """Two respondents who do so together."""

    EARLIER = "earlier"
    """The difference to an earlier release."""

    WEIGHTS = "weights"
    """Weighted percentages, with the weights known and not."""


class Finding(NamedTuple):
    """An interval around a count, and what it rests on.

    `minimum` is the smallest count of the question that may be known. `closed`: breakdowns in
    which it supposes that everybody named a group. `insider` and `coalition`: the narrowest width
    that one or two respondents can reach around what others answered, if there are such people;
    `told` are those who would know it by number. `later` and `gone`: about those who came, or left,
    after the earlier release, supposing that nobody did the other.
    """

    target: Target
    minimum: int
    low: float
    high: float
    closed: frozenset[str] = frozenset()
    insider: float | None = None
    coalition: float | None = None
    told: tuple[tuple[Record, ...], ...] = ()
    later: bool = False
    gone: bool = False

    @property
    def variable(self) -> str:
        return self.target.variable

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def is_small(self) -> bool:
        return self.low >= 1 and self.high < self.minimum

    @property
    def may_be_small(self) -> bool:
        return self.low < self.minimum and self.high >= 1

    @property
    def is_of_difference(self) -> bool:
        return self.later or self.gone


class Verdict(NamedTuple):
    """What was tried and found; `broken` are the intervals that hold small counts only.

    `pinned` counts the bases that other questions pin to one number; nothing can be concluded of
    `contradictory` variables, whose numbers are those of no people.
    """

    tried: tuple[Means, ...]
    findings: tuple[Finding, ...]
    pinned: int = 0
    contradictory: tuple[str, ...] = ()

    @property
    def broken(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_small)


class Widths(NamedTuple):
    """The least width around a hidden number, to anybody, to a respondent, and to two."""

    anybody: float | None
    insider: float | None
    coalition: float | None


def narrowest(findings: Iterable[Finding]) -> Widths:
    """The least widths around hidden numbers that may be small ones."""
    hidden = [f for f in findings if f.target.planned and not f.is_of_difference and f.may_be_small]
    insiders = [f.insider for f in hidden if f.insider is not None]
    pairs = [f.coalition for f in hidden if f.coalition is not None]
    return Widths(
        min((f.width for f in hidden), default=None),
        min(insiders, default=None),
        min(pairs, default=None),
    )
