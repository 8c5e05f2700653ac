"""The tree every input hangs on, the inputs, the answers to them, and the papers of a year."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Confidence = Literal["high", "medium", "low"]


class Base(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every part of the tree shares: immutable, and no key that we do not know."""


class Period(Base, frozen=True, kw_only=True):
    from_: int = field(name="from")
    to: int


class Source(Base, frozen=True, kw_only=True):
    """A public document that the wording comes from."""

    id: str
    title: str


class Goal(Base, frozen=True, kw_only=True):
    """A goal of the programme; `title_2025` where the plan of 2025 words it otherwise."""

    id: str
    title: str
    description: str
    title_2025: str | None = None
    confidence: Confidence = "high"


class SubArea(Base, frozen=True, kw_only=True):
    id: str
    title: str
    description: str
    goals: list[Goal]


class FocusArea(Base, frozen=True, kw_only=True):
    id: str
    title: str
    description: str
    sub_areas: list[SubArea]
    reporting_goals: list[str] = field(default_factory=list)
    """What reports answer to, in the programme description's wording."""


class Measure(Base, frozen=True, kw_only=True):
    """`text` is the plan's wording, `title` a short name, `confidence` in its link to the goal."""

    id: str
    title: str
    text: str
    description: str
    status: Literal["planned", "potential"] = "planned"
    confidence: Confidence = "high"


class PlanGoal(Base, frozen=True, kw_only=True):
    """A goal of the yearly plan; without a focus area it cuts across all of them."""

    id: str
    focus_area: str | None
    title: str
    confidence: Confidence
    mapping: Literal["as_printed", "inferred_from_layout"]
    measures: list[Measure]
    sub_areas: list[str] = field(default_factory=list)
    sub_area_confidence: Literal["our_reading", "high", "medium", "low"] | None = None


class ActionPlan(Base, frozen=True, kw_only=True):
    id: str
    year: int
    title: str
    goals: list[PlanGoal]


class Sum(Base, frozen=True, kw_only=True):
    """A sum in whole kroner; `text` and `entry` are the plan's words, `note` its reservation."""

    text: str
    amount: Annotated[int, Meta(ge=0)]
    entry: str = ""
    note: str = ""
    focus_area: str | None = None
    confidence: Confidence = "high"
    """How sure it is that the sum belongs to this focus area; the sum itself is printed."""


class Sums(Base, frozen=True, kw_only=True):
    """Lines and the total that is printed below them."""

    lines: list[Sum]
    total: Sum


class Budget(Base, frozen=True, kw_only=True):
    """The money of a year as a document states it: what there is, and what it is meant for."""

    year: int
    source: str
    mapping: Literal["as_printed", "inferred_from_layout"]
    available: Sums
    allocated: Sums
    note: str = ""

    @property
    def sums(self) -> list[Sum]:
        """Give every line and total, in the order of the document."""
        parts = (self.available, self.allocated)
        return [one for part in parts for one in (*part.lines, part.total)]


class Programme(Base, frozen=True, kw_only=True):
    id: str
    title: str
    area: str
    municipality: str
    period: Period
    summary: str
    sources: list[Source]
    focus_areas: list[FocusArea]
    plan: ActionPlan
    budget: Budget | None = None

    def ids(self) -> frozenset[str]:
        """Give the ids an input may hang on: programme, focus areas, sub-areas, goals, measures."""
        found = {self.id}
        for area in self.focus_areas:
            found.add(area.id)
            for sub_area in area.sub_areas:
                found.add(sub_area.id)
                found.update(goal.id for goal in sub_area.goals)
        for goal in self.plan.goals:
            found.add(goal.id)
            found.update(measure.id for measure in goal.measures)
        return frozenset(found)


Node = Programme | FocusArea | SubArea | Goal | PlanGoal | Measure


# The thread -------------------------------------------------------------------------------------

Kind = Literal["question", "theme", "note", "statement", "proposal"]
Answer = Literal["yes", "partly", "no", "later"]
State = Literal["draft", "published", "withdrawn"]
Status = Literal["potential", "planned", "under_way", "done", "stopped", "ordinary"]
"""`ordinary`: passed into ordinary operation."""
AmountKind = Literal["granted", "spent"]

KINDS: tuple[Kind, ...] = ("question", "theme", "note", "statement", "proposal")
ANSWERS: tuple[Answer, ...] = ("yes", "partly", "no", "later")
STATUSES: tuple[Status, ...] = (
    *("potential", "planned", "under_way"),
    *("done", "ordinary", "stopped"),
)
AMOUNT_KINDS: tuple[AmountKind, ...] = ("granted", "spent")

