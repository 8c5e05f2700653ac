"""Repeats: what is asked once for every child or job, laid out once for every item there is.

A repeat is never a thing of its own when somebody answers. For the items that there are, its
parts are laid out one after another, each under a name of its own, `alder~2`; conditions that
read `${alder}` read that of their own item inside, and all of them outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from stemme.surveys.expressions.parser import Tree
from stemme.surveys.model import Answers, AnswerValue, Repeat
from stemme.surveys.rules.layout import FIELD_PREFIX, Layout, Part, index

MARK = "~"
"""Between the name of a question and the number of its item."""

USED = "~used"
"""After the name of a repeat: the field that keeps the highest number given so far."""

Items = tuple[tuple[str, tuple[int, ...]], ...]
"""By repeat: the numbers of its items, in their order. A number is never given twice."""


def items_of(layout: Layout, fields: Mapping[str, Sequence[str]]) -> Items:
    """The items of every repeat; those that nobody has touched have the fewest there may be."""
    return tuple(
        (part.name, _numbers(fields.get(FIELD_PREFIX + part.name), part.node))
        for part in layout.parts
        if isinstance(part.node, Repeat)
    )


def _numbers(posted: Sequence[str] | None, node: Repeat) -> tuple[int, ...]:
    if posted is None:
        return tuple(range(1, node.min + 1))
    return tuple(int(one) for one in posted[: node.max] if one.isascii() and one.isdigit())


def with_items(fields: dict[str, list[str]], name: str, items: Sequence[int]) -> None:
    """Keep in the fields which items a repeat has, and forget what was written in others."""
    fields[FIELD_PREFIX + name] = [str(one) for one in items]


def without_item(fields: dict[str, list[str]], layout: Layout, name: str, item: int) -> None:
    """Take an item away with all that was written in it."""
    kept = [one for one in dict(layout.items).get(name, ()) if one != item]
    for part in layout.parts:
        if part.repeat == name and part.item == item:
            for one in part.fields:
                fields.pop(one, None)
    with_items(fields, name, kept)


@lru_cache(maxsize=256)
def _expanded(layout: Layout, items: Items) -> Layout:
    return _Expansion(layout, items).made()


def expand(layout: Layout, items: Items) -> Layout:
    """The layout with a repeat's parts once for every item; itself where nothing repeats."""
    return _expanded(layout, items) if items else layout


_Here = tuple[str, int]
"""The repeat and the number of the item that an expression stands in; 0 outside."""


class _Expansion:
    def __init__(self, layout: Layout, items: Items) -> None:
        self._layout = layout
        self._items = dict(items)
        self._owner = {part.name: part.repeat for part in layout.parts if part.repeat}
        self._parts: list[Part] = []
        self._places: dict[int, int] = {}
        """Where a part of the layout went; of a repeat's parts, where those of this item went."""

    def made(self) -> Layout:
        at = 0
        while at < len(self._layout.parts):
            part = self._layout.parts[at]
            self._append(at, part, 0)
            at += 1
            if isinstance(part.node, Repeat):
                end = at
                while end < len(self._layout.parts) and self._layout.parts[end].repeat == part.name:
                    end += 1
                self._repeat(at, end, part)
                at = end
        made = index(self._layout.survey, self._parts)
        return replace(made, items=tuple(self._items.items()))

    def _repeat(self, first: int, end: int, part: Part) -> None:
        head = self._places[first - 1]
        for item in self._items[part.name]:
            self._places[first - 1] = len(self._parts)
            self._parts.append(replace(part, role="item", item=item, parent=head, show=None))
            for at in range(first, end):
                self._append(at, self._layout.parts[at], item)
        self._places[first - 1] = head
        self._parts.append(replace(part, role="add", parent=head, show=None))

    def _append(self, at: int, part: Part, item: int) -> None:
        self._places[at] = len(self._parts)
        here = (part.repeat, item)

        def own(tree: Tree | None) -> Tree | None:
            return None if tree is None else self._tree(tree, here)

        name = f"{part.name}{MARK}{item}" if item else part.name
        self._parts.append(
            replace(
                part,
                name=name,
                item=item,
                parent=None if part.parent is None else self._places[part.parent],
                show=own(part.show),
                value=own(part.value),
                default=own(part.default),
                filter=own(part.filter),
                count=own(part.count),
                checks=tuple(self._tree(tree, here) for tree in part.checks),
                fields=tuple(_renamed(one, part.name, name) for one in part.fields),
            )
        )

    def _tree(self, tree: Tree, here: _Here) -> Tree:
        """The same expression with the names of items in it."""
        if not isinstance(tree, list):
            return tree
        head = tree[0]
        if head == "position":
            items = self._items.get(here[0], ())
            return float(items.index(here[1]) + 1 if here[1] in items else 0)
        if head == "ref":
            return self._reference(str(tree[1]), here)
        if head == "indexed-repeat" and isinstance(tree[1], list):
            return ["at", self._tree(tree[3], here), *self._every(str(tree[1][1]))]
        return [head, *(self._tree(part, here) for part in tree[1:])]

    def _reference(self, name: str, here: _Here) -> Tree:
        owner, _, row = name.partition(".")
        if owner in self._items:
            return ["list", *(float(at) for at in range(1, len(self._items[owner]) + 1))]
        repeat = self._owner.get(owner)
        if repeat is None:
            return ["ref", name]
        if here[1] and here[0] == repeat:
            return ["ref", _named(owner, here[1], row)]
        return ["list", *self._every(name)]

    def _every(self, name: str) -> Iterator[Tree]:
        owner, _, row = name.partition(".")
        for item in self._items.get(self._owner.get(owner, ""), ()):
            yield ["ref", _named(owner, item, row)]


def _named(owner: str, item: int, row: str) -> str:
    return f"{owner}{MARK}{item}" + (f".{row}" if row else "")


def _renamed(field: str, old: str, new: str) -> str:
    return FIELD_PREFIX + new + field.removeprefix(FIELD_PREFIX + old)


def fold(layout: Layout, answers: Answers) -> tuple[dict[str, Any], dict[str, str]]:
    """Codes and words as they are stored: a repeat is a list with what was answered in each item.

    The words of all items to one question are one text, a line each.
    """
    coded: dict[str, Any] = {}
    words: dict[str, list[str]] = {}
    rows: dict[str, dict[int, dict[str, AnswerValue]]] = {
        name: {item: {} for item in items} for name, items in layout.items
    }
    owners = {part.name: (part.repeat, part.item) for part in layout.parts if part.item}
    for name, value in answers.items():
        asked, dot, line = name.partition(".")
        plain = asked.partition(MARK)[0] + dot + line
        if name in layout.texts:
            words.setdefault(plain, []).append(str(value))
        elif asked in owners:
            repeat, item = owners[asked]
            rows[repeat][item][plain] = value
        else:
            coded[name] = value
    for repeat, items in rows.items():
        if any(items.values()):
            coded[repeat] = list(items.values())
    return coded, {name: "\n".join(said) for name, said in words.items()}
