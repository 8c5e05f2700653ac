"""A workshop, its tables, the operations that phones send, and the notes these add up to."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

State = Literal["draft", "open", "closed"]
Standing = Literal["open", "late", "over", "unknown", "busy", "full"]
"""How a code, or what was sent with it, is met; see `find_workshop_table`."""
Archive = Literal["draft", "shared", "archived"]
OnWall = Literal["waiting", "shown", "hidden"]

Hex = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
"""A random number of 128 bits."""
Count = Annotated[int, Meta(ge=0, le=1000)]

FIELDS = ("text", "language", "area", "who", "agreed", "parked", "photo")
"""What a note has, each changed by itself."""

LONGEST_NOTE = 2000
"""Signs of one note; what is longer becomes several."""


class Prompt(Struct, frozen=True):
    """What a table is asked, in the words of the plan, and the part of the tree it is about."""

    text: str
    area: str = ""


class Workshop(Struct, frozen=True, kw_only=True):
    """The plan of an evening, how far it has come, and how its notes are kept."""

    workshop: uuid.UUID
    title: str
    place: str
    day: datetime.date
    languages: list[str]
    interpreters: list[str] = []
    prompts: list[Prompt] = []
    areas: list[str] = []
    roles: list[str] = []
    consent: str = ""
    state: State = "draft"
    valid_until: datetime.datetime | None = None
    """Until when codes let people in."""
    late_until: datetime.datetime | None = None
    """Until when notes that were made in time may still arrive."""
    author: uuid.UUID | None = None
    case_number: str = ""
    archive: Archive = "draft"
    retain_until: datetime.date | None = None


class Table(Struct, frozen=True):
    """One table and the code that lets phones in, tonight and here only."""

    number: int
    code: str


class Joined(Struct, frozen=True, kw_only=True):
    """What a phone with a code learns: its table, the plan, and how it stands."""

    status: Standing
    number: int | None = None
    title: str = ""
    place: str = ""
    day: datetime.date | None = None
    languages: list[str] | None = None
    prompts: list[Prompt] | None = None
    areas: list[str] | None = None
    roles: list[str] | None = None
    consent: str = ""
    late_until: datetime.datetime | None = None


class Operation(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step on a phone. `over` names the operations it replaces; `clock` is Lamport's.

    `set` gives fields their values; `delete` takes the note away as it was seen; `dots` says how
    many dots this device has put on and taken off the note, in all.
    """

    id: Hex
    note: Hex
    kind: Literal["set", "delete", "dots"]
    clock: Annotated[int, Meta(ge=1, le=2**40)]
    over: Annotated[list[Hex], Meta(max_length=100)] = field(default_factory=list)
    fields: dict[str, str | bool] = field(default_factory=dict)
    device: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""
    """Drawn anew for every page and note: dots can be added up, nobody's notes put together."""
    up: Count = 0
    down: Count = 0


class Note(Struct, frozen=True):
    """A note as the operations add up to it: several values where nobody has chosen yet."""

    id: str
    alive: bool
    clock: int
    """Of its first operation: the order in which notes are shown."""
    values: dict[str, list[str | bool]]
    heads: list[str]
    """The operations that say what stands here; the next change names them in `over`."""
    dots: int

    @property
    def texts(self) -> list[str]:
        """Its words; more than one where two people changed them at once."""
        return [str(value) for value in self.values.get("text", [])]

    def first(self, name: str) -> str:
        """The value that is shown of a field, "" without one."""
        found = self.values.get(name, [])
        return str(found[-1]) if found else ""

    def on(self, name: str) -> bool:
        """Whether anybody has said yes."""
        return any(value is True for value in self.values.get(name, []))


class Kept(Struct, frozen=True, kw_only=True):
    """A note in the database, with what people decided about it."""

    note: bytes
    tbl: int
    alive: bool
    clock: int
    texts: list[str]
    language: str = ""
    area: str = ""
    who: str = ""
    agreed: bool = False
    parked: bool = False
    photo: bytes | None = None
    dots: int = 0
    masked: str = ""
    flagged: bool = False
    wall: OnWall = "waiting"
    wall_text: str = ""
    changed: bool = False
    redacted: str | None = None
    merged_into: bytes | None = None


class Card(Struct, frozen=True):
    """A note as it hangs on the wall, or has come down (`shown` is false)."""

    seq: int
    note: str
    shown: bool
    body: str
    language: str
    area: str
    dots: int


class Wall(Struct, frozen=True):
    """What the wall is of."""

    title: str
    day: datetime.date
    areas: list[str]
    wall_seq: int


class Said(Struct, frozen=True):
    """A note as it may be published, with how many said the same."""

    text: str
    language: str
    times: int
    dots: int
    agreed: bool


class Section(Struct, frozen=True):
    """A part of the programme ("" for the rest) and what was said about it."""

    area: str
    notes: list[Said]


class Minutes(Struct, frozen=True):
    """The evening as it is published; headings and names of parts come in the reader's language."""

    title: str
    place: str
    day: datetime.date
    people: int
    """At least so many came; 0 where it was not counted."""
    prompts: list[str]
    sections: list[Section]


class PaperNote(Struct, frozen=True):
    """A note of the minutes with what stands beside it."""

    text: str
    lang: str
    dir: str
    marks: str


class PaperSection(Struct, frozen=True):
    """Notes under the title of their part."""

    title: str
    notes: list[PaperNote]


class Paper(Struct, frozen=True):
    """The minutes in the words of one language, ready to be shown or printed."""

    lang: str
    dir: str
    heading: str
    title: str
    line: str
    people: str
    prompts: list[str]
    sections: list[PaperSection]
