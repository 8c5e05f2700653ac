"""What a round of proposals is made of: proposals with versions and comments, and their fate."""

from __future__ import annotations

import datetime
from typing import Literal

from msgspec import Struct

Words = dict[str, str]
"""Language to text."""
Phase = Literal["draft", "collect", "check", "discuss", "vote", "result", "done"]
PHASES: tuple[Phase, ...] = ("draft", "collect", "check", "discuss", "vote", "result", "done")
State = Literal["live", "merged", "withdrawn"]
Judged = Literal["waiting", "shown", "refused"]
Feasible = Literal["", "yes", "partly", "no"]

LONGEST_TITLE = 80
LONGEST_WHAT = 1500
LONGEST_WHY = 1000
LONGEST_PLACE = 100
LONGEST_ALT = 200
LONGEST_COMMENT = 600
MOST_KRONER = 1_000_000_000


class Round(Struct, frozen=True):
    """One round: who may propose, what is decided by whom, and how far it has come."""

    round: str
    panel: str
    titles: Words
    questions: Words
    decides: Words
    """Who decides, in a sentence."""
    who: Literal["panel", "anyone"]
    phase: Phase
    collect_until: datetime.date | None
    check_until: datetime.date | None
    discuss_until: datetime.date | None
    vote_until: datetime.date | None
    budget: int | None
    """Whole kroner."""
    areas: list[str]
    """Ids of sub-areas a proposal may be about; empty for all of them."""
    vote: str
    """The id of the panel's vote, "" while there is none."""
    opened_on: datetime.date | None
    sample: bool = False

    def title(self, lang: str) -> str:
        """The title in a language, else in bokmål."""
        return self.titles.get(lang) or self.titles["nb"]

    def title_language(self, lang: str) -> str:
        """The language that `title` answers in."""
        return lang if self.titles.get(lang) else "nb"

    def question(self, lang: str) -> tuple[str, str]:
        """What is asked, and the language it is in."""
        return _in(self.questions, lang)

    def decided_by(self, lang: str) -> tuple[str, str]:
        """Who decides, and the language it is in."""
        return _in(self.decides, lang)

    def until(self, phase: Phase) -> datetime.date | None:
        """The last day planned for a phase."""
        planned = {
            "collect": self.collect_until,
            "check": self.check_until,
            "discuss": self.discuss_until,
            "vote": self.vote_until,
        }
        return planned.get(phase)

    def takes(self, today: datetime.date, *, member: bool = False) -> bool:
        """Whether somebody may write a proposal today."""
        in_time = self.collect_until is None or today <= self.collect_until
        return self.phase == "collect" and in_time and (member or self.who == "anyone")

    @property
    def changes(self) -> bool:
        """Whether versions and comments are taken."""
        return self.phase in ("collect", "check", "discuss")


def _in(words: Words, lang: str) -> tuple[str, str]:
    return (words[lang], lang) if words.get(lang) else (words["nb"], "nb")


class Text(Struct, frozen=True, array_like=True):
    """The words of a proposal as somebody writes them; `picture` is its id in hexadecimal."""

    title: str = ""
    what: str = ""
    why: str = ""
    area: str = ""
    place: str = ""
    cost: int | None = None
    """What the author thinks it costs, whole kroner."""
    picture: str = ""
    alt: str = ""


class Worded(Struct, frozen=True, kw_only=True):
    """What can be read of a version, in the language it was written in or another."""

    language: str
    title: str
    what: str
    why: str
    translations: dict[str, Words]

    def speaks(self, lang: str) -> str:
        """The language that `said` answers in."""
        return lang if self.translations.get(lang, {}).get("title") else self.language

    def translated(self, lang: str) -> bool:
        return self.speaks(lang) != self.language

    def said(self, lang: str, part: str) -> str:
        """`title`, `what` or `why` in a language where somebody translated it."""
        own: str = getattr(self, part)
        if not self.translated(lang):
            return own
        return self.translations[lang].get(part) or own


class Version(Worded, frozen=True, kw_only=True):
    """One version; `state`, `reason` and `words` are what the office said to it."""

    version: int
    area: str
    place: str
    cost: int | None
    picture: bytes | None
    alt: str
    state: Judged
    reason: str
    words: str
    day: datetime.date

    @property
    def text(self) -> Text:
        """The words, to be changed."""
        picture = self.picture.hex() if self.picture else ""
        parts = (self.title, self.what, self.why, self.area, self.place, self.cost)
        return Text(*parts, picture, self.alt)


class Proposal(Worded, frozen=True, kw_only=True):
    """A proposal as everyone reads it: its newest shown version, and what was said to it."""

    id: int
    origin: Literal["resident", "member"]
    state: State
    merged_into: int | None
    """Where it leads at last, if it was merged."""
    version: int
    area: str
    place: str
    cost: int | None
    picture: bytes | None
    alt: str
    width: int | None
    height: int | None
    day: datetime.date
    feasible: Feasible
    reason: str
    decides: str
    estimate: int | None
    """What the municipality thinks it costs, whole kroner."""
    about: int
    """The version that was checked."""
    checked_on: datetime.date | None
    chosen: bool
    won: bool | None
    authors: int
    names: list[str]
    comments: int


class Comment(Struct, frozen=True, kw_only=True):
    """A comment as everyone reads it."""

    id: int
    language: str
    body: str
    translations: Words
    name: str
    member: bool
    day: datetime.date

    def text(self, lang: str) -> str:
        return self.body if lang == self.language else self.translations.get(lang, self.body)

    def text_language(self, lang: str) -> str:
        """The language that `text` answers in."""
        return lang if lang in self.translations else self.language


class Own(Struct, frozen=True, kw_only=True):
    """An author's proposal, wherever it leads by now."""

    id: int
    state: State
    mine: int
    """The one that was written, which may have been merged into `id`."""
    day: datetime.date
    feasible: Feasible
    reason: str
    decides: str
    estimate: int | None
    about: int
    chosen: bool
    won: bool | None
    authors: int


class OwnComment(Struct, frozen=True, kw_only=True):
    """What became of one's own comment."""

    proposal: int
    language: str
    body: str
    state: Judged
    reason: str
    words: str


class Question(Struct, frozen=True, kw_only=True):
    """What the office asked the authors."""

    id: int
    question: str
    answer: str
    asked_on: datetime.date
    answered_on: datetime.date | None


class Row(Struct, frozen=True, kw_only=True):
    """A proposal as the office knows it, without its words."""

    id: int
    origin: Literal["resident", "member"]
    state: State
    merged_into: int | None
    day: datetime.date
    feasible: Feasible
    reason: str
    decides: str
    estimate: int | None
    about: int
    checked_on: datetime.date | None
    chosen: bool
    won: bool | None
    authors: int
    names: list[str]


class OfficeComment(Struct, frozen=True, kw_only=True):
    """A comment as the office reads it; of who wrote it nothing is known but a chosen name."""

    id: int
    proposal: int
    language: str
    body: str
    translations: Words
    name: str
    state: Judged
    reason: str
    words: str
    day: datetime.date


class Check(Struct, frozen=True):
    """What the office found out about a proposal."""

    feasible: Feasible
    reason: str
    decides: str
    estimate: int | None
