"""What an author should be told about a condition before anybody meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from stemme.surveys.expressions.parser import ExpressionWrong, Tree, parse

_ORDER = ("<", "<=", ">", ">=")
_ARITHMETIC = ("+", "-", "*", "div", "mod", "neg", "sum", "min", "max", "round", "int", "number")
_NESTED = re.compile(r"[*+}|].*\)[*+{]|\)[*+{].*\)[*+{]")


@dataclass(frozen=True)
class Known:
    """A name that a condition may read: the type of its question and its choices, if any."""

    type: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """What may be read where a condition stands; `.` reads `own`, which a `show` has not."""

    before: Mapping[str, Known]
    later: frozenset[str] = field(default_factory=frozenset)
    own: Known | None = None


def complaints(source: str, scope: Scope) -> list[str]:
    """Every mistake in a condition, in words that say what would be right."""
    try:
        tree = parse(source)
    except ExpressionWrong as wrong:
        return [str(wrong)]
    return list(dict.fromkeys(_walk(tree, scope)))


def _walk(tree: Tree, scope: Scope) -> Iterator[str]:
    if not isinstance(tree, list):
        return
    head = str(tree[0])
    if head == "ref":
        yield from _reference(str(tree[1]), scope)
        return
    if head == "." and scope.own is None:
        yield "'.' is the answer being checked; a `show` condition has none, write ${name}"
        return
    if head in ("=", "!="):
        yield from _equality(tree, scope)
    elif head in _ORDER or head in _ARITHMETIC:
        for operand in tree[1:]:
            yield from _numeric(operand, scope, head)
    elif head == "selected":
        yield from _selected(tree, scope)
    elif head == "regex":
        yield from _regex(tree[2])
    for operand in tree[1:]:
        yield from _walk(operand, scope)


def _reference(name: str, scope: Scope) -> Iterator[str]:
    known = scope.before.get(name)
    if known is not None:
        if known.type == "grid":
            yield f"${{{name}}} is a grid; name one of its rows, such as ${{{name}.row}}"
    elif name in scope.later:
        yield f"${{{name}}} is asked here or later; a condition may only read earlier questions"
    else:
        yield f"there is no question ${{{name}}}{_nearest(name, scope.before)}"


def _nearest(word: str, among: Mapping[str, Known] | tuple[str, ...]) -> str:
    near = get_close_matches(word, list(among), 1)
    return f"; did you mean {near[0]}?" if near else ""


def _known(tree: Tree, scope: Scope) -> tuple[str, Known] | None:
    """The question that an operand reads, if it is one."""
    if isinstance(tree, list) and tree[0] == "ref":
        known = scope.before.get(str(tree[1]))
        return None if known is None else (f"${{{tree[1]}}}", known)
    if isinstance(tree, list) and tree[0] == "." and scope.own is not None:
        return ".", scope.own
    return None


def _equality(tree: list[Tree], scope: Scope) -> Iterator[str]:
    for one, other in ((tree[1], tree[2]), (tree[2], tree[1])):
        found = _known(one, scope)
        if found is None:
            continue
        name, known = found
        if known.type == "many" and other != "":
            yield f"{name} may hold several values; write selected({name}, 'value')"
        elif known.type == "one" and isinstance(other, str):
            yield from _choice(name, known, other)
        elif known.type == "one" and isinstance(other, float):
            yield f"{name} holds a choice, not a number; compare with the value in quotes"
        elif known.type in ("number", "slider") and isinstance(other, str) and other != "":
            yield f"{name} is a number; write {other} without quotes"


def _choice(name: str, known: Known, value: str) -> Iterator[str]:
    # A list that is missing has a complaint of its own.
    if value != "" and known.values and value not in known.values:
        yield f"{name} has no choice '{value}'{_nearest(value, known.values)}"


def _numeric(operand: Tree, scope: Scope, operator: str) -> Iterator[str]:
    found = _known(operand, scope)
    if found is not None and found[1].type not in ("number", "slider"):
        yield f"{found[0]} is of type {found[1].type}; {operator} needs a number"
    elif isinstance(operand, str) and not re.fullmatch(r"-?\d+(\.\d+)?|\d{4}-\d\d-\d\d", operand):
        yield f"'{operand}' is text; {operator} needs a number"


def _selected(tree: list[Tree], scope: Scope) -> Iterator[str]:
    found = _known(tree[1], scope)
    if found is None:
        return
    name, known = found
    if known.type not in ("one", "many"):
        yield f"{name} is of type {known.type}; selected() needs a question with choices"
    elif isinstance(tree[2], str):
        yield from _choice(name, known, tree[2])


def _regex(pattern: Tree) -> Iterator[str]:
    """Only what every engine reads alike, and nothing that can take exponential time."""
    if not isinstance(pattern, str):
        yield "the pattern of regex() must be a text in quotes"
        return
    if "(?" in pattern or re.search(r"\\[1-9bBAZ]", pattern) or _NESTED.search(pattern):
        yield "this pattern is not allowed: no (?…), no back reference, no repeat of a repeat"
        return
    try:
        re.compile(pattern)
    except re.error as wrong:
        yield f"the pattern of regex() cannot be read: {wrong}"
