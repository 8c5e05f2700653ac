"""What a report is made of: sections of the office's text with facts below, frozen at saving."""

from __future__ import annotations

from msgspec import Struct, field

MISSING = "ikke oppgitt"
"""What stands where nobody has said; nothing is ever guessed."""
NOTHING = "Ikke oppgitt."


class Table(Struct, frozen=True):
    """Facts: a table with a heading, or a sentence alone where `head` is empty."""

    title: str
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""


class Section(Struct, frozen=True):
    """A part of a report; `text` is markdown of the office, in bokmål."""

    id: str
    title: str
    text: str = ""
    facts: list[Table] = field(default_factory=list)
    with_facts: bool = True

    @property
    def shown(self) -> list[Table]:
        return self.facts if self.with_facts else []


class Report(Struct, frozen=True):
    """A whole report, as it is stored and printed."""

    title: str
    owner: str
    sections: list[Section]
    year: int | None = None
    sample: bool = False
    """Whether invented answers are in it; then every page says so."""
