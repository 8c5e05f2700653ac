"""What respondents can work out who know their own answers in every table, alone or two of them."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import NamedTuple

from stemme.disclosure.attacker.findings import Record
from stemme.disclosure.attacker.puzzle import Places, Puzzle, Target, Where
from stemme.disclosure.attacker.search import Search

_CLOSEST = 3
"""Respondents who are tried in pairs."""

_Known = list[int]
"""The places that a respondent is counted in."""


class Inside(NamedTuple):
    """The narrowest width that one respondent, or two, can reach around what others answered.

    `told` are the respondents, alone or two together, to whom it would be one number: nobody but
    them knows whether there are such people.
    """

    alone: float
    pair: float
    told: tuple[tuple[Record, ...], ...]


class _Widths:
    """The width of one number sought for those who know a record; each is worked out once."""

    def __init__(self, search: Search, places: Places) -> None:
        self._search = search
        self._places = places
        self._found: dict[tuple[int, ...], float] = {}

    def of(self, record: _Known) -> float:
        """The width for those who know of one more in each place; infinite if nobody is so."""
        key = tuple(sorted(record))
        if key not in self._found:
            known = {place: float(record.count(place)) for place in record}
            low, high = self._search.interval(self._places, known)
            self._found[key] = high - low if high >= low else float("inf")
        return self._found[key]


def inside(puzzle: Puzzle, search: Search, at: int) -> Inside:
    """The narrowest widths around one number sought.

    A respondent is counted once in every breakdown. Tried is whoever stands in the row itself, with
    any answer, and of those with the same answer the worst that could be: put together from the
    group that tells most in each breakdown, as groups bear on each other little.
    """
    target = puzzle.targets[at]
    known = _Widths(search, puzzle.sought[at])
    worst = [(known.of(one), one) for one in _records(puzzle, known, at)]
    worst.sort(key=lambda one: one[0])
    closest = [record for _, record in worst[: _CLOSEST + 1]]
    pairs = [
        (known.of(one + other), (one, other))
        for one, other in combinations_with_replacement(closest, 2)
    ]
    exact = [[one] for width, one in worst if width < 1]
    exact += [[*pair] for width, pair in pairs if width < 1]
    names = _names(puzzle, target.variable) if exact else {}
    told = tuple(
        tuple(tuple(names[place] for place in record) for record in records) for records in exact
    )
    return Inside(worst[0][0], min(width for width, _ in pairs), told)


def _records(puzzle: Puzzle, known: _Widths, at: int) -> list[_Known]:
    """The respondents who are tried, those of whom several may be one only once."""
    target = puzzle.targets[at]
    row = puzzle.cells[Where(target.variable, target.by, target.group)]
    found = [[int(place)] for place in row]
    for code in _answers(puzzle, target):
        composed: _Known = []
        for block in puzzle.records(target.variable, code):
            widths = sorted((known.of([place]), place) for place in block)
            composed.append(widths[0][1])
            found += [[place] for _, place in widths[:_CLOSEST]]
        found.append(composed)
    return [list(record) for record in dict.fromkeys(map(tuple, found))]


def _answers(puzzle: Puzzle, target: Target) -> list[int]:
    """An answer that is counted in the number, and one that is not."""
    size = len(puzzle.cells[Where(target.variable, None, None)])
    others = [code for code in range(size) if code not in target.categories]
    return [target.categories[0], *others[:1]]


def _names(puzzle: Puzzle, variable: str) -> dict[int, tuple[str | None, str | None, int]]:
    """Of every place of a variable the breakdown, group and code."""
    return {
        int(place): (where.by, where.group, code)
        for where, places in puzzle.cells.items()
        if where.variable == variable
        for code, place in enumerate(places)
    }
