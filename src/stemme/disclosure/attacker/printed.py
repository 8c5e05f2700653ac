"""What is printed about people: shares, counts and means, and how questions hang together."""

from __future__ import annotations

from typing import NamedTuple

Range = tuple[int, int]
Codes = tuple[int, ...]


class Share(NamedTuple):
    """A printed percentage, `value / scale`, rounded half up unless nobody knows how."""

    value: int
    scale: int = 1
    half_up: bool = True


class Row(NamedTuple):
    """One printed row; `group` None is the whole district.

    `base` is where the number of answers lies, None if hidden; `between` is what is known of it
    from elsewhere. `sums` are the codes each share is of, and each range a count is printed as.
    `mean` is where the mean of the values lies, None if it is not printed.
    """

    group: str | None
    base: Range | None
    sums: tuple[Codes, ...]
    shares: tuple[Share | None, ...]
    counts: tuple[Range | None, ...] = ()
    mean: tuple[float, float] | None = None
    between: Range | None = None

    def is_shown(self, place: int) -> bool:
        """Whether the sum at this place is printed, as a share or as an exact count."""
        count = self.count_of(place)
        return self.shares[place] is not None or (count is not None and count[0] == count[1])

    def count_of(self, place: int) -> Range | None:
        return self.counts[place] if self.counts else None


class Breakdown(NamedTuple):
    """One breakdown of a variable: the names of its groups and a printed row for each."""

    name: str
    rows: tuple[Row, ...]


class Asked(NamedTuple):
    """Who answers a follow-up: only those with one of `codes` in another variable."""

    variable: str
    codes: Codes


class Panel(NamedTuple):
    """Everything printed about one variable.

    Counts from 1 to `minimum` - 1 must not be known; counts from 1 to `floor` - 1, and complements,
    are never printed by the rules of a house that is known to have such. `parts` are the codes of
    each category, `values` the score of each code. Variables of the same `question` were answered
    by the same people; `chosen` is the code of those who chose this one, `open_choices` that not
    every choice is printed, `exclusive` that it goes with no other, `least` and `most` how many
    who chose none of those must and may choose.
    """

    variable: str
    categories: tuple[str, ...]
    parts: tuple[Codes, ...]
    minimum: int
    district: Row
    breakdowns: tuple[Breakdown, ...]
    values: tuple[float, ...] = ()
    question: str = ""
    chosen: int = 0
    open_choices: bool = False
    exclusive: bool = False
    most: int = 0
    asked: Asked | None = None
    floor: int = 1
    least: int = 0

    @property
    def size(self) -> int:
        """How many codes there are."""
        return sum(map(len, self.parts))

    @property
    def rows(self) -> tuple[tuple[str | None, Row], ...]:
        """Every row with the name of its breakdown; the district first."""
        groups = ((b.name, row) for b in self.breakdowns for row in b.rows)
        return ((None, self.district), *groups)


class Nested(NamedTuple):
    """Everybody in `group` of breakdown `inner` is in `other` of `outer`: a street, a quarter."""

    inner: str
    group: str
    outer: str
    other: str


class Publication(NamedTuple):
    """All that is published of a wave; `people` is how many took part, if that is printed too.

    `nested` is what everybody knows who knows the place, whether it is printed or not.
    """

    panels: tuple[Panel, ...]
    weighted: bool = False
    people: int | None = None
    nested: tuple[Nested, ...] = ()
