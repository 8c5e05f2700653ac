"""A publication plan: all that will ever be shown of a survey, and how it is grouped."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

MINIMUM = 5
"""The smallest group any plan may show."""
SENSITIVE_MINIMUM = 10
"""The smallest group for sensitive questions and for children's surveys."""


class Base(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What every part of a plan shares: immutable, and no key that we do not know."""


class Band(Base, frozen=True, kw_only=True):
    """A range of numbers shown as one answer, both ends included."""

    value: str
    label: str
    from_: float = field(name="from")
    to: float


class Grouping(Base, frozen=True, kw_only=True):
    """Answers of a background question shown as one group."""

    value: str
    label: str
    of: list[str]


class Panel(Base, frozen=True, kw_only=True):
    """One question as it will be shown; groups show only the share that answered one of `top`.

    `mean` adds the mean, for the district and each group; scales have it unless it is false.
    """

    question: str
    top: list[str] = field(default_factory=list)
    top_label: str = ""
    by: list[str] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    mean: bool | None = None


class Index(Base, frozen=True, kw_only=True):
    """One number from 0 to 100 a person, from several questions that ask for the same.

    `of` are questions with scores, or rows of a grid as `grid.row`; high scores mean the opposite
    in those that are `reversed`. Shown are the mean and the share who reach `at_least`.
    """

    id: str
    label: str
    of: list[str]
    at_least: int
    top_label: str
    reversed: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)


class Total(Base, frozen=True, kw_only=True):
    """The sum of several numbers a person gave, shown in bands only."""

    id: str
    label: str
    of: list[str]
    bands: list[Band]
    top: list[str] = field(default_factory=list)
    top_label: str = ""
    by: list[str] = field(default_factory=list)


class Themes(Base, frozen=True, kw_only=True):
    """What people wrote about in a question of free text, as coded by people.

    `names` are those of the codebook on the day of the release: no file says them.
    """

    question: str
    by: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


class Dashboard(Base, frozen=True, kw_only=True):
    """One file in `dashboards/`."""

    id: str
    survey: str
    title: str
    summary: str
    panels: list[Panel]
    minimum: int = MINIMUM
    drawn: Literal["open", "random"] = "open"
    """How people came to answer: whoever wanted to, or drawn at random. Margins need the latter."""
    breakdowns: list[str] = field(default_factory=list)
    groupings: dict[str, list[Grouping]] = field(default_factory=dict)
    crosstabs: list[str] = field(default_factory=list)
    """Breakdowns that analysts may cross, two at most, in counts with noise."""
    indices: list[Index] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    themes: list[Themes] = field(default_factory=list)


class Header(Struct, frozen=True):
    """What a release says of itself; the plan is frozen with it, whatever its file says later."""

    survey: str
    wave: int
    revision: int
    sample: bool
    dashboard: str
    """The plan as JSON: a release's header holds plain values only."""
