"""All that a release says about one variable, as inequalities between unknown counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stemme.disclosure.attacker.reading import Panel, Row
from stemme.disclosure.attacker.whole import Possible, possible

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


class Target(NamedTuple):
    """A count somebody may want to know: those of a row who chose one of `categories`.

    `by` and `group` None is the district, `group` alone those who named none of the groups.
    `planned` tells a number that a page has a place for, or its complement, from a finer one.
    """

    by: str | None
    group: str | None
    categories: tuple[int, ...]
    planned: bool


class Puzzle(NamedTuple):
    """`rows @ counts <= limits`, `ties @ counts == 0`, counts not negative; and what is sought.

    The unknown counts are the district by category, then each group by category. `blocks` has, per
    breakdown, the places of its counts, as group by category; `district` those of the district.
    """

    rows: Reals
    limits: Reals
    ties: Reals
    targets: tuple[Target, ...]
    members: Reals
    district: Places
    blocks: tuple[Places, ...]


def pose(panel: Panel, *, obedient: bool, closed: frozenset[str], every: bool = False) -> Puzzle:
    """The puzzle of one variable.

    `obedient` trusts that the house followed its own rules. `closed` are the breakdowns in which
    everybody is supposed to have named a group; in the others groups need not sum to the district.
    With `every`, printed numbers are sought too.
    """
    categories = len(panel.categories)
    places: list[Places] = [np.arange(categories)]
    for breakdown in panel.breakdowns:
        start = places[-1].max() + 1
        size = len(breakdown.rows) * categories
        places.append(np.arange(start, start + size).reshape(-1, categories))
    unknown = int(places[-1].max()) + 1
    statements = [
        statement
        for _, row, where in _rows(panel, places)
        for statement in _statements(row, _possible(panel, row, obedient), where, unknown)
    ]
    rows = [line for line, _ in statements]
    limits = [limit for _, limit in statements]
    ties: list[Reals] = []
    for breakdown, block in zip(panel.breakdowns, places[1:], strict=True):
        sums = [_line(unknown, block[:, category], [category]) for category in places[0]]
        if breakdown.name in closed:
            ties += sums
        else:
            rows, limits = rows + sums, limits + [0.0] * categories
    targets = [
        (target, _line(unknown, members, []))
        for target, members in _targets(panel, places, every=every)
    ]
    targets += _unnamed(panel, places, closed)
    return Puzzle(
        _matrix(rows, unknown),
        np.array(limits),
        _matrix(ties, unknown),
        tuple(target for target, _ in targets),
        _matrix([members for _, members in targets], unknown),
        places[0],
        tuple(places[1:]),
    )


def stacked(first: Puzzle, second: Puzzle) -> Puzzle:
    """Two releases of the same people, some of them only in the second; sought are those.

    The unknown counts are those of the first, then how many came later.
    """
    nothing = np.zeros_like(first.rows)
    empty = np.zeros_like(first.ties)
    return Puzzle(
        np.block([[first.rows, nothing], [second.rows, second.rows]]),
        np.concatenate([first.limits, second.limits]),
        np.block([[first.ties, empty], [second.ties, second.ties]]),
        first.targets,
        np.hstack([np.zeros_like(first.members), first.members]),
        first.district,
        (),
    )


def _rows(panel: Panel, places: list[Places]) -> Iterator[tuple[str | None, Row, Places]]:
    yield None, panel.district, places[0]
    for breakdown, block in zip(panel.breakdowns, places[1:], strict=True):
        for row, where in zip(breakdown.rows, block, strict=True):
            yield breakdown.name, row, where


def _possible(panel: Panel, row: Row, obedient: bool) -> Possible | None:
    """What a printed row leaves, or where nothing fits, its base alone."""
    found = possible(row, panel.minimum if obedient else 1)
    if found is None and row.base is not None:
        nothing = (None,) * len(row.sums)
        return Possible(row.base, nothing, nothing)
    return found


def _statements(
    row: Row, found: Possible | None, where: Places, unknown: int
) -> Iterator[tuple[Reals, float]]:
    """Between which numbers the base and every printed sum lie, and their ratio."""
    if found is None:
        return
    base = _line(unknown, where, [])
    yield from _between(base, found.base)
    for members, share, span, others in zip(
        row.sums, row.shares, found.sums, found.others, strict=True
    ):
        if share is not None:
            line = _line(unknown, where[list(members)], [])
            yield 100 * line - (share + 0.5) * base, 0.0
            yield (share - 0.5) * base - 100 * line, 0.0
            if span is not None:
                yield from _between(line, span)
            if others is not None:
                yield from _between(base - line, others)


def _between(line: Reals, span: tuple[int, int]) -> Iterator[tuple[Reals, float]]:
    yield line, float(span[1])
    yield -line, -float(span[0])


def _targets(panel: Panel, places: list[Places], *, every: bool) -> Iterator[tuple[Target, Places]]:
    """Every hidden number and its complement, every hidden base, and every finer count."""
    everything = tuple(range(len(panel.categories)))
    for by, row, where in _rows(panel, places):
        sought: dict[tuple[int, ...], bool] = {}
        printed: set[tuple[int, ...]] = set()
        for members, share in zip(row.sums, row.shares, strict=True):
            pair = {members, tuple(place for place in everything if place not in members)}
            if share is None or every:
                sought |= dict.fromkeys(pair, True)
            else:
                printed |= pair
        if row.base is None:
            sought[everything] = True
        for place in everything:
            if row.group is not None and (place,) not in printed:
                sought.setdefault((place,), False)
        for members, planned in sorted(sought.items()):
            yield Target(by, row.group, members, planned), where[list(members)]


def _unnamed(
    panel: Panel, places: list[Places], closed: frozenset[str]
) -> Iterator[tuple[Target, Reals]]:
    """Those who named none of the groups: top, not top, and by category."""
    unknown = int(places[-1].max()) + 1
    everything = tuple(range(len(panel.categories)))
    for breakdown, block in zip(panel.breakdowns, places[1:], strict=True):
        (top,) = breakdown.rows[0].sums
        rest = tuple(place for place in everything if place not in top)
        for members in dict.fromkeys([top, rest, *((place,) for place in everything)]):
            if breakdown.name not in closed:
                line = _line(unknown, list(members), block[:, list(members)].ravel())
                yield Target(breakdown.name, None, members, planned=False), line


def _line(unknown: int, plus: npt.ArrayLike, minus: npt.ArrayLike) -> Reals:
    line = np.zeros(unknown)
    line[np.asarray(plus, dtype=np.intp)] = 1
    line[np.asarray(minus, dtype=np.intp)] = -1
    return line


def _matrix(lines: list[Reals], unknown: int) -> Reals:
    return np.array(lines).reshape(len(lines), unknown)
