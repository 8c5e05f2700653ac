"""The definition of a survey, its waves, and what an answer is made of."""

from __future__ import annotations

import datetime
from typing import Literal

from msgspec import Struct, field

AnswerValue = str | int | float | list[str] | dict[str, str] | dict[str, list[str]]
"""text, one and date (ISO): str; slider: int; number: int or float; many: list of values; rank: the
same, best first; grid: row value to choice value, or to a list of them; calc: str, int or float.
What is written beside the choice `OTHER` is an answer of its own, `<question>.other`."""

OTHER = "other"
"""The value of the choice that has a line to write on."""

Answers = dict[str, AnswerValue]
"""Question name to value; an unanswered question is absent."""

Lens = Literal[
    "place_image",
    "place_use",
    "place_interest",
    "belonging",
    "safety",
    "story",
    "health",
    "participation",
]


# Structs inherit their configuration except `kw_only`; mypy wants to read `frozen` too.
class Base(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What every part of a definition shares: immutable, and no key that we do not know."""


class Choice(Base, frozen=True, kw_only=True):
    value: str
    label: str
    code: int | None = None
    missing: bool = False
    exclusive: bool = False
    props: dict[str, str] = field(default_factory=dict)
    """What a `filter` may ask of it: `kommune: larvik`."""


class Row(Base, frozen=True, kw_only=True):
    value: str
    label: str
    about: list[str] = field(default_factory=list)


class Check(Base, frozen=True, kw_only=True):
    test: str
    message: str
    level: Literal["error", "warn"] = "error"
    """A warning is shown once; who stands by the answer goes on."""


class Node(Base, frozen=True, kw_only=True, tag_field="type"):
    name: str
    label: str = ""
    hint: str = ""
    show: str | None = None
    about: list[str] = field(default_factory=list)
    lenses: list[Lens] = field(default_factory=list)


class Question(Node, frozen=True, kw_only=True):
    required: bool = False
    sensitive: bool = False
    why: str = ""
    default: str | None = None
    """An expression: what stands there when the question is first met."""
    checks: list[Check] = field(default_factory=list)


class Text(Question, frozen=True, kw_only=True, tag="text"):
    format: Literal["line", "paragraph", "email", "phone", "url"] = "line"
    """Like all that is written, mail addresses and telephones are masked before they are stored."""
    max: int = 500


class Number(Question, frozen=True, kw_only=True, tag="number"):
    min: float | None = None
    max: float | None = None
    step: float = 1
    unit: str = ""


class Slider(Question, frozen=True, kw_only=True, tag="slider"):
    min: int = 0
    max: int = 10
    step: int = 1
    ends: tuple[str, str] = ("", "")


class Date(Question, frozen=True, kw_only=True, tag="date"):
    precision: Literal["year", "month", "day", "time", "minute"] = "day"


class Choosing(Question, frozen=True, kw_only=True):
    """What questions with choices share."""

    choices: str | list[Choice]
    filter: str | None = None
    """Which choices are shown; a bare word is what is known of a choice: `kommune = ${kommune}`."""
    shuffle: bool = False
    """In an order of its own for every answer; what is missing, alone or other stays last."""


class One(Choosing, frozen=True, kw_only=True, tag="one"):
    other: str = ""
    """The label of a last choice with a line to write on."""


class Many(Choosing, frozen=True, kw_only=True, tag="many"):
    min: int = 0
    max: int | None = None
    other: str = ""


class Rank(Choosing, frozen=True, kw_only=True, tag="rank"):
    top: int | None = None
    """How many places there are; as many as choices unless given."""


class Grid(Question, frozen=True, kw_only=True, tag="grid"):
    rows: list[Row]
    choices: str | list[Choice]
    multiple: bool = False


class Calc(Node, frozen=True, kw_only=True, tag="calc"):
    """A value worked out from answers; nobody is asked it, conditions and texts may read it."""

    value: str


class Note(Node, frozen=True, kw_only=True, tag="note"):
    pass


class Group(Node, frozen=True, kw_only=True, tag="group"):
    items: list[Item]
    page: bool = False


class Repeat(Node, frozen=True, kw_only=True, tag="repeat"):
    """What is asked once for each item; the items are added and taken away by who answers."""

    items: list[Item]
    title: str = ""
    """What an item is called, before its number: "Barn"."""
    count: str | None = None
    """An expression that decides how many there are; without it people add them."""
    min: int = 0
    max: int = 20


AnyQuestion = Text | Number | Slider | Date | One | Many | Rank | Grid
Item = AnyQuestion | Calc | Note | Group | Repeat


class Ages(Base, frozen=True, kw_only=True):
    min: int | None = None
    max: int | None = None


class Survey(Base, frozen=True, kw_only=True):
    id: str
    version: str
    title: str
    summary: str
    intro: list[str]
    thanks: list[str]
    source: str
    languages: list[str]
    mode: Literal["anonymous", "confidential", "pseudonymous"]
    audience: Literal["adults", "children", "business"]
    minutes: int
    owner: str
    items: list[Group]
    ages: Ages = Ages()
    about: list[str] = field(default_factory=list)
    lists: dict[str, list[Choice]] = field(default_factory=dict)
    streets: list[str] = field(default_factory=list)
    """Street names of the place that masking would not know: "Torget"."""


class Version(Struct, frozen=True):
    """A published definition, with its texts frozen: language to key path to text."""

    survey: str
    revision: int
    definition: Survey
    texts: dict[str, dict[str, str]]


class Wave(Struct, frozen=True):
    survey: str
    wave: int
    sample: bool
    state: Literal["draft", "open", "closed", "releasing", "released"]
    revision: int
    opened_at: datetime.datetime | None
    closed_at: datetime.datetime | None
    late_until: datetime.datetime | None
    refusal: str | None
