"""What a survey file says that cannot be: a name twice, a list that is missing, a later question.

The checks read the plain data, not structs, so that they still work beside mistakes of shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stemme.i18n.languages import LANGUAGES, SOURCE
from stemme.i18n.source import Complaint, Key, Source
from stemme.surveys.expressions.check import Known, Scope, complaints
from stemme.surveys.expressions.parser import ExpressionWrong, parse
from stemme.surveys.expressions.possible import never_holds
from stemme.surveys.files.shape import nearest

_Path = tuple[Key, ...]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_QUESTIONS = ("one", "many", "grid", "slider", "number", "text")
_WITH_CHOICES = ("one", "many", "grid")
_LONGEST_TEXT = 5000
_MOST_STEPS = 21


def sense_complaints(source: Source, stem: str, tree_ids: frozenset[str]) -> list[Complaint]:
    """Every complaint about what the parts of a file mean together."""
    check = _Check(source, tree_ids)
    check.head(stem)
    check.lists()
    check.items()
    check.conditions()
    return check.found


def _mappings(value: Any) -> list[tuple[int, dict[str, Any]]]:
    members = value if isinstance(value, list) else []
    return [(index, one) for index, one in enumerate(members) if isinstance(one, dict)]


def _texts(value: Any) -> list[tuple[int, str]]:
    members = value if isinstance(value, list) else []
    return [(index, one) for index, one in enumerate(members) if isinstance(one, str)]


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


class _Check:
    def __init__(self, source: Source, tree_ids: frozenset[str]) -> None:
        self.source = source
        self.data: dict[str, Any] = source.data
        self.tree_ids = tree_ids
        self.found: list[Complaint] = []
        lists = self.data.get("lists")
        self.named_lists: dict[str, Any] = lists if isinstance(lists, dict) else {}

    def say(self, path: _Path, message: str) -> None:
        self.found.append(self.source.complaint(path, message))

    def nodes(self) -> Iterator[tuple[_Path, dict[str, Any]]]:
        """Every item with its path, in the order of the file."""

        def inside(items: Any, path: _Path) -> Iterator[tuple[_Path, dict[str, Any]]]:
            for index, item in _mappings(items):
                yield (*path, index), item
                yield from inside(item.get("items"), (*path, index, "items"))

        yield from inside(self.data.get("items"), ("items",))

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
        minutes = _number(self.data.get("minutes"))
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
        for index, lang in _texts(languages):
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

    def _about(self, node: dict[str, Any], path: _Path) -> None:
        for index, area in _texts(node.get("about")):
            if area not in self.tree_ids:
                hint = nearest(area, sorted(self.tree_ids))
                self.say(
                    (*path, "about", index),
                    f"about: there is no '{area}' in dashboards/programme.yaml{hint}",
                )

    def _bounds(self, node: dict[str, Any], path: _Path) -> None:
        least, most = _number(node.get("min")), _number(node.get("max"))
        if least is not None and most is not None and least > most:
            self.say((*path, "max"), f"max {most} is smaller than min {least}")

    # Choices

    def lists(self) -> None:
        for name, choices in self.named_lists.items():
            if not _NAME.fullmatch(str(name)):
                self._bad_name(("lists", name), str(name), "list")
            self._members(choices, ("lists", name), "choice")

    def _members(self, members: Any, path: _Path, what: str) -> None:
        if members == []:
            self.say(path, f"there is no {what} in the list")
        lines: dict[str, int] = {}
        codes: dict[int, str] = {}
        for index, member in _mappings(members):
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

    def _bad_name(self, path: _Path, name: str, what: str) -> None:
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

    def _question(self, node: dict[str, Any], path: _Path) -> None:
        by_type: dict[str, Callable[[dict[str, Any], _Path], None]] = {
            "many": self._many,
            "grid": self._grid,
            "slider": self._slider,
            "number": self._measure,
            "text": self._text,
        }
        kind = str(node.get("type"))
        if kind in _WITH_CHOICES:
            self._choices(node, path)
        if kind in by_type:
            by_type[kind](node, path)

    def _measure(self, node: dict[str, Any], path: _Path) -> None:
        self._bounds(node, path)
        step = _number(node.get("step"))
        if step is not None and step <= 0:
            self.say((*path, "step"), "step must be more than 0")

    def _labelled(self, node: dict[str, Any], path: _Path) -> None:
        kind = node.get("type")
        if (kind in _QUESTIONS or kind == "note" or len(path) == 2) and not node.get("label"):
            self.say(path, "the label is missing")
        if kind in _QUESTIONS and node.get("sensitive") is True and not node.get("why"):
            self.say(path, "a sensitive question needs 'why': the words under 'Hvorfor spør vi?'")

    def _page(self, node: dict[str, Any], path: _Path) -> None:
        """Top level and pages are one thing: what stands there is a page, and nothing else is."""
        if node.get("type") != "group":
            return
        if len(path) == 2 and node.get("page") is not True:
            self.say(path, "a group at the top is a page; write page: true")
        if len(path) > 2 and node.get("page") is True:
            self.say((*path, "page"), "a page cannot stand inside a page; take page away")
        if node.get("items") == []:
            self.say((*path, "items"), "the group is empty")

    def _choices(self, node: dict[str, Any], path: _Path) -> None:
        choices = node.get("choices")
        if isinstance(choices, str) and choices not in self.named_lists:
            hint = nearest(choices, list(self.named_lists))
            self.say((*path, "choices"), f"there is no list '{choices}' under lists:{hint}")
        elif isinstance(choices, list):
            self._members(choices, (*path, "choices"), "choice")

    def _many(self, node: dict[str, Any], path: _Path) -> None:
        self._bounds(node, path)
        count = len(self.choices_of(node))
        for key in ("min", "max"):
            bound = _number(node.get(key))
            if bound is not None and count and bound > count:
                self.say((*path, key), f"{key} {bound} is more than the {count} choices")
        most = _number(node.get("max"))
        if most is not None and most < 1:
            self.say((*path, "max"), "max must be 1 or more")

    def _grid(self, node: dict[str, Any], path: _Path) -> None:
        self._members(node.get("rows"), (*path, "rows"), "row")

    def _slider(self, node: dict[str, Any], path: _Path) -> None:
        least, most, step = node.get("min", 0), node.get("max", 10), node.get("step", 1)
        if not (isinstance(least, int) and isinstance(most, int) and isinstance(step, int)):
            return
        if least >= most:
            self.say((*path, "max"), f"max {most} must be more than min {least}")
        elif step < 1 or (most - least) % step:
            self.say((*path, "step"), f"step {step} does not lead from {least} to {most}")
        elif (most - least) // step + 1 > _MOST_STEPS:
            self.say((*path, "max"), f"a scale has at most {_MOST_STEPS} steps")

    def _text(self, node: dict[str, Any], path: _Path) -> None:
        longest = node.get("max", 500)
        if isinstance(longest, int) and not 1 <= longest <= _LONGEST_TEXT:
            self.say((*path, "max"), f"max must be from 1 to {_LONGEST_TEXT}")

    # Conditions

    def choices_of(self, node: dict[str, Any]) -> tuple[str, ...]:
        choices = node.get("choices")
        if isinstance(choices, str):
            choices = self.named_lists.get(choices)
        return tuple(str(one.get("value")) for _, one in _mappings(choices))

    def knowns(self, node: dict[str, Any]) -> dict[str, Known]:
        """What a question lets later conditions read: itself, or the rows of a grid."""
        name, kind = node.get("name"), node.get("type")
        if not isinstance(name, str) or kind not in _QUESTIONS:
            return {}
        values = self.choices_of(node)
        scale = (0, 10) if kind == "slider" else (None, None)
        ends = [_number(node.get(key, end)) for key, end in zip(("min", "max"), scale, strict=True)]
        known = {name: Known(str(kind), values, *ends)}
        if kind == "grid":
            for _, row in _mappings(node.get("rows")):
                known[f"{name}.{row.get('value')}"] = Known("one", values)
        return known

    def _never(self, path: _Path, before: Mapping[str, Known]) -> Iterator[str]:
        """Whether nobody can come to what stands here, by its condition and those around it."""
        around = [node for above, node in self.nodes() if path[: len(above)] == above]
        shows = [node["show"] for node in around if isinstance(node.get("show"), str)]
        try:
            trees = [parse(show) for show in shows]
        except ExpressionWrong:
            return
        if never_holds(trees[-1:], before):
            yield "this can never hold, so nobody would see it"
        elif never_holds(trees, before):
            yield "this can never hold together with the conditions of the groups around it"

    def conditions(self) -> None:
        every = {name for _, node in self.nodes() for name in self.knowns(node)}
        before: dict[str, Known] = {}
        for path, node in self.nodes():
            own = self.knowns(node)
            scope = Scope(dict(before), frozenset(every - set(before)))
            if isinstance(node.get("show"), str):
                told = complaints(node["show"], scope)
                for message in told or self._never(path, before):
                    self.say((*path, "show"), f"show: {message}")
            mine = own.get(str(node.get("name")))
            for index, check in _mappings(node.get("checks")):
                if isinstance(check.get("test"), str):
                    own_scope = Scope(scope.before, scope.later, mine)
                    for message in complaints(check["test"], own_scope):
                        self.say((*path, "checks", index, "test"), f"test: {message}")
            before.update(own)
