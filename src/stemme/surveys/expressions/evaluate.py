"""What a condition tree gives for a set of answers.

The rules, where XLSForm engines disagree: an unanswered or hidden question reads as `''`; `''` is
false, equals no number, and every order comparison with it is false; `regex` must match the whole
text; `round(-2.5)` is -2; `sum`, `min` and `max` skip blanks; lengths count code points; numbers
become text with at most 12 digits and no exponent; `today()` and `now()` are given; what a repeat
holds is a list, of which everything but the functions of lists reads the first.

`web/static/expressions.js` states the same for the phone; one file of cases holds both to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from stemme.surveys.expressions.functions import LISTS, SCALARS
from stemme.surveys.expressions.parser import Tree
from stemme.surveys.expressions.pattern import compiled
from stemme.surveys.expressions.values import Value, flat, to_number, to_text, to_truth

__all__ = ["Context", "evaluate", "holds", "result", "to_number", "to_text", "to_truth"]

Environment = Mapping[str, str | float]
Lists = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that an expression may read besides itself."""

    answers: Mapping[str, Value] = field(default_factory=dict)
    """By question: those of the own item of a repeat, and of all that is not in one."""
    rows: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    """By question of a repeat: its answers in every item; by repeat: the numbers of its items."""
    own: str | float = ""
    """What `.` reads."""
    today: str = ""
    """An ISO date, fixed when the page was made."""
    now: str = ""
    """The same with the time: 2026-05-17T14:05."""
    position: int = 0
    """The number of the own item of a repeat, from 1."""
    chance: float = 0.0
    """What `random()` gives: drawn once for an answer, and for each place where it is called."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What is known of the choice that a filter looks at."""
    lists: Lists = field(default_factory=dict)
    """For `lookup()`: by list, what is known of each choice."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For `choice-label()`: by question, the label of each value in the reader's language."""


def evaluate(tree: Tree, answers: Environment, own: str | float = "", today: str = "") -> Value:
    """The value of `tree`; `own` is what `.` reads, `today` what `today()` gives."""
    return result(tree, Context(answers, own=own, today=today))


def holds(tree: Tree, answers: Environment, own: str | float = "", today: str = "") -> bool:
    """Whether the condition is true."""
    return to_truth(result(tree, Context(answers, own=own, today=today)))


def result(tree: Tree, known: Context) -> Value:
    """The value of `tree`, with all that it may read."""
    if not isinstance(tree, list):
        return tree if isinstance(tree, str) else float(tree)
    head = str(tree[0])
    if head in _READS:
        return _READS[head](tree, known)
    if head in LISTS:
        return LISTS[head]([flat(result(part, known)) for part in tree[1:]])
    return SCALARS[head]([_first(result(part, known)) for part in tree[1:]])


def _first(value: Value) -> Value:
    while isinstance(value, list):
        value = value[0] if value else ""
    return value


def _ref(tree: list[Tree], known: Context) -> Value:
    name = str(tree[1])
    found = known.answers.get(name)
    return list(known.rows.get(name, [""])) if found is None else found


def _all(tree: list[Tree], known: Context) -> bool:
    return all(to_truth(_first(result(part, known))) for part in tree[1:])


def _any(tree: list[Tree], known: Context) -> bool:
    return any(to_truth(_first(result(part, known))) for part in tree[1:])


def _if(tree: list[Tree], known: Context) -> Value:
    return result(tree[2] if to_truth(_first(result(tree[1], known))) else tree[3], known)


def _once(tree: list[Tree], known: Context) -> Value:
    return known.own if known.own != "" else result(tree[1], known)


def _indexed(tree: list[Tree], known: Context) -> Value:
    """The answer to a question of a repeat in one of its items, the first being number 1."""
    name = str(tree[1][1]) if isinstance(tree[1], list) else ""
    at = to_number(_first(result(tree[3], known)))
    rows = known.rows.get(name, ())
    return rows[int(at) - 1] if 1 <= at <= len(rows) else ""


def _list(tree: list[Tree], known: Context) -> Value:
    """What several expressions give, as what a repeat holds."""
    return [result(part, known) for part in tree[1:]]


def _at(tree: list[Tree], known: Context) -> Value:
    """The first of several is number 1."""
    at = to_number(_first(result(tree[1], known)))
    return result(tree[int(at) + 1], known) if 1 <= at < len(tree) - 1 else ""


def _lookup(tree: list[Tree], known: Context) -> Value:
    """A column of the first choice of a list whose other column holds a text."""
    table, column, key, wanted = (to_text(_first(result(part, known))) for part in tree[1:])
    rows = known.lists.get(table, ())
    return next((row.get(column, "") for row in rows if row.get(key) == wanted), "")


def _label(tree: list[Tree], known: Context) -> Value:
    if not isinstance(tree[1], list):
        return ""
    labels = known.labels.get(str(tree[1][1]), {})
    chosen = to_text(_first(result(tree[1], known))).split()
    return ", ".join(labels.get(one, one) for one in chosen)


_READS: dict[str, Callable[[list[Tree], Context], Value]] = {
    "ref": _ref,
    ".": lambda _, known: known.own,
    "col": lambda tree, known: known.columns.get(str(tree[1]), ""),
    "today": lambda _, known: known.today,
    "now": lambda _, known: known.now,
    "position": lambda _, known: float(known.position),
    "random": lambda _, known: known.chance,
    "and": _all,
    "or": _any,
    "if": _if,
    "once": _once,
    "list": _list,
    "at": _at,
    "indexed-repeat": _indexed,
    "lookup": _lookup,
    "choice-label": _label,
}


def with_own(known: Context, own: str | float) -> Context:
    """The same with another answer to check."""
    return replace(known, own=own)


def for_phone(tree: Tree) -> Tree:
    """The same tree with the program of each pattern in its place, as a phone runs it."""
    if not isinstance(tree, list):
        return tree
    if tree[0] == "regex":
        program: list[Tree] = [[float(part) for part in step] for step in compiled(str(tree[2]))]
        return ["regex", for_phone(tree[1]), program]
    return [tree[0], *map(for_phone, tree[1:])]
