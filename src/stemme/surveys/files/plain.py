"""A survey file as plain data, for checks that still work beside mistakes of shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stemme.i18n.source import Complaint, Key, Source

Path = tuple[Key, ...]
QUESTIONS = ("one", "many", "rank", "grid", "slider", "number", "date", "text")


def mappings(value: Any) -> list[tuple[int, dict[str, Any]]]:
    """The members of a list that are keys and values, with their places."""
    members = value if isinstance(value, list) else []
    return [(index, one) for index, one in enumerate(members) if isinstance(one, dict)]


def texts(value: Any) -> list[tuple[int, str]]:
    """The members of a list that are text, with their places."""
    members = value if isinstance(value, list) else []
    return [(index, one) for index, one in enumerate(members) if isinstance(one, str)]


def number(value: Any) -> float | None:
    """The value if it is a number."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


class Plain:
    """The data of a file, and what is said about it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data: dict[str, Any] = source.data
        self.found: list[Complaint] = []
        lists = self.data.get("lists")
        self.named_lists: dict[str, Any] = lists if isinstance(lists, dict) else {}

    def say(self, path: Path, message: str) -> None:
        self.found.append(self.source.complaint(path, message))

    def nodes(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Every item with its path, in the order of the file."""

        def inside(items: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
            for index, item in mappings(items):
                yield (*path, index), item
                yield from inside(item.get("items"), (*path, index, "items"))

        yield from inside(self.data.get("items"), ("items",))

    def members(self, node: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
        """The choices of a question as they are written, of a shared list too."""
        choices = node.get("choices")
        return mappings(self.named_lists.get(choices) if isinstance(choices, str) else choices)

    def choices_of(self, node: dict[str, Any]) -> tuple[str, ...]:
        """The values of the choices of a question."""
        return tuple(str(one.get("value")) for _, one in self.members(node))
