"""Two releases of the same wave, one on top of the other: what is told by their difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stemme.disclosure.attacker.findings import Finding
from stemme.disclosure.attacker.printed import Panel
from stemme.disclosure.attacker.puzzle import Line, Puzzle, pose
from stemme.disclosure.attacker.search import Search


class _Stack(NamedTuple):
    """The smaller of two populations, and after it who is in the larger one alone.

    Sought are the latter, then the hidden numbers of the smaller.
    """

    puzzle: Puzzle
    differences: int


def differences(first: Panel, second: Panel) -> Iterator[Finding]:
    """Intervals around those who came between two releases of a variable, and who left.

    Once supposing that nobody left, once that nobody came. A variable with other rows or codes
    than before is not the same any more.
    """
    if _shape(first) != _shape(second) or first == second:
        return
    for gone, (small, large) in ((False, (first, second)), (True, (second, first))):
        stack = _stacked(small, large)
        search = Search(stack.puzzle)
        if not search.solvable():
            continue
        for at, (target, places) in enumerate(
            zip(stack.puzzle.targets, stack.puzzle.sought, strict=True)
        ):
            low, high = search.interval(places)
            differs = at < stack.differences
            yield Finding(
                target,
                second.minimum,
                low,
                high,
                later=differs and not gone,
                gone=differs and gone,
            )


def _shape(panel: Panel) -> object:
    return panel.parts, [(by, row.group, row.sums) for by, row in panel.rows]


def _stacked(small: Panel, large: Panel) -> _Stack:
    below = pose((small,), obedient=True)
    above = pose((large,), obedient=True, every=True)
    size = below.size
    lines = [*below.lines, *(_doubled(line, size) for line in above.lines)]
    more = [places + size for places in above.sought]
    return _Stack(
        Puzzle(
            2 * size,
            tuple(lines),
            (*above.targets, *below.targets),
            (*more, *below.sought),
            below.cells,
        ),
        len(more),
    )


def _doubled(line: Line, size: int) -> Line:
    """What is said of the larger population, who are those of the smaller and the others."""
    places = np.concatenate([line.places, line.places + size])
    return Line(places, np.concatenate([line.weights, line.weights]), line.low, line.high)
