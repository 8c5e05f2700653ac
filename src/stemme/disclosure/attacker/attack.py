"""The attack: everything that can be worked out about hidden numbers from what is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from stemme.disclosure.attacker.bases import pin, together
from stemme.disclosure.attacker.findings import (
    FINER_WIDTH,
    Finding,
    Means,
    Verdict,
    narrowest,
)
from stemme.disclosure.attacker.insiders import inside
from stemme.disclosure.attacker.printed import Breakdown, Nested, Panel, Publication, Row
from stemme.disclosure.attacker.puzzle import Puzzle, Target, pose
from stemme.disclosure.attacker.reading import read
from stemme.disclosure.attacker.rowspace import spanned
from stemme.disclosure.attacker.search import Search
from stemme.disclosure.attacker.stacked import differences
from stemme.disclosure.attacker.whole import possible

__all__ = ["FINER_WIDTH", "Finding", "Means", "Verdict", "attack", "examine", "narrowest"]

_LOOK_CLOSER = 8
"""Intervals narrower than this are tried by every means."""

_WANDERINGS = 2
"""How often solutions are sought at random before the numbers still in doubt are taken singly."""

_ALWAYS = (
    Means.ROUNDING,
    Means.PINNING,
    Means.ROW_SPACE,
    Means.LINEAR,
    Means.INTEGER,
    Means.INSIDER,
    Means.COALITION,
)


def attack(body: bytes, earlier: bytes | None = None) -> Verdict:
    """Everything found in an encoded release, and in its difference to an earlier one."""
    return examine(read(body), read(earlier) if earlier else None)


def examine(publication: Publication, earlier: Publication | None = None) -> Verdict:
    """The same for what is read already."""
    panels, pinned = pin(publication)
    tried = list(_ALWAYS)
    readings = [panels]
    if publication.weighted:
        tried.append(Means.WEIGHTS)
        readings.append(tuple(map(_unweighted, panels)))
    findings: list[Finding] = []
    contradictory: list[str] = []
    for joined in (joined for reading in readings for joined in together(reading)):
        found, fits = _examined(joined, publication.nested)
        findings += found
        if not (fits or publication.weighted):
            contradictory += [panel.variable for panel in joined]
    if earlier is not None:
        tried.append(Means.EARLIER)
        before = {panel.variable: panel for panel in earlier.panels}
        for panel in publication.panels:
            if panel.variable in before:
                findings += differences(before[panel.variable], panel)
    return Verdict(tuple(tried), tuple(findings), pinned, tuple(contradictory))


def _unweighted(panel: Panel) -> Panel:
    """What is left if nobody knows the weights."""

    def bare(row: Row) -> Row:
        return row._replace(shares=(None,) * len(row.shares), mean=None)

    return panel._replace(
        district=bare(panel.district),
        breakdowns=tuple(Breakdown(b.name, tuple(map(bare, b.rows))) for b in panel.breakdowns),
    )


@lru_cache(maxsize=512)
def _examined(
    panels: tuple[Panel, ...], nested: tuple[Nested, ...]
) -> tuple[tuple[Finding, ...], bool]:
    """Everything found in variables that hang together, and whether any people fit their numbers.

    Kept, for a release that is changed elsewhere.
    """
    printed = tuple(finding for panel in panels for finding in _printed(panel))
    if all(row.base is None and not row.counts for panel in panels for _, row in panel.rows):
        return printed, True
    found = _solvable(panels, nested)
    if found is None:
        return printed, False
    return (*printed, *_derived(panels, *found)), True


def _printed(panel: Panel) -> Iterator[Finding]:
    """Counts that printed numbers give away by themselves, rules or not, if they may be few."""
    everything = tuple(range(panel.size))
    for by, row in panel.rows:
        found = possible(row, 1, panel.values)
        sums = [(everything, found.base)] if found is not None and row.base is not None else []
        for place, members in enumerate(row.sums):
            others = tuple(code for code in everything if code not in members)
            span = row.count_of(place) if found is None else found.sums[place]
            rest = None if found is None else found.others[place]
            sums += [(sum_, ends) for sum_, ends in ((members, span), (others, rest)) if ends]
        for sum_, ends in sums:
            if ends[0] < panel.minimum and ends[1] > 0:
                target = Target(panel.variable, by, row.group, sum_, planned=False)
                yield Finding(target, panel.minimum, *ends)


def _derived(panels: Sequence[Panel], puzzle: Puzzle, search: Search) -> Iterator[Finding]:
    """Intervals by programming, supposing that everybody named a group, and not.

    What is possible under more suppositions is so under fewer: solutions are handed on.
    """
    names = frozenset(breakdown.name for panel in panels for breakdown in panel.breakdowns)
    closed = _closable(puzzle, search, names)
    if closed:
        yield from _search(panels, puzzle, search, closed)
    search.close(puzzle.outside([]))
    yield from _search(panels, puzzle, search, frozenset())


def _solvable(panels: Sequence[Panel], nested: tuple[Nested, ...]) -> tuple[Puzzle, Search] | None:
    """A puzzle that has a solution, if need be without trust in the rules."""
    for obedient in (True, False):
        puzzle = pose(panels, obedient=obedient, nested=nested)
        search = Search(puzzle)
        if search.solvable():
            return puzzle, search
    return None


def _closable(puzzle: Puzzle, search: Search, names: frozenset[str]) -> frozenset[str]:
    """The breakdowns in which everybody can have named a group; the puzzle is left so."""

    def holds(closed: frozenset[str]) -> bool:
        search.close(puzzle.outside(closed))
        return search.solvable()

    if not holds(names):
        names = frozenset(name for name in names if holds(frozenset({name})))
        names = names if holds(names) else frozenset()
    return names


def _search(
    panels: Sequence[Panel], puzzle: Puzzle, search: Search, closed: frozenset[str]
) -> Iterator[Finding]:
    minimum = {panel.variable: panel.minimum for panel in panels}
    exact = spanned(puzzle) if not closed else np.zeros(len(puzzle.targets), dtype=np.bool_)
    for at, ends in enumerate(_intervals(puzzle, search, minimum)):
        target = puzzle.targets[at]
        least = minimum[target.variable]
        if exact[at]:
            count = round(float(search.most[at]))
            yield Finding(target, least, count, count, closed)
        elif target.planned and ends[1] - ends[0] < _LOOK_CLOSER:
            whole = search.whole(puzzle.sought[at])
            low, high = max(ends[0], whole[0]), min(ends[1], whole[1])
            close = inside(puzzle, search, at) if low < least and high >= 1 else ()
            yield Finding(target, least, low, high, closed, *close)
        else:
            yield Finding(target, least, *ends, closed)


def _intervals(
    puzzle: Puzzle, search: Search, minimum: dict[str, int]
) -> list[tuple[float, float]]:
    """Exact intervals for planned numbers, and for finer ones unless solutions show them wide."""
    planned = np.array([target.planned for target in puzzle.targets], dtype=np.bool_)
    least = np.array([minimum[target.variable] for target in puzzle.targets])
    found: dict[int, tuple[float, float]] = {
        int(at): search.interval(puzzle.sought[at]) for at in np.flatnonzero(planned)
    }
    doubtful: list[int] = []
    for turn in range(_WANDERINGS + 1):
        low, high = search.seen()
        wide = (high - low >= FINER_WIDTH) & ((low < 1) | (high >= least))
        doubtful = [int(at) for at in np.flatnonzero(~wide & ~planned)]
        if doubtful and turn < _WANDERINGS:
            search.wander(doubtful, turn)
    found |= {at: search.interval(puzzle.sought[at]) for at in doubtful}
    low, high = search.seen()
    return [found.get(at, (float(low[at]), float(high[at]))) for at in range(len(puzzle.targets))]
