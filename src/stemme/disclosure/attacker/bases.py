"""How many answered, row by row, worked out from all questions that share people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from stemme.disclosure.attacker.printed import Breakdown, Panel, Publication, Range, Row
from stemme.disclosure.attacker.whole import possible

_Rows = Mapping[tuple[str | None, str | None], Range]


class Pinned(NamedTuple):
    """The panels with every base as narrow as others make it; `pinned` bases are one number now."""

    panels: tuple[Panel, ...]
    pinned: int


def pin(publication: Publication) -> Pinned:
    """Narrows bases until nothing more follows.

    The same people answered every choice of a question; no row has more people than took part, and
    no group more than are left when every other has at least what some question shows of it.
    """
    panels = _same_people(publication.panels)
    if publication.people is not None:
        panels = _same_people(_within(panels, publication.people))
    before = {(p.variable, by, row.group): row for p in publication.panels for by, row in p.rows}
    pinned = sum(
        _is_one(row) and not _is_one(before[panel.variable, by, row.group])
        for panel in panels
        for by, row in panel.rows
    )
    return Pinned(panels, pinned)


def together(panels: Iterable[Panel]) -> list[tuple[Panel, ...]]:
    """Variables that say something about each other: choices of one question, and follow-ups."""
    panels = list(panels)
    leader = {panel.variable: panel.variable for panel in panels}

    def lead(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    first: dict[str, str] = {}
    for panel in panels:
        if panel.question:
            leader[lead(panel.variable)] = lead(first.setdefault(panel.question, panel.variable))
        if panel.asked is not None and panel.asked.variable in leader:
            leader[lead(panel.variable)] = lead(panel.asked.variable)
    groups: dict[str, list[Panel]] = {}
    for panel in panels:
        groups.setdefault(lead(panel.variable), []).append(panel)
    return [tuple(group) for group in groups.values()]


def _is_one(row: Row) -> bool:
    return row.base is not None and row.base[0] == row.base[1]


def _same_people(panels: tuple[Panel, ...]) -> tuple[Panel, ...]:
    known: dict[str, dict[tuple[str | None, str | None], Range]] = {}
    for panel in panels:
        shared = known.setdefault(panel.question, {}) if panel.question else {}
        for by, row in panel.rows:
            found = possible(row, panel.floor, panel.values)
            if found is not None:
                old = shared.get((by, row.group), found.base)
                shared[by, row.group] = _meet(old, found.base)
    return tuple(
        _narrowed(panel, known[panel.question]) if panel.question else panel for panel in panels
    )


def _within(panels: tuple[Panel, ...], people: int) -> tuple[Panel, ...]:
    least: dict[str, dict[str | None, int]] = {}
    for panel in panels:
        for by, row in panel.rows:
            found = possible(row, panel.floor, panel.values)
            if found is not None and by is not None:
                sizes = least.setdefault(by, {})
                sizes[row.group] = max(sizes.get(row.group, 0), found.base[0])
    caps: dict[tuple[str | None, str | None], Range] = {(None, None): (0, people)}
    for panel in panels:
        for breakdown in panel.breakdowns:
            sizes = least.get(breakdown.name, {})
            for row in breakdown.rows:
                others = sum(size for group, size in sizes.items() if group != row.group)
                caps[breakdown.name, row.group] = (0, people - others)
    return tuple(_narrowed(panel, caps) for panel in panels)


def _narrowed(panel: Panel, known: _Rows) -> Panel:
    def narrow(by: str | None) -> Callable[[Row], Row]:
        return lambda row: _row(row, known.get((by, row.group)))

    breakdowns = tuple(
        Breakdown(b.name, tuple(map(narrow(b.name), b.rows))) for b in panel.breakdowns
    )
    return panel._replace(district=narrow(None)(panel.district), breakdowns=breakdowns)


def _row(row: Row, known: Range | None) -> Row:
    if known is None:
        return row
    if row.base is None:
        between = known if row.between is None else _meet(row.between, known)
        return row._replace(between=between)
    return row._replace(base=_meet(row.base, known))


def _meet(one: Range, other: Range) -> Range:
    """Where both hold; the first alone if they contradict each other."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else one
