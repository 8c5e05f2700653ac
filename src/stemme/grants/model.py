"""Calls, applications and what became of them, as they are kept; every sum is in whole kroner."""

from __future__ import annotations

import datetime
import uuid
from typing import Literal

from msgspec import Struct

Translations = dict[str, str]
CallState = Literal["draft", "published", "finished"]
How = Literal["committee", "panel", "residents"]
Applicant = Literal["resident", "group", "association", "business"]
Verdict = Literal["ok", "not", "ask"]
Outcome = Literal["granted", "part", "refused", "withdrawn"]
People = Literal["1-9", "10-19", "20-49", "50-99", "100-"]
FileKind = Literal["picture", "pdf"]

HOWS: tuple[How, ...] = ("committee", "panel", "residents")
APPLICANTS: tuple[Applicant, ...] = ("resident", "group", "association", "business")
VERDICTS: tuple[Verdict, ...] = ("ok", "not", "ask")
PEOPLE: tuple[People, ...] = ("1-9", "10-19", "20-49", "50-99", "100-")

LONGEST_TITLE = 120
LONGEST_STORY = 3000
MOST_LINES = 12
MOST_FILES = 5


class Criterion(Struct, frozen=True):
    """What an application must meet, and how much it weighs (1–5) where a committee scores."""

    text: str
    weight: int = 1


class Call(Struct, frozen=True, kw_only=True):
    """One call. `complaint` is the office's own words where it says the answer is a decision."""

    call: str
    titles: Translations
    purposes: Translations
    criteria: list[Criterion]
    who: list[Applicant]
    youngest: int | None = None
    smallest: int
    largest: int
    pot: int
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    grace_minutes: int = 60
    documents: str = ""
    how: How = "committee"
    decides: str
    about: list[str] = []
    measure: str = ""
    individual: bool = False
    complaint: str = ""
    report_due: datetime.date | None = None
    keep_days: int = 90
    vote: str | None = None
    state: CallState = "draft"
    announced_on: datetime.date | None = None
    finished_on: datetime.date | None = None
    granted: int = 0
    sample: bool = False

    @property
    def left(self) -> int:
        return self.pot - self.granted

    def title(self, lang: str) -> str:
        return self.titles.get(lang) or self.titles["nb"]

    def title_language(self, lang: str) -> str:
        return lang if self.titles.get(lang) else "nb"

    def purpose(self, lang: str) -> str:
        return self.purposes.get(lang) or self.purposes["nb"]

    def purpose_language(self, lang: str) -> str:
        return lang if self.purposes.get(lang) else "nb"


class Line(Struct, frozen=True):
    """One line of a budget."""

    what: str
    amount: int


class Attachment(Struct, frozen=True):
    """A file by its id; its bytes lie elsewhere."""

    id: uuid.UUID
    kind: FileKind
    name: str


class Draft(Struct, frozen=True, kw_only=True):
    """An application on its way, as its fields were written; it is stored sealed."""

    fields: dict[str, str] = {}
    files: list[Attachment] = []
    sent: bool = False


class Key(Struct, frozen=True):
    """A code taken apart: the database finds by `locator`, `seal` opens what it found."""

    call: str
    code: str
    locator: bytes
    seal: bytes


class Application(Struct, frozen=True, kw_only=True):
    """An application as it was sent, without how to reach who sent it."""

    call: str
    id: uuid.UUID
    number: int
    state: Literal["sent", "withdrawn"]
    language: str
    kind: Applicant
    title: str
    story: str
    who_for: str
    place: str
    about: str
    shown_as: str
    lines: list[Line]
    total: int
    asked: int
    sent_at: datetime.datetime
    version: int
    public_title: str
    public_text: str


class Contact(Struct, frozen=True):
    """How to reach an applicant; `adult` stands by one who is young."""

    name: str
    email: str = ""
    phone: str = ""
    adult: str = ""


class Check(Struct, frozen=True):
    """Whether one criterion is met, and why not."""

    application: uuid.UUID
    criterion: int
    verdict: Verdict
    reason: str = ""


class Score(Struct, frozen=True):
    """Points 1–5 one assessor gave for one criterion; `account` None: what the meeting agreed."""

    application: uuid.UUID
    account: uuid.UUID | None
    criterion: int
    points: int


class Decision(Struct, frozen=True, kw_only=True):
    """What was decided about an application; the newest version counts."""

    application: uuid.UUID
    version: int
    outcome: Outcome
    amount: int
    reason: str
    decided_by: str
    decided_on: datetime.date


class Ledger(Struct, frozen=True):
    """The money of one application: paid at most what is granted, returned at most what is paid."""

    application: uuid.UUID
    granted: int
    paid: int
    returned: int


class Question(Struct, frozen=True):
    """What the office asked an applicant, and what they answered."""

    id: uuid.UUID
    question: str
    asked_at: datetime.datetime
    answer: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """How it went, told by who got the money; `people` is a band."""

    application: uuid.UUID
    story: str
    people: People
    spent: int
    sent_at: datetime.datetime
    state: Literal["sent", "shown"]
    public_text: str


class Picture(Struct, frozen=True, kw_only=True):
    """A picture of a report, without its bytes."""

    call: str
    application: uuid.UUID
    id: uuid.UUID
    alt: str
    width: int
    height: int


class Fate(Struct, frozen=True, kw_only=True):
    """What an applicant learns of their own application; no outcome before all are told."""

    id: uuid.UUID
    number: int
    state: Literal["sent", "withdrawn"]
    title: str
    asked: int
    sent_at: datetime.datetime
    outcome: Outcome | None
    amount: int | None
    reason: str | None
    decided_by: str | None
    decided_on: datetime.date | None
    paid: int
    reported: bool


class Granted(Struct, frozen=True, kw_only=True):
    """A project that got money, as everyone may read it."""

    call: str
    id: uuid.UUID
    number: int
    title: str
    words: str
    applicant: str
    place: str
    about: str
    language: str
    amount: int
    decided_on: datetime.date
    paid: int
    returned: int
    report: str | None
    people: People | None
    spent: int | None
