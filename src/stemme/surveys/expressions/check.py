"""What an author should be told about a condition before anybody meets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from stemme.surveys.expressions.parser import ExpressionWrong, Tree, parse
from stemme.surveys.expressions.pattern import compiled
from stemme.surveys.expressions.reading import PatternWrong, may_blow_up

_NUMERIC = "< <= > >= + - * div mod neg sum min max round int number floor ceiling abs pow sqrt"
_DATE_SIGNS = re.compile("%[YmndeHMS%]")


@dataclass(frozen=True)
class Known:
    """A name that a condition may read: the type of its question and its choices, if any."""

    type: str
    values: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def ends(self) -> tuple[float, ...]:
        return tuple(one for one in (self.least, self.most) if one is not None)

    def holds(self, number: float) -> bool:
        """Whether the question takes this number."""
        low = self.least is None or number >= self.least
        return low and (self.most is None or number <= self.most)


@dataclass(frozen=True)
class Scope:
    """What may be read where a condition stands; `.` reads `own`, which a `show` has not."""

    before: Mapping[str, Known]
    later: frozenset[str] = field(default_factory=frozenset)
    own: Known | None = None
    columns: frozenset[str] | None = None
    """In a filter: what is known of its choices."""


def complaints(source: str, scope: Scope) -> list[str]:
    """Every mistake in a condition, in words that say what would be right."""
    try:
        tree = parse(source, columns=scope.columns is not None)
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
    if head == "col" and tree[1] not in (scope.columns or ()):
        hint = _nearest(str(tree[1]), tuple(scope.columns or ()))
        yield f"no choice says '{tree[1]}' of itself under props{hint}"
        return
    if head == "." and scope.own is None:
        yield "'.' is the answer being checked; a `show` condition has none, write ${name}"
        return
    if (check := _CHECKS.get(head)) is not None:
        yield from check(tree, scope)
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
        if known.type in ("many", "rank") and other != "":
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


def _numbers(tree: list[Tree], scope: Scope) -> Iterator[str]:
    for operand in tree[1:]:
        yield from _numeric(operand, scope, str(tree[0]))


def _numeric(operand: Tree, scope: Scope, operator: str) -> Iterator[str]:
    found = _known(operand, scope)
    if found is not None and found[1].type not in ("number", "slider", "date", "calc"):
        yield f"{found[0]} is of type {found[1].type}; {operator} needs a number"
    elif isinstance(operand, str) and not re.fullmatch(r"-?\d+(\.\d+)?|\d{4}-\d\d-\d\d", operand):
        yield f"'{operand}' is text; {operator} needs a number"


def _selected(tree: list[Tree], scope: Scope) -> Iterator[str]:
    found = _known(tree[1], scope)
    if found is None:
        return
    name, known = found
    if known.type == "calc":
        return
    if known.type not in ("one", "many", "rank"):
        yield f"{name} is of type {known.type}; selected() needs a question with choices"
    elif isinstance(tree[2], str):
        yield from _choice(name, known, tree[2])


def _names(tree: list[Tree], _: Scope) -> Iterator[str]:
    """What these functions look up by name must be one."""
    head = str(tree[0])
    for operand in tree[1:3] if head == "indexed-repeat" else tree[1:2]:
        if not (isinstance(operand, list) and operand[0] == "ref"):
            yield f"{head}() reads a question or a repeat; write it as ${{name}}"


def _regex(tree: list[Tree], _: Scope) -> Iterator[str]:
    """Only what can be read, is the same for every answer, and is safe in other programs too."""
    pattern = tree[2]
    if not isinstance(pattern, str):
        yield "the pattern of regex() must be a text in quotes"
        return
    try:
        compiled(pattern)
    except PatternWrong as wrong:
        yield f"the pattern of regex() cannot be read: {wrong}"
        return
    if may_blow_up(pattern):
        yield (
            "this pattern is not allowed: a repeat of a repeat can take other programs for ever; "
            "repeat once, such as [0-9 ]+"
        )


def _format(tree: list[Tree], _: Scope) -> Iterator[str]:
    pattern = tree[2]
    if not isinstance(pattern, str) or _DATE_SIGNS.sub("", pattern).count("%"):
        yield "format-date() knows %Y %m %n %d %e %H %M %S alone; names of months have a language"


_CHECKS: dict[str, Callable[[list[Tree], Scope], Iterator[str]]] = {
    **dict.fromkeys(_NUMERIC.split(), _numbers),
    **dict.fromkeys(("=", "!="), _equality),
    **dict.fromkeys(("count", "choice-label", "indexed-repeat"), _names),
    "selected": _selected,
    "regex": _regex,
    "format-date": _format,
}
