"""The attack: everything that can be worked out about hidden numbers from what is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from stemme.disclosure.attacker.puzzle import Flags, Puzzle, Reals, Target, pose, stacked
from stemme.disclosure.attacker.reading import Panel, read
from stemme.disclosure.attacker.search import Search
from stemme.disclosure.attacker.whole import possible

FINER_WIDTH = 3
"""How wide an interval around a number must be that no page has a place for."""

_LOOK_CLOSER = 8
"""Intervals narrower than this are tried by every means."""

_WANDERINGS = 2
"""How often solutions are sought at random before the numbers still in doubt are taken singly."""


class Means(StrEnum):
    """A way of working something out."""

    ROUNDING = "rounding"
    """Whole numbers that fit a printed percentage, its base band and the published rules."""

    LINEAR = "linear"
    """Linear programming over everything printed about a question."""

    INTEGER = "integer"
    """The same in whole numbers, for intervals that are narrow already."""

    INSIDER = "insider"
    """A respondent who takes the own answer away."""

    EARLIER = "earlier"
    """The difference to an earlier release."""


class Finding(NamedTuple):
    """An interval around a count, and what it rests on.

    `minimum` is the smallest count of the question that may be known. `closed`: breakdowns in
    which it supposes that everybody named a group. `insider`: the narrowest width that a respondent
    can reach around what others answered. `later`: about those who came after the earlier release.
    """

    variable: str
    target: Target
    minimum: int
    low: float
    high: float
    closed: frozenset[str] = frozenset()
    insider: float | None = None
    later: bool = False

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def is_small(self) -> bool:
        return self.low >= 1 and self.high < self.minimum

    @property
    def may_be_small(self) -> bool:
        return self.low < self.minimum and self.high >= 1


class Verdict(NamedTuple):
    """What was tried and found; `broken` are the intervals that hold small counts only."""

    tried: tuple[Means, ...]
    findings: tuple[Finding, ...]

    @property
    def broken(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_small)


def attack(body: bytes, earlier: bytes | None = None) -> Verdict:
    """Everything found in an encoded release, and in its difference to an earlier one."""
    before = {panel.variable: panel for panel in read(earlier)} if earlier else {}
    findings: list[Finding] = []
    for panel in read(body):
        findings += _examined(panel)
        if panel.variable in before:
            findings += _later(before[panel.variable], panel)
    tried = [Means.ROUNDING, Means.LINEAR, Means.INTEGER, Means.INSIDER]
    return Verdict(tuple(tried + ([Means.EARLIER] if earlier else [])), tuple(findings))


@lru_cache(maxsize=512)
def _examined(panel: Panel) -> tuple[Finding, ...]:
    """Everything found in one variable; a release that is changed in another keeps it."""
    return (*_printed(panel), *_derived(panel))


def narrowest(findings: Iterable[Finding]) -> tuple[float | None, float | None]:
    """The least width around a hidden number that may be a small one, and to an insider."""
    hidden = [f for f in findings if f.target.planned and not f.later and f.may_be_small]
    insiders = [f.insider for f in hidden if f.insider is not None]
    return min((f.width for f in hidden), default=None), min(insiders, default=None)


def _printed(panel: Panel) -> Iterator[Finding]:
    """Counts that a printed percentage gives away by itself, rules or no rules."""
    rows = [(None, panel.district), *((b.name, row) for b in panel.breakdowns for row in b.rows)]
    for by, row in rows:
        found = possible(row, 1)
        if found is None:
            continue
        for members, span, rest in zip(row.sums, found.sums, found.others, strict=True):
            others = tuple(p for p in range(len(panel.categories)) if p not in members)
            for sum_, ends in ((members, span), (others, rest)):
                if ends is not None and ends[1] < panel.minimum:
                    target = Target(by, row.group, sum_, planned=False)
                    yield Finding(panel.variable, target, panel.minimum, *ends)


def _derived(panel: Panel) -> Iterator[Finding]:
    """Intervals by programming, supposing that everybody named a group, and not.

    What is possible under more suppositions is so under fewer: solutions are handed on.
    """
    rows = [panel.district, *(row for breakdown in panel.breakdowns for row in breakdown.rows)]
    if all(row.base is None for row in rows):
        return
    openly = _solvable(panel, frozenset())
    if openly is None:
        return
    names = frozenset(breakdown.name for breakdown in panel.breakdowns)
    closed = _solvable(panel, names)
    if closed is None:
        names = frozenset(name for name in names if _solvable(panel, frozenset({name})))
        closed = _solvable(panel, names) if names else None
    if closed is not None:
        yield from _search(panel, *closed, closed=names)
        openly[1].solutions.extend(closed[1].solutions)
    yield from _search(panel, *openly, closed=frozenset())


def _solvable(panel: Panel, closed: frozenset[str]) -> tuple[Puzzle, Search] | None:
    """A puzzle that has a solution, if need be without trust in the rules."""
    for obedient in (True, False):
        puzzle = pose(panel, obedient=obedient, closed=closed)
        search = Search(puzzle)
        if search.solvable():
            return puzzle, search
    return None


def _search(
    panel: Panel, puzzle: Puzzle, search: Search, *, closed: frozenset[str]
) -> Iterator[Finding]:
    planned = np.array([target.planned for target in puzzle.targets], dtype=np.bool_)
    low, high = _intervals(puzzle, search, planned, panel.minimum)
    for at, target in enumerate(puzzle.targets):
        ends, insider = (low[at], high[at]), None
        if planned[at] and np.isfinite(ends).all() and ends[1] - ends[0] < _LOOK_CLOSER:
            whole = search.whole(puzzle.members[at])
            ends = max(ends[0], whole[0]), min(ends[1], whole[1])
            insider = _insider(puzzle, search, at)
        yield Finding(
            panel.variable, target, panel.minimum, float(ends[0]), float(ends[1]), closed, insider
        )


def _intervals(puzzle: Puzzle, search: Search, planned: Flags, minimum: int) -> tuple[Reals, Reals]:
    """Exact intervals for planned numbers, and for finer ones unless solutions show them wide."""
    low, high = np.zeros(len(planned)), np.zeros(len(planned))
    low[planned], high[planned] = search.interval(puzzle.members[planned])
    doubtful = ~planned
    for turn in range(_WANDERINGS + 1):
        low[~planned], high[~planned] = search.seen(puzzle.members[~planned])
        wide = (high - low >= FINER_WIDTH) & ((low < 1) | (high >= minimum))
        doubtful = ~(wide | planned)
        if doubtful.any() and turn < _WANDERINGS:
            search.wander(puzzle.members[doubtful], turn)
    low[doubtful], high[doubtful] = search.interval(puzzle.members[doubtful])
    return low, high


def _insider(puzzle: Puzzle, search: Search, at: int) -> float:
    """The narrowest width around the others' count for a respondent of any row beside it.

    Of each row, one who is counted in the target's categories and one who is not.
    """
    target, members = puzzle.targets[at], puzzle.members[at]
    unknown = members.size
    block = next((b for b in puzzle.blocks if members[b].any()), None)
    rows = puzzle.district[None, :] if block is None else block
    inside = [category in target.categories for category in range(rows.shape[1])]
    picks = [inside.index(side) for side in (True, False) if side in inside]
    places = rows[:, picks].ravel()
    lowest = np.zeros((len(places), unknown))
    lowest[np.arange(len(places)), places] = 1
    low, high = search.interval(np.tile(members, (len(places), 1)), lowest)
    return float(np.min((high - low)[high >= low], initial=np.inf))


def _later(first: Panel, second: Panel) -> Iterator[Finding]:
    """Intervals around those who came between two releases of the same wave."""
    pair: Sequence[Puzzle] = [
        pose(panel, obedient=True, closed=frozenset(), every=True) for panel in (first, second)
    ]
    puzzle = stacked(*pair)
    search = Search(puzzle)
    if search.solvable():
        low, high = search.interval(puzzle.members)
        for target, *ends in zip(puzzle.targets, low, high, strict=True):
            low_, high_ = float(ends[0]), float(ends[1])
            yield Finding(second.variable, target, second.minimum, low_, high_, later=True)