Translations = dict[str, str]
"""Language to text; the source text stands beside it."""


class Said(Struct, frozen=True, kw_only=True):
    """Something people said, as an upper feature hands it to `programme.service.attach`."""

    origin: str
    """`survey/<slug>`, `workshop/<id>`, `dialogue/<id>`, `proposals/<round>`: where it was said."""
    titles: Translations
    """What was asked or said in a line, masked; at least in `source_language`."""
    source_language: str
    about: list[str]
    """Ids of the tree: sub-areas, goals, plan goals or measures; unknown ones are ignored."""
    received_on: datetime.date
    public: bool
    """Whether everyone may read the titles: only what is moderated, coded or our own words.

    A note that is not public counts as waiting, and is read by everyone once an answer quotes it.
    """
    sample: bool = False
    place: Translations = field(default_factory=dict)
    """What people call the origin, such as the title of an evening: at least in `nb`, if any."""


class Input(Struct, frozen=True, kw_only=True):
    """Something people said, as it hangs on the tree."""

    origin: str
    id: uuid.UUID
    kind: Kind
    ref: str
    source_language: str
    titles: Translations
    about: list[str]
    received_on: datetime.date
    sample: bool
    public: bool = True

    def title(self, lang: str) -> str:
        """Give the title in a language, or as it was said."""
        return self.titles.get(lang) or self.titles[self.source_language]

    def title_language(self, lang: str) -> str:
        """Give the language that `title` answers in."""
        return lang if self.titles.get(lang) else self.source_language


class Decided(Struct, frozen=True, kw_only=True):
    """What the office answers; one version of it."""

    answer: Answer
    reason: str
    decided_by: str
    decided_on: datetime.date
    inputs: list[uuid.UUID]
    due_on: datetime.date | None = None
    measures: list[str] = field(default_factory=list)
    translations: Translations = field(default_factory=dict)


class Decision(Decided, frozen=True, kw_only=True):
    """A version as it is stored."""

    id: uuid.UUID
    version: int
    state: State
    written_at: datetime.datetime


class PublicDecision(Decided, frozen=True, kw_only=True):
    """What everyone may read: the newest version that was published."""

    id: uuid.UUID
    version: int
    published_at: datetime.datetime
    changed_at: datetime.datetime

    def reason_in(self, lang: str) -> tuple[str, str]:
        """Give the reason and the language it is in: the one asked for, else bokmål."""
        text = self.translations.get(lang)
        return (text, lang) if text else (self.reason, "nb")


class AddedMeasure(Struct, frozen=True):
    """A measure that came after the programme file was written."""

    id: str
    goal: str
    title: str
    description: str
    added_on: datetime.date


class Standing(Struct, frozen=True, kw_only=True):
    """How a measure stands; `happened_on` and `amount` (whole kroner) only where they are known."""

    status: Status
    note: str = ""
    happened_on: datetime.date | None = None
    translations: Translations = field(default_factory=dict)
    amount: int | None = None
    amount_kind: AmountKind | None = None
    amount_source: str = ""


class MeasureUpdate(Standing, frozen=True, kw_only=True):
    """One step in the history of a measure."""

    measure: str
    version: int
    written_at: datetime.datetime

    def note_in(self, lang: str) -> tuple[str, str]:
        """Give the note and the language it is in: the one asked for, else bokmål."""
        text = self.translations.get(lang)
        return (text, lang) if text else (self.note, "nb")


class Picture(Struct, frozen=True):
    """A picture of a measure, without its bytes."""

    id: uuid.UUID
    measure: str
    alt: str
    width: int
    height: int
    added_on: datetime.date


# The year ---------------------------------------------------------------------------------------


class YearPlan(Struct, frozen=True):
    """The measures of a year, as the office chose them on screen."""

    year: int
    version: int
    state: State
    note: str
    measures: list[str]
    written_at: datetime.datetime


class Evaluation(Struct, frozen=True):
    """What a project says of itself when it is finished; field name to text."""

    measure: str
    version: int
    state: State
    year: int
    fields: dict[str, str]
    written_at: datetime.datetime


EVALUATION_FIELDS = (
    *("planned", "done", "results", "who", "reached"),
    *("money", "learned", "worked", "ordinary", "story", "next"),
)
"""The questions of the form; what they ask stands in the template."""
