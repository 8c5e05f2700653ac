"""The results of a dialogue as a page tells them: from the published numbers, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from msgspec import Struct

from stemme.dialogue.model import Shown
from stemme.dialogue.rules import margins, placing
from stemme.disclosure.model import Release

GROUP, GROUPS = "group", "groups"
LISTED = 3
SMALLEST = 14
"""The radius of a circle that its number still fits into."""
FIRM = 80
"""Percent of the grouping that must come back among half of the people to be called clear."""


class Row(Struct, frozen=True):
    """One statement with what may be shown of it."""

    statement: Shown
    percents: tuple[int | None, ...]
    """Agree, disagree, passed."""
    base: tuple[int, int]
    margin: tuple[int, int] | None
    """95 % interval of the agreement, whole percent."""
    groups: tuple[int | None, ...]
    """The agreement of each group, in their order."""

    @property
    def together(self) -> float:
        """How far everybody agrees: the product of the groups' shares, else the surest share.

        A group's hidden share counts as the least that everybody's may be.
        """
        surest = self.margin[0] if self.margin else 0
        product = 1.0
        for one in self.groups or (None,):
            product *= (surest if one is None else one) / 100
        return product

    @property
    def shared(self) -> bool:
        """Whether surely more than half agree, and of every group whose share is shown."""
        known = [one for one in self.groups if one is not None]
        surest = self.margin[0] if self.margin else 0
        return all(one > 50 for one in (surest, *known))

    @property
    def apart(self) -> float:
        """How far people are apart: the widest gap between groups, else how even the sides are."""
        known = [one for one in self.groups if one is not None]
        if self.groups:
            return max(known) - min(known) if len(known) > 1 else -1
        agree, disagree = self.percents[0], self.percents[1]
        return -1 if agree is None or disagree is None else min(agree, disagree)


class Circle(Struct, frozen=True):
    """A group on the map, in hundredths of half the map; its area is its share of the people."""

    x: int
    y: int
    radius: int


class Group(Struct, frozen=True):
    """A group of people who reacted alike."""

    number: int
    percent: int | None
    """Of everybody with a place on the map."""
    circle: Circle | None
    """None for every group where too little is published to draw a map."""
    marks: list[tuple[Row, int, int]]
    """Statements that mark it out: the row, its agreement, and the mean of the other groups'."""


class Told(Struct, frozen=True):
    """Everything the page of results says."""

    rows: list[Row]
    together: list[Row]
    apart: list[Row]
    groups: list[Group]
    stability: int | None
    """Percent of the grouping that comes back."""
    no_groups: str
    """Why there are none: `too_few`, `too_small`, `unstable`, `unsafe`; "" where there are."""

    @property
    def circles(self) -> list[tuple[int, Circle]]:
        """The map: number and circle of each group; empty where there is none."""
        return [(one.number, one.circle) for one in self.groups if one.circle is not None]

    @property
    def tall(self) -> int:
        """How far up and down from its middle the map goes."""
        return max([60, *(abs(one.y) + one.radius + 5 for _, one in self.circles)])

    @property
    def firm(self) -> bool:
        """Whether the groups may be called clear."""
        return self.stability is not None and self.stability >= FIRM


def tell(release: Release, statements: Mapping[int, Shown]) -> Told:
    """The page; a statement that was taken away since is left out, its numbers with it."""
    header = release.header
    circles = _circles(release)
    rows = [row for one in statements.values() if (row := _row(release, one, len(circles)))]
    rows.sort(key=lambda row: (-(row.percents[0] or 0), row.statement.id))
    agreed = sorted(rows, key=lambda row: (-row.together, row.statement.id))
    apart = sorted(rows, key=lambda row: (-row.apart, row.statement.id))
    stable = header.get("stability")
    return Told(
        rows=rows,
        together=[row for row in agreed if row.shared][:LISTED],
        apart=[row for row in apart if row.apart >= 20][:LISTED],
        groups=[_group(release, place, one, rows) for place, one in enumerate(circles)],
        stability=int(stable) if isinstance(stable, int) and circles else None,
        no_groups=str(header.get("no_groups", "")),
    )


def _circles(release: Release) -> list[Circle | None]:
    """A circle a group, drawn from the published tables alone; no group, no entry."""
    grouped = [table for table in release.tables if table.by == GROUP]
    if not grouped:
        return []
    sizes = release.district(GROUPS).district.percents
    shown = [[row.percents[0] for row in table.groups] for table in grouped]
    whole = [[one for one in row if one is not None] for row in shown]
    columns = [row for row in whole if len(row) == len(sizes)]
    points = placing.place([[row[at] for row in columns] for at in range(len(sizes))])
    if points is None:
        return [None] * len(sizes)
    return [
        Circle(x, y, max(SMALLEST, round(4.5 * sqrt(size or 0))))
        for (x, y), size in zip(points, sizes, strict=True)
    ]


def _row(release: Release, statement: Shown, groups: int) -> Row | None:
    variable = f"s{statement.id}"
    try:
        district = release.district(variable).district
    except KeyError:
        return None
    if district.base is None:
        return None
    agree = district.percents[0]
    shares: tuple[int | None, ...] = ()
    if groups:
        shares = tuple(one.percents[0] for one in release.comparison(variable, GROUP).groups)
    return Row(
        statement=statement,
        percents=district.percents,
        base=district.base,
        margin=None if agree is None else margins.of_published(agree, district.base),
        groups=shares,
    )


def _group(release: Release, place: int, circle: Circle | None, rows: Sequence[Row]) -> Group:
    told = []
    for row in rows:
        mine = row.groups[place]
        others = [one for at, one in enumerate(row.groups) if at != place and one is not None]
        if mine is not None and others:
            told.append((row, mine, round(sum(others) / len(others))))
    told.sort(key=lambda one: (-abs(one[1] - one[2]), one[0].statement.id))
    percent = release.district(GROUPS).district.percents[place]
    return Group(place + 1, percent, circle, told[:LISTED])
