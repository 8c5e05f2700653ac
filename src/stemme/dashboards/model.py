"""A publication plan: all that will ever be shown of a survey, and how it is grouped."""

from __future__ import annotations

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
    """One question as it will be shown; groups show only the share that answered one of `top`."""

    question: str
    top: list[str] = field(default_factory=list)
    top_label: str = ""
    by: list[str] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)


class Dashboard(Base, frozen=True, kw_only=True):
    """One file in `dashboards/`."""

    id: str
    survey: str
    title: str
    summary: str
    panels: list[Panel]
    minimum: int = MINIMUM
    breakdowns: list[str] = field(default_factory=list)
    groupings: dict[str, list[Grouping]] = field(default_factory=dict)


class Header(Struct, frozen=True):
    """What a release says of itself; the plan is frozen with it, whatever its file says later."""

    survey: str
    wave: int
    revision: int
    sample: bool
    dashboard: str
    """The plan as JSON: a release's header holds plain values only."""
