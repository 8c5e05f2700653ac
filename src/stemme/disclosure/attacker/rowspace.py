"""Which sums of counts follow exactly from others, by elimination modulo a prime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stemme.disclosure.attacker.puzzle import Flags, Line, Places, Puzzle

Ints = npt.NDArray[np.int64]

PRIME = 2**31 - 1


def spanned(puzzle: Puzzle) -> Flags:
    """For each number sought, whether the exact lines of the puzzle add up to it.

    Right with overwhelming probability: a sum over the whole numbers is one modulo the prime, and
    the other way round unless the prime divides one of few determinants.
    """
    exact = [line for line in puzzle.lines if line.low == line.high]
    sought = np.array([_dense(puzzle.size, places, 1) for places in puzzle.sought])
    rows = np.array([_dense(puzzle.size, line.places, _whole(line)) for line in exact])
    if not len(rows) or not len(sought):
        return np.zeros(len(sought), dtype=np.bool_)
    return _in_span(rows, sought)


def _in_span(rows: Ints, sought: Ints) -> Flags:
    """Every row is reduced by those before it, and what is sought by every row."""
    rows, sought = rows % PRIME, sought % PRIME
    for at in range(len(rows)):
        places = np.flatnonzero(rows[at])
        if not len(places):
            continue
        pivot = int(places[0])
        row = rows[at] * pow(int(rows[at, pivot]), -1, PRIME) % PRIME
        for block in (rows[at + 1 :], sought):
            touched = np.flatnonzero(block[:, pivot])
            factors = block[touched, pivot][:, None]
            block[touched] = (block[touched] - factors * row % PRIME) % PRIME
    return np.asarray(~sought.any(axis=1))


def _whole(line: Line) -> Ints:
    return np.round(line.weights).astype(np.int64)


def _dense(size: int, places: Places | Sequence[int], weights: Ints | int) -> Ints:
    row = np.zeros(size, dtype=np.int64)
    row[places] = weights
    return row
