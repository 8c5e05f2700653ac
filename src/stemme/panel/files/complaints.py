"""Where a bad line of an election file is, and what would be right."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from stemme.errors import ContentWrong


class Complaints(Struct):
    """Makes the complaints about one file; `notes` are those that it could be counted without."""

    path: Path
    notes: list[str] = []

    def at(self, line: int, what: str) -> ContentWrong:
        """The complaint about a line, as `file:line: what`."""
        return ContentWrong(f"{self.path}:{line}: {what}")

    def note(self, line: int, what: str) -> None:
        """Keeps a complaint that does not stop the count."""
        self.notes.append(f"{self.path}:{line}: {what}")
