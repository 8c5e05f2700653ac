"""All that a publication says about variables that hang together, as lines of unknown counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stemme.disclosure.attacker.printed import Asked, Codes, Nested, Panel, Row
from stemme.disclosure.attacker.whole import Possible, possible

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

Terms = Sequence[tuple[float, Places]]

_NONE = np.empty(0, dtype=np.intp)


class Target(NamedTuple):
    """A count somebody may want to know: those of a row who have one of `categories`.

    The categories are codes, the finest there are. `by` and `group` None is the district, `group`
    alone those who named none of the groups. `planned` tells a number that a page has a place for,
    or its complement, from a finer one.
    """

    variable: str
    by: str | None
    group: str | None
    categories: Codes
    planned: bool


class Line(NamedTuple):
    """`low <= weights @ counts[places] <= high`."""

    places: Places
    weights: Reals
    low: float
    high: float


class Where(NamedTuple):
    """A row of a variable; both None is the district, `group` None those outside all groups."""

    variable: str
    by: str | None
    group: str | None


class Puzzle(NamedTuple):
    """Lines that hold, what is sought, and where the unknown counts of each row stand, by code."""

    size: int
    lines: tuple[Line, ...]
    targets: tuple[Target, ...]
    sought: tuple[Places, ...]
    cells: Mapping[Where, Places]

    def outside(self, names: Iterable[str]) -> Places:
        """The counts of those who named no group of these breakdowns."""
        wanted = set(names)
        return np.concatenate(
            [
                places
                for where, places in self.cells.items()
                if where.by in wanted and where.group is None
            ]
            or [_NONE]
        )

    def records(self, variable: str, code: int) -> list[list[int]]:
        """Per breakdown, the places a respondent with this answer may be counted in."""
        found: dict[str, list[int]] = {}
        for where, places in self.cells.items():
            if where.variable == variable and where.by is not None:
                found.setdefault(where.by, []).append(int(places[code]))
        if not found:
            found[""] = [int(self.cells[Where(variable, None, None)][code])]
        return list(found.values())


def pose(
    panels: Sequence[Panel],
    *,
    obedient: bool,
    every: bool = False,
    nested: tuple[Nested, ...] = (),
) -> Puzzle:
    """The puzzle of variables that hang together.

    `obedient` trusts that the house followed its own rules. With `every`, printed numbers are
    sought too.
    """
    cells: dict[Where, Places] = {}
    size = 0
    for panel in panels:
        for where in _wheres(panel):
            cells[where] = np.arange(size, size + panel.size)
            size += panel.size
    lines: list[Line] = []
    targets: list[tuple[Target, Places]] = []
    for panel in panels:
        for by, row in panel.rows:
            found = _possible(panel, row, obedient)
            lines += _statements(panel, row, found, cells[Where(panel.variable, by, row.group)])
        lines += _sums(panel, cells)
        lines += _nests(panel, cells, nested)
        targets += _targets(panel, cells, every=every)
    lines += _links(panels, cells)
    return Puzzle(
        size,
        tuple(lines),
        tuple(target for target, _ in targets),
        tuple(places for _, places in targets),
        cells,
    )


def line(places: Places, low: float, high: float, weights: Reals | float = 1.0) -> Line:
    return Line(places, np.broadcast_to(np.asarray(weights, float), places.shape), low, high)


def _wheres(panel: Panel) -> Iterator[Where]:
    yield Where(panel.variable, None, None)
    for breakdown in panel.breakdowns:
        for row in breakdown.rows:
            yield Where(panel.variable, breakdown.name, row.group)
        yield Where(panel.variable, breakdown.name, None)


def _sums(panel: Panel, cells: Mapping[Where, Places]) -> Iterator[Line]:
    """The groups and those outside all groups make up the district, code by code."""
    district = cells[Where(panel.variable, None, None)]
    for breakdown in panel.breakdowns:
        blocks = [cells[Where(panel.variable, breakdown.name, r.group)] for r in breakdown.rows]
        blocks.append(cells[Where(panel.variable, breakdown.name, None)])
        signs = np.array([1.0] + [-1.0] * len(blocks))
        for code in range(panel.size):
            places = np.array([district[code], *(block[code] for block in blocks)])
            yield Line(places, signs, 0, 0)


def _nests(
    panel: Panel, cells: Mapping[Where, Places], nested: tuple[Nested, ...]
) -> Iterator[Line]:
    """The groups within another have no more people than it, code by code."""
    for inner, outer, other in dict.fromkeys((n.inner, n.outer, n.other) for n in nested):
        groups = [n.group for n in nested if (n.inner, n.outer, n.other) == (inner, outer, other)]
        wheres = [Where(panel.variable, inner, group) for group in groups]
        whole = cells.get(Where(panel.variable, outer, other))
        blocks = [cells[where] for where in wheres if where in cells]
        if whole is not None and blocks:
            signs = np.array([1.0] + [-1.0] * len(blocks))
            for code in range(panel.size):
                places = np.array([whole[code], *(block[code] for block in blocks)])
                yield Line(places, signs, 0, np.inf)


def _possible(panel: Panel, row: Row, obedient: bool) -> Possible | None:
    """What a printed row leaves, or where nothing fits, its base alone."""
    found = possible(row, panel.floor if obedient else 1, panel.values)
    within = row.base or row.between
    if found is None and within is not None:
        nothing = (None,) * len(row.sums)
        return Possible(within, nothing, nothing)
    return found


def _statements(panel: Panel, row: Row, found: Possible | None, where: Places) -> Iterator[Line]:
    """Between which numbers the base, every printed sum and the mean lie, and their ratio."""
    if found is not None:
        yield line(where, *found.base)
    for place, members in enumerate(row.sums):
        share, printed = row.shares[place], row.count_of(place)
        span = None if found is None else found.sums[place]
        others = None if found is None else found.others[place]
        if share is not None and not _is_pinned(span):
            inside = np.isin(np.arange(len(where)), members).astype(float)
            half, value = 0.5 / share.scale, share.value / share.scale
            yield Line(where, 100 * inside - (value + half), -np.inf, 0)
            yield Line(where, 100 * inside - (value - half), 0, np.inf)
        if span is not None or printed is not None:
            yield line(where[list(members)], *(span or printed or (0, 0)))
        if others is not None:
            yield line(np.delete(where, list(members)), *others)
    if row.mean is not None and panel.values:
        values = np.array(panel.values)
        yield Line(where, values - row.mean[0], -1e-9, np.inf)
        yield Line(where, values - row.mean[1], -np.inf, 1e-9)


def _is_pinned(span: tuple[int, int] | None) -> bool:
    return span is not None and span[0] == span[1]


def _targets(
    panel: Panel, cells: Mapping[Where, Places], *, every: bool
) -> Iterator[tuple[Target, Places]]:
    """Every hidden number and its complement, every hidden base, and every finer count."""
    for by, row in panel.rows:
        places = cells[Where(panel.variable, by, row.group)]
        for members, planned in sorted(_sought(panel, row, every=every).items()):
            yield (
                Target(panel.variable, by, row.group, members, planned),
                places[list(members)],
            )
    everything = tuple(range(panel.size))
    for breakdown in panel.breakdowns:
        tops = breakdown.rows[0].sums
        sums = [sum_ for top in tops for sum_ in (top, _others(everything, top))]
        places = cells[Where(panel.variable, breakdown.name, None)]
        for members in dict.fromkeys([*sums, *((code,) for code in everything)]):
            target = Target(panel.variable, breakdown.name, None, members, planned=False)
            yield target, places[list(members)]


def _sought(panel: Panel, row: Row, *, every: bool) -> dict[Codes, bool]:
    """What is not printed of a row: sums and their complements as planned, codes as finer."""
    everything = tuple(range(panel.size))
    sought: dict[Codes, bool] = {}
    printed: set[Codes] = set()
    for place, members in enumerate(row.sums):
        pair = {members, _others(everything, members)} - {()}
        if every or not row.is_shown(place):
            sought |= dict.fromkeys(pair, True)
        else:
            printed |= pair
    if row.base is None or every:
        sought[everything] = True
    for code in everything:
        if (code,) not in printed:
            sought.setdefault((code,), False)
    return sought


def _others(everything: Codes, members: Codes) -> Codes:
    return tuple(code for code in everything if code not in members)


def _links(panels: Sequence[Panel], cells: Mapping[Where, Places]) -> Iterator[Line]:
    """What variables say about each other, in every row that both of them have."""
    for panel in panels:
        if panel.asked is not None:
            for row in _wheres(panel):
                yield from _asked(panel.asked, row, cells)
    for question in dict.fromkeys(panel.question for panel in panels if panel.question):
        choices = [panel for panel in panels if panel.question == question]
        for row in _wheres(choices[0]):
            found = [(c, cells.get(row._replace(variable=c.variable))) for c in choices]
            yield from _choices([(c, where) for c, where in found if where is not None])


def _asked(asked: Asked, row: Where, cells: Mapping[Where, Places]) -> Iterator[Line]:
    """Everybody who answered a follow-up has one of the answers it asks about."""
    parent = cells.get(row._replace(variable=asked.variable))
    if parent is not None:
        child, codes = cells[row], parent[list(asked.codes)]
        signs = np.concatenate([np.ones(len(child)), -np.ones(len(codes))])
        yield Line(np.concatenate([child, codes]), signs, -np.inf, 0)


def _choices(choices: Sequence[tuple[Panel, Places]]) -> Iterator[Line]:
    """The same people answered each choice; how many they chose, and what they did not choose."""
    panel, base = choices[0]
    yield from (_sum([(1, where), (-1, base)], 0, 0) for _, where in choices[1:])
    if len(choices) < 2:
        return
    alone = [where[[one.chosen]] for one, where in choices if one.exclusive]
    others = [where[[one.chosen]] for one, where in choices if not one.exclusive]
    # Those who chose none that stands alone.
    free: Terms = [(1, base), *((-1, chosen) for chosen in alone)]
    if not any(one.open_choices for one, _ in choices):
        least = max(1, panel.least)
        high = 0 if least == panel.most else np.inf
        yield _sum([*_times(-least, free), *((1, chosen) for chosen in others)], 0, high)
    if panel.most:
        yield _sum([*_times(panel.most, free), *((-1, chosen) for chosen in others)], 0, np.inf)
    for chosen in others if alone else ():
        yield _sum([*free, (-1, chosen)], 0, np.inf)
    if alone:
        yield _sum(free, 0, np.inf)


def _times(factor: float, terms: Terms) -> Terms:
    return [(factor * times, places) for times, places in terms]


def _sum(terms: Terms, low: float, high: float) -> Line:
    """A line of sums taken some times; who stands on both sides cancels out."""
    weights: dict[int, float] = {}
    for times, places in terms:
        for place in places.tolist():
            weights[place] = weights.get(place, 0.0) + times
    kept = {place: weight for place, weight in weights.items() if weight}
    return Line(np.array([*kept], dtype=np.intp), np.array([*kept.values()]), low, high)
