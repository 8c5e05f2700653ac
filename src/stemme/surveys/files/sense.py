"""What a survey file says that cannot be: a name twice, a list that is missing, a later question.

The checks read the plain data, not structs, so that they still work beside mistakes of shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from stemme.i18n.languages import LANGUAGES, SOURCE
from stemme.i18n.source import Complaint, Source
from stemme.surveys.files.conditions import condition_complaints
from stemme.surveys.files.plain import QUESTIONS, Path, Plain, mappings, number, texts
from stemme.surveys.files.shape import nearest
from stemme.surveys.model import OTHER

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_WITH_CHOICES = ("one", "many", "grid", "rank")
_LONGEST_TEXT = 5000
_MOST_STEPS = 21


def sense_complaints(source: Source, stem: str, tree_ids: frozenset[str]) -> list[Complaint]:
    """Every complaint about what the parts of a file mean together."""
    check = _Check(source, tree_ids)
    check.head(stem)
    check.lists()
    check.items()
    return [*check.found, *condition_complaints(source)]


class _Check(Plain):
    """The head, the lists and the items of one file."""

    def __init__(self, source: Source, tree_ids: frozenset[str]) -> None:
        super().__init__(source)
        self.tree_ids = tree_ids

    # The head of the file

    def head(self, stem: str) -> None:
        identity = self.data.get("id")
        if isinstance(identity, str) and identity != stem:
            self.say(("id",), f"id '{identity}' is not the name of the file; write {stem}")
        if not _ID.fullmatch(stem):
            self.say(("id",), "name the file with small letters, digits and hyphens only")
        self._languages()
        if self.data.get("mode") in ("confidential", "pseudonymous"):
            self.say(("mode",), f"mode '{self.data['mode']}' is not available yet; write anonymous")
        ages = self.data.get("ages")
        if isinstance(ages, dict):
            self._bounds(ages, ("ages",))
        minutes = number(self.data.get("minutes"))
        if minutes is not None and minutes < 1:
            self.say(("minutes",), "minutes must be 1 or more")
        for key in ("intro", "thanks"):
            if self.data.get(key) == []:
                self.say((key,), f"{key} is empty; write at least one line")
        self._about(self.data, ())
        if self.data.get("items") == []:
            self.say(("items",), "there are no questions")

    def _languages(self) -> None:
        if self.data.get("source") not in (SOURCE, None):
            self.say(("source",), f"texts must be in {SOURCE}; write source: {SOURCE}")
        languages = self.data.get("languages")
        seen: set[str] = set()
        for index, lang in texts(languages):
            if lang not in LANGUAGES:
                near = nearest(lang, list(LANGUAGES))
                self.say(
                    ("languages", index),
                    f"unknown language '{lang}'{near or '; known are ' + ', '.join(LANGUAGES)}",
                )
            elif lang in seen:
                self.say(("languages", index), f"language '{lang}' stands here twice")
            seen.add(lang)
        if isinstance(languages, list) and SOURCE not in seen:
            self.say(("languages",), f"the source language {SOURCE} is missing from the list")

    def _about(self, node: dict[str, Any], path: Path) -> None:
        for index, area in texts(node.get("about")):
            if area not in self.tree_ids:
                hint = nearest(area, sorted(self.tree_ids))
                self.say(
                    (*path, "about", index),
                    f"about: there is no '{area}' in dashboards/programme.yaml{hint}",
                )

    def _bounds(self, node: dict[str, Any], path: Path) -> None:
        least, most = number(node.get("min")), number(node.get("max"))
        if least is not None and most is not None and least > most:
            self.say((*path, "max"), f"max {most} is smaller than min {least}")

    # Choices

    def lists(self) -> None:
        for name, choices in self.named_lists.items():
            if not _NAME.fullmatch(str(name)):
                self._bad_name(("lists", name), str(name), "list")
            self._members(choices, ("lists", name), "choice")

    def _members(self, members: Any, path: Path, what: str) -> None:
        if members == []:
            self.say(path, f"there is no {what} in the list")
        lines: dict[str, int] = {}
        codes: dict[int, str] = {}
        for index, member in mappings(members):
            value, here = member.get("value"), (*path, index)
            if isinstance(value, str):
                if not _NAME.fullmatch(value):
                    self._bad_name((*here, "value"), value, "value")
                if value in lines:
                    self.say((*here, "value"), f"value '{value}' is already on line {lines[value]}")
                lines.setdefault(value, self.source.line((*here, "value")))
            code = member.get("code")
            if isinstance(code, int) and code in codes:
                self.say((*here, "code"), f"code {code} is already used by '{codes[code]}'")
            elif isinstance(code, int):
                codes[code] = str(value)
            if member.get("label") == "":
                self.say((*here, "label"), "the label is empty")
            self._about(member, here)

    def _bad_name(self, path: Path, name: str, what: str) -> None:
        self.say(
            path,
            f"{what} '{name}': use small letters a–z, digits and _, a letter first, at most 32",
        )

    # Items

    def items(self) -> None:
        lines: dict[str, int] = {}
        for path, node in self.nodes():
            name = node.get("name")
            if isinstance(name, str):
                if not _NAME.fullmatch(name):
                    self._bad_name((*path, "name"), name, "name")
                if name in lines:
                    self.say((*path, "name"), f"name '{name}' is already on line {lines[name]}")
                lines.setdefault(name, self.source.line((*path, "name")))
            self._about(node, path)
            self._labelled(node, path)
            self._page(node, path)
            self._question(node, path)

    def _question(self, node: dict[str, Any], path: Path) -> None:
        by_type: dict[str, Callable[[dict[str, Any], Path], None]] = {
            "many": self._many,
            "grid": self._grid,
            "slider": self._slider,
            "number": self._measure,
            "text": self._text,
            "rank": self._rank,
            "repeat": self._repeat,
        }
        kind = str(node.get("type"))
        if kind in _WITH_CHOICES:
            self._choices(node, path)
        if kind in by_type:
            by_type[kind](node, path)

    def _measure(self, node: dict[str, Any], path: Path) -> None:
        self._bounds(node, path)
        step = number(node.get("step"))
        if step is not None and step <= 0:
            self.say((*path, "step"), "step must be more than 0")

    def _labelled(self, node: dict[str, Any], path: Path) -> None:
        kind = node.get("type")
        if (kind in QUESTIONS or kind == "note" or len(path) == 2) and not node.get("label"):
            self.say(path, "the label is missing")
        if kind in QUESTIONS and node.get("sensitive") is True and not node.get("why"):
            self.say(path, "a sensitive question needs 'why': the words under 'Hvorfor spør vi?'")

    def _page(self, node: dict[str, Any], path: Path) -> None:
        """Top level and pages are one thing: what stands there is a page, and nothing else is."""
        if node.get("type") != "group":
            return
        if len(path) == 2 and node.get("page") is not True:
            self.say(path, "a group at the top is a page; write page: true")
        if len(path) > 2 and node.get("page") is True:
            self.say((*path, "page"), "a page cannot stand inside a page; take page away")
        if node.get("items") == []:
            self.say((*path, "items"), "the group is empty")

    def _choices(self, node: dict[str, Any], path: Path) -> None:
        choices = node.get("choices")
        if isinstance(choices, str) and choices not in self.named_lists:
            hint = nearest(choices, list(self.named_lists))
            self.say((*path, "choices"), f"there is no list '{choices}' under lists:{hint}")
        elif isinstance(choices, list):
            self._members(choices, (*path, "choices"), "choice")
        if node.get("other") and OTHER in self.choices_of(node):
            self.say((*path, "other"), f"a choice has the value '{OTHER}' already; rename it")

    def _many(self, node: dict[str, Any], path: Path) -> None:
        self._bounds(node, path)
        count = len(self.choices_of(node))
        for key in ("min", "max"):
            bound = number(node.get(key))
            if bound is not None and count and bound > count:
                self.say((*path, key), f"{key} {bound} is more than the {count} choices")
        most = number(node.get("max"))
        if most is not None and most < 1:
            self.say((*path, "max"), "max must be 1 or more")

    def _repeat(self, node: dict[str, Any], path: Path) -> None:
        self._bounds({"min": node.get("min", 0), "max": node.get("max", 20)}, path)
        if not node.get("title"):
            self.say(path, "the title is missing: what one item is called, such as title: Barn")
        if node.get("items") == []:
            self.say((*path, "items"), "the repeat is empty")
        for at, inner in self.nodes():
            if inner.get("type") == "repeat" and len(at) > len(path) and at[: len(path)] == path:
                self.say(at, "a repeat cannot stand inside a repeat")

    def _rank(self, node: dict[str, Any], path: Path) -> None:
        top, count = number(node.get("top")), len(self.choices_of(node))
        if top is not None and count and not 1 <= top <= count:
            self.say((*path, "top"), f"top must be from 1 to the {count} choices")

    def _grid(self, node: dict[str, Any], path: Path) -> None:
        self._members(node.get("rows"), (*path, "rows"), "row")

    def _slider(self, node: dict[str, Any], path: Path) -> None:
        least, most, step = node.get("min", 0), node.get("max", 10), node.get("step", 1)
        if not (isinstance(least, int) and isinstance(most, int) and isinstance(step, int)):
            return
        if least >= most:
            self.say((*path, "max"), f"max {most} must be more than min {least}")
        elif step < 1 or (most - least) % step:
            self.say((*path, "step"), f"step {step} does not lead from {least} to {most}")
        elif (most - least) // step + 1 > _MOST_STEPS:
            self.say((*path, "max"), f"a scale has at most {_MOST_STEPS} steps")

    def _text(self, node: dict[str, Any], path: Path) -> None:
        longest = node.get("max", 500)
        if isinstance(longest, int) and not 1 <= longest <= _LONGEST_TEXT:
            self.say((*path, "max"), f"max must be from 1 to {_LONGEST_TEXT}")
