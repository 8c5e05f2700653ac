"""The address of every translatable text in a content file: one rule for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TRANSLATABLE = frozenset(
    {"title", "summary", "intro", "thanks", "label", "hint", "why", "ends", "message"}
    | {"top_label", "description", "owner", "unit", "other"}
)
"""Not `text`: the official wording of a measure is a quotation, shown as it stands."""

NAMES = ("name", "id", "value", "question")
"""The keys that address a member of a list, tried in this order."""

TRANSPARENT = frozenset({"items"})
"""Lists whose key adds nothing: the names of their members already tell where we are."""


def walk(document: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Context, text and line of every translatable text, in the order of the file.

    `document` is a survey, a publication plan or a programme as ruamel.yaml loaded it (plain dicts
    do too, with line 0). The context is `<file id>:<path>`; in a programme, where ids are unique,
    the path is the nearest id and the key.
    """
    by_id = "focus_areas" in document
    start = f"plan/{document['id']}" if "panels" in document else str(document["id"])
    for path, text, line in _mapping(document, (), by_id=by_id):
        yield f"{start}:{'.'.join(path)}", text, line


_Found = Iterator[tuple[tuple[str, ...], str, int]]


def _mapping(node: Mapping[str, Any], path: tuple[str, ...], *, by_id: bool) -> _Found:
    for key, value in node.items():
        if key in TRANSLATABLE:
            yield from _texts(node, key, value, (*path, key))
        else:
            yield from _children(
                value, path if key in TRANSPARENT else (*path, str(key)), by_id=by_id
            )


def _texts(node: Any, key: str | int, value: Any, path: tuple[str, ...]) -> _Found:
    """A text, or a list of texts addressed by their index."""
    if isinstance(value, str):
        if value.strip():
            yield path, value.strip(), _line(node, key)
    elif isinstance(value, Sequence):
        for index, member in enumerate(value):
            yield from _texts(value, index, member, (*path, str(index)))


def _children(value: Any, path: tuple[str, ...], *, by_id: bool) -> _Found:
    if isinstance(value, Mapping):
        yield from _mapping(value, path, by_id=by_id)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, member in enumerate(value):
            yield from _children(member, _address(member, index, path, by_id=by_id), by_id=by_id)


def _address(member: Any, index: int, path: tuple[str, ...], *, by_id: bool) -> tuple[str, ...]:
    names = member if isinstance(member, Mapping) else {}
    if by_id and "id" in names:
        return (str(names["id"]),)
    name = next((str(names[key]) for key in NAMES if key in names), str(index))
    return (*path, name)


def _line(node: Any, key: str | int) -> int:
    position = getattr(node, "lc", None)
    if position is None:
        return 0
    try:
        line, _ = position.value(key) if isinstance(node, Mapping) else position.item(key)
    except (KeyError, TypeError, IndexError):
        return 0
    return int(line) + 1
