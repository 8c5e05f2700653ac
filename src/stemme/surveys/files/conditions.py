"""What is wrong with the expressions of a survey file, and with answers named in its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from stemme.i18n.source import Complaint, Source
from stemme.surveys.expressions.check import Known, Scope, complaints
from stemme.surveys.expressions.parser import ExpressionWrong, parse
from stemme.surveys.expressions.possible import never_holds
from stemme.surveys.files.plain import QUESTIONS, Path, Plain, mappings, number
from stemme.surveys.model import OTHER

_PIPED = re.compile(r"\$\{\s*([^}\s]*)\s*\}")
_TEXTS = ("label", "hint", "why")


def condition_complaints(source: Source) -> list[Complaint]:
    """Every complaint about `show`, `checks`, `default`, `filter`, `value` and `${…}` in texts."""
    check = _Conditions(source)
    check.all()
    return check.found


class _Conditions(Plain):
    def all(self) -> None:
        every = {name for _, node in self.nodes() for name in self.knowns(node)}
        before: dict[str, Known] = {}
        for path, node in self.nodes():
            scope = Scope(dict(before), frozenset(every - set(before)))
            self._show(path, node, scope)
            self._others(path, node, scope)
            self._checks(path, node, scope)
            self._texts(path, node, scope)
            before.update(self.knowns(node))

    def knowns(self, node: dict[str, Any]) -> dict[str, Known]:
        """What an item lets later conditions read: itself, its rows, the line beside a choice."""
        name, kind = node.get("name"), node.get("type")
        if isinstance(name, str) and kind == "repeat":
            return {name: Known("calc")}
        if not isinstance(name, str) or kind not in (*QUESTIONS, "calc"):
            return {}
        values = self.choices_of(node)
        scale = (0, 10) if kind == "slider" else (None, None)
        ends = [number(node.get(key, end)) for key, end in zip(("min", "max"), scale, strict=True)]
        if node.get("other"):
            values = (*values, OTHER)
        known = {name: Known(str(kind), values, *ends)}
        if node.get("other"):
            known[f"{name}.{OTHER}"] = Known("text")
        if kind == "grid":
            several = "many" if node.get("multiple") is True else "one"
            for _, row in mappings(node.get("rows")):
                known[f"{name}.{row.get('value')}"] = Known(several, values)
        return known

    def _show(self, path: Path, node: dict[str, Any], scope: Scope) -> None:
        if isinstance(node.get("show"), str):
            told = complaints(node["show"], scope)
            for message in told or self._never(path, scope.before):
                self.say((*path, "show"), f"show: {message}")

    def _never(self, path: Path, before: Mapping[str, Known]) -> Iterator[str]:
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

    def _others(self, path: Path, node: dict[str, Any], scope: Scope) -> None:
        """What a question begins with, what is worked out, and which choices are shown."""
        columns = {"value", "name"}
        for _, choice in self.members(node):
            props = choice.get("props")
            columns |= set(props) if isinstance(props, dict) else set()
        scopes = {
            "count": scope if node.get("type") == "repeat" else None,
            "default": scope,
            "value": scope if node.get("type") == "calc" else None,
            "filter": replace(scope, columns=frozenset(columns)),
        }
        for key, one in scopes.items():
            if one is not None and isinstance(node.get(key), str):
                for message in complaints(node[key], one):
                    self.say((*path, key), f"{key}: {message}")

    def _checks(self, path: Path, node: dict[str, Any], scope: Scope) -> None:
        own = self.knowns(node).get(str(node.get("name")))
        for index, check in mappings(node.get("checks")):
            if isinstance(check.get("test"), str):
                for message in complaints(check["test"], replace(scope, own=own)):
                    self.say((*path, "checks", index, "test"), f"test: {message}")
            self._piped((*path, "checks", index, "message"), check.get("message"), scope)

    def _texts(self, path: Path, node: dict[str, Any], scope: Scope) -> None:
        for key in _TEXTS:
            self._piped((*path, key), node.get(key), scope)
        for key in ("choices", "rows"):
            for index, one in mappings(node.get(key)):
                self._piped((*path, key, index, "label"), one.get("label"), scope)

    def _piped(self, path: Path, text: Any, scope: Scope) -> None:
        """What a text asks for must have been answered before."""
        for name in _PIPED.findall(text) if isinstance(text, str) else ():
            for message in complaints(f"${{{name}}}", scope):
                self.say(path, f"{path[-1]}: {message}")
