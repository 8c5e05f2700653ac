"""What respondents can work out who know their own answers in every table, alone or two of them."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import NamedTuple

from stemme.disclosure.attacker.puzzle import Places, Puzzle, Target, Where
from stemme.disclosure.attacker.search import Search

_CLOSEST = 3
"""Respondents who are tried in pairs."""


class Inside(NamedTuple):
    """The narrowest width that one respondent, or two, can reach around what others answered."""

    alone: float
    pair: float


def inside(puzzle: Puzzle, search: Search, at: int) -> Inside:
    """The narrowest widths around one number sought.

    A respondent is counted once in every breakdown. Of those with the same answer, the worst is
    put together from the group that tells most in each breakdown: groups bear on each other little.
    """
    target, places = puzzle.targets[at], puzzle.sought[at]
    worst: list[tuple[float, list[int]]] = []
    for code in _answers(puzzle, target):
        record: list[int] = []
        spare: list[tuple[float, list[int]]] = []
        for block in puzzle.records(target.variable, code):
            widths = sorted((_width(search, places, [place]), place) for place in block)
            record.append(widths[0][1])
            spare += [(width, [place]) for width, place in widths[:_CLOSEST]]
        worst += [(_width(search, places, record), record), *spare]
    worst.sort(key=lambda one: one[0])
    pairs = combinations_with_replacement([record for _, record in worst[: _CLOSEST + 1]], 2)
    return Inside(worst[0][0], min(_width(search, places, one + other) for one, other in pairs))


def _answers(puzzle: Puzzle, target: Target) -> list[int]:
    """An answer that is counted in the number, and one that is not."""
    size = len(puzzle.cells[Where(target.variable, None, None)])
    others = [code for code in range(size) if code not in target.categories]
    return [target.categories[0], *others[:1]]


def _width(search: Search, places: Places, record: list[int]) -> float:
    """The width for those who know of one more in each of the places; infinite if nobody is so."""
    known = {place: float(record.count(place)) for place in record}
    low, high = search.interval(places, known)
    return high - low if high >= low else float("inf")
