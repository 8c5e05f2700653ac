"""What a dialogue is made of: conversations, statements, reactions, and the map of opinions."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Reactions = npt.NDArray[np.int8]

FORMAT = "stemme-dialogue-map/1"


class Remark(NamedTuple):
    """What is known of a statement besides the reactions to it."""

    text: str
    moderated: bool


class Conversation(NamedTuple):
    """Who reacted how to what."""

    people: tuple[str, ...]
    statements: tuple[int, ...]
    reactions: Reactions
    """People by statements: 1 agree, 0 pass, -1 disagree, 9 not seen."""
    published: tuple[str, ...]
    """The group that each was published in, "" for none."""
    remarks: dict[int, Remark]


class Tally(Struct, frozen=True, omit_defaults=True):
    """How some people reacted to a statement; `group` is missing where it is everybody."""

    agree: int
    disagree: int
    passed: int
    seen: int
    group: int | None = None


class Standing(Struct, frozen=True):
    """One statement: all reactions, the margin of its agreement, and how each group reacted."""

    statement: int
    text: str
    moderated: bool
    all: Tally
    agree_share: float | None
    """Of those who reacted; None where nobody has."""
    agree_margin: tuple[float, float]
    """95 % interval of that share (Wilson)."""
    groups: list[Tally]
    group_aware_agreement: float | None
    """Product of the groups' shares; None without groups."""
    group_aware_disagreement: float | None


class Representative(Struct, frozen=True):
    """A statement that marks out a group; `direction` is what the group does more than the rest."""

    statement: int
    direction: str
    share: float
    ratio: float
    test: float


class GroupShown(Struct, frozen=True):
    """A group: how many, where its middle is on the plane, and what marks it out."""

    group: int
    size: int
    centre: tuple[float, float]
    representative: list[Representative]


class PublishedGroups(Struct, frozen=True):
    """The groups that came with the file, held against those found here."""

    count: int
    people: int
    adjusted_rand_index: float | None
    """Over those who have a group in both; None where no groups are shown here."""
    group_aware_consensus: list[int]
    """Statements by group-aware agreement in the groups of the file, the highest first."""


class OpinionMap(Struct, frozen=True):
    """All that is worked out of a conversation; documented in `rules/opinion_map.py`."""

    format: str
    people: int
    statements: int
    moderated: int
    on_the_map: int
    """People with at least seven reactions."""
    why_no_groups: str | None
    """`too_few` people, or a group that would be `too_small`; None where groups are shown."""
    silhouette: float | None
    stability: float | None
    groups: list[GroupShown]
    participants: dict[str, int | None]
    """Everyone and the number of the group; None for who has no place on the map."""
    standings: list[Standing]
    consensus: list[int]
    """Statements that most agree with, beyond chance."""
    group_aware_consensus: list[int]
    """Statements by group-aware agreement, the highest first; empty without groups."""
    published: PublishedGroups | None


# The dialogue itself ----------------------------------------------------------------------------

DialogueState = Literal["draft", "open", "closed", "released"]
StatementState = Literal["waiting", "shown", "refused", "merged"]
Reaction = Literal[-1, 0, 1]
Words = dict[str, str]
"""Language to text."""

LONGEST_STATEMENT = 140
"""Characters, as they are written; a mask may make the stored text longer."""


class Dialogue(Struct, frozen=True):
    """One round of a dialogue."""

    dialogue: str
    titles: Words
    intros: Words
    about: str
    """An id of the programme's tree, or ""."""
    state: DialogueState
    opened_at: datetime.datetime | None
    closed_at: datetime.datetime | None
    refusal: str | None
    """Why nothing could be published, in bokmål; None while nothing stands in the way."""
    sample: bool = False
    """Invented, to look at; never real."""

    def title(self, lang: str) -> str:
        """The title in a language, else in bokmål."""
        return self.titles.get(lang) or self.titles["nb"]

    def intro(self, lang: str) -> str:
        """What it is about, in a language, else in bokmål."""
        return self.intros.get(lang) or self.intros.get("nb", "")


class Shown(Struct, frozen=True):
    """A statement as residents read it."""

    id: int
    language: str
    body: str
    translations: Words
    about: str
    weight: float

    def text(self, lang: str) -> str:
        """The words in a language where there is a translation, else as they were written."""
        return self.body if lang == self.language else self.translations.get(lang, self.body)

    def text_language(self, lang: str) -> str:
        """The language that `text` answers in."""
        return lang if lang in self.translations else self.language

    def translated(self, lang: str) -> bool:
        """Whether `text` is a translation."""
        return lang != self.language and lang in self.translations


class Statement(Struct, frozen=True):
    """A statement as the office reads it; of who wrote it nothing is known."""

    id: int
    origin: Literal["office", "resident"]
    language: str
    body: str
    translations: Words
    about: str
    state: StatementState
    reason: str
    words: str
    merged_into: int | None
    day: datetime.date


class Fate(Struct, frozen=True):
    """What became of one's own statement."""

    id: int
    state: StatementState
    language: str
    body: str
    reason: str
    words: str
    merged_into: int | None
    merged_body: str | None
    merged_language: str | None
