"""Counts finer than any planned number, a group by single category: can one be narrowed down?"""

from __future__ import annotations

from itertools import product

import numpy as np

from stemme.disclosure.bounds import ranges
from stemme.disclosure.elimination import Matrix
from stemme.disclosure.system import DISTRICT, TOP, Cell, table_system
from stemme.disclosure.tally import Counts, Tally

Sums = tuple[tuple[int, ...], ...]
"""Codes of the district whose sums other tables show."""

WIDTH = 3
"""The least width of what a reader can know about a small count that the plan never shows."""


def narrow_rows(tally: Tally, hidden: frozenset[Cell], least: int, also: Sums) -> frozenset[Cell]:
    """The rows, as their TOP cells, where a count below `least` of one category is too exposed."""
    suspects = [
        (by, group, category)
        for by, counts in enumerate(tally.groups)
        for part in (tally.top, tally.rest)
        if len(part) > 1
        for group, place in _unproven(counts[:-1, part], least)
        for category in [part[place]]
    ]
    if not suspects:
        return frozenset()
    categories = len(tally.district)
    system = table_system(tally, [[category] for category in range(categories)], also)
    starts = np.cumsum([categories, *(counts.size for counts in tally.groups)])
    targets = np.zeros((len(suspects), len(system.truth)), dtype=np.int64)
    for row, (by, group, category) in zip(targets, suspects, strict=True):
        row[starts[by] + group * categories + category] = 1
    shown = [column for cell, column in system.columns.items() if cell not in hidden]
    known = np.array([*system.identities, *system.given, *shown])
    low, high = ranges(known, system.truth, _lowest(tally, system.truth, hidden), targets)
    narrow = np.flatnonzero(high - low < WIDTH - 1e-6)
    return frozenset(Cell(suspects[at][0], suspects[at][1], TOP) for at in narrow)


def _unproven(counts: Counts, least: int) -> Matrix:
    """Small counts that no single exchange of answers between two groups could have moved far.

    Taking one answer from (g, a) and (h, b) and giving one to (g, b) and (h, a) changes no sum of
    the part, so every such exchange is another table with the same published numbers.
    """
    groups, categories = counts.shape
    up, down = np.zeros_like(counts), np.zeros_like(counts)
    for g, h in product(range(groups), repeat=2):
        for a, b in product(range(categories), repeat=2):
            if g != h and a != b:
                up[g, a] = max(up[g, a], min(counts[h, a], counts[g, b]))
                down[g, a] = max(down[g, a], min(counts[g, a], counts[h, b]))
    return np.argwhere((counts > 0) & (counts < least) & (up + down < WIDTH))


def _lowest(tally: Tally, truth: Matrix, hidden: frozenset[Cell]) -> Matrix:
    """A hidden category of the district is taken as known to be none of the zeros."""
    lowest = np.zeros_like(truth)
    for category in range(len(tally.variable.categories)):
        members = tally.variable.members(category)
        if Cell(DISTRICT, DISTRICT, category) in hidden and not tally.variable.sensitive:
            lowest[members[0]] = min(1, truth[members[0]]) if len(members) == 1 else 0
    return lowest
