"""What a condition tree gives for a set of answers.

The rules, where XLSForm engines disagree: an unanswered or hidden question reads as `''`; `''` is
false, equals no number, and every order comparison with it is false; `regex` must match the whole
text; `round(-2.5)` is -2; `sum`, `min` and `max` skip blanks; lengths count code points; numbers
become text with at most 12 digits and no exponent; `today()` is given, as an ISO date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from stemme.surveys.expressions.parser import Tree

Value = str | float | bool
Environment = Mapping[str, str | float]

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_BLANK = " \t\r\n"
_EPOCH = date(1970, 1, 1).toordinal()


def to_number(value: Value) -> float:
    """The value as a number, a date as days since 1970; what is neither is NaN."""
    if not isinstance(value, str):
        return float(value)
    text = value.strip(_BLANK)
    if _NUMBER.fullmatch(text):
        return float(text)
    match = _DATE.fullmatch(text)
    if match is None:
        return math.nan
    try:
        return float(date(int(match[1]), int(match[2]), int(match[3])).toordinal() - _EPOCH)
    except ValueError:
        return math.nan


def to_text(value: Value) -> str:
    """The value as text; a number with at most 12 digits and never an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(f"{value:.12g}"), "f")


def to_truth(value: Value) -> bool:
    """Text is true unless empty, a number unless 0 or NaN."""
    if isinstance(value, str):
        return value != ""
    return not math.isnan(value) and value != 0


def evaluate(tree: Tree, answers: Environment, own: str | float = "", today: str = "") -> Value:
    """The value of `tree`; `own` is what `.` reads, `today` what `today()` gives."""
    if isinstance(tree, (str, float, int)):
        return tree if isinstance(tree, str) else float(tree)
    head = tree[0]
    if head == "ref":
        return answers.get(str(tree[1]), "")
    if head == ".":
        return own
    if head == "today":
        return today
    if head == "and":
        return all(to_truth(evaluate(part, answers, own, today)) for part in tree[1:])
    if head == "or":
        return any(to_truth(evaluate(part, answers, own, today)) for part in tree[1:])
    if head == "if":
        chosen = tree[2] if to_truth(evaluate(tree[1], answers, own, today)) else tree[3]
        return evaluate(chosen, answers, own, today)
    operands = [evaluate(part, answers, own, today) for part in tree[1:]]
    return _APPLY[str(head)](operands)


def holds(tree: Tree, answers: Environment, own: str | float = "", today: str = "") -> bool:
    """Whether the condition is true."""
    return to_truth(evaluate(tree, answers, own, today))


def _equal(a: Value, b: Value) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return to_truth(a) == to_truth(b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return to_number(a) == to_number(b)


def _divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a) or math.isnan(b):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)


def _remainder(a: float, b: float) -> float:
    if b == 0 or math.isnan(a) or math.isnan(b) or math.isinf(a):
        return math.nan
    return math.fmod(a, b)


def _round(x: list[Value]) -> float:
    """Halves go up, as in XPath."""
    value = to_number(x[0])
    places = to_number(x[1]) if len(x) > 1 else 0.0
    if not abs(places) <= 12:
        return math.nan
    if not abs(value) < 1e15:
        return value
    scale = 10.0 ** int(places)
    return math.floor(value * scale + 0.5) / scale + 0.0


def _whole(x: list[Value]) -> float:
    value = to_number(x[0])
    return value if math.isnan(value) or math.isinf(value) else float(math.trunc(value))


def _of_filled(reduce: Callable[[list[float]], float]) -> Callable[[list[Value]], float]:
    def apply(x: list[Value]) -> float:
        numbers = [to_number(value) for value in x if value != ""]
        return math.nan if any(map(math.isnan, numbers)) else reduce(numbers)

    return apply


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


def _tokens(value: Value) -> list[str]:
    return to_text(value).split()


_APPLY: dict[str, Callable[[list[Value]], Value]] = {
    "=": lambda x: _equal(x[0], x[1]),
    "!=": lambda x: not _equal(x[0], x[1]),
    "<": lambda x: to_number(x[0]) < to_number(x[1]),
    "<=": lambda x: to_number(x[0]) <= to_number(x[1]),
    ">": lambda x: to_number(x[0]) > to_number(x[1]),
    ">=": lambda x: to_number(x[0]) >= to_number(x[1]),
    "+": lambda x: to_number(x[0]) + to_number(x[1]),
    "-": lambda x: to_number(x[0]) - to_number(x[1]),
    "*": lambda x: to_number(x[0]) * to_number(x[1]),
    "div": lambda x: _divide(to_number(x[0]), to_number(x[1])),
    "mod": lambda x: _remainder(to_number(x[0]), to_number(x[1])),
    "neg": lambda x: -to_number(x[0]),
    "not": lambda x: not to_truth(x[0]),
    "true": lambda _: True,
    "false": lambda _: False,
    "selected": lambda x: to_text(x[1]).strip(_BLANK) in _tokens(x[0]),
    "count-selected": lambda x: float(len(_tokens(x[0]))),
    "coalesce": lambda x: to_text(x[0]) or to_text(x[1]),
    "string-length": lambda x: float(len(to_text(x[0]))),
    "regex": lambda x: _pattern(to_text(x[1])).fullmatch(to_text(x[0])) is not None,
    "contains": lambda x: to_text(x[1]) in to_text(x[0]),
    "starts-with": lambda x: to_text(x[0]).startswith(to_text(x[1])),
    "concat": lambda x: "".join(map(to_text, x)),
    "sum": _of_filled(lambda numbers: float(sum(numbers))),
    "min": _of_filled(lambda numbers: min(numbers, default=math.nan)),
    "max": _of_filled(lambda numbers: max(numbers, default=math.nan)),
    "round": _round,
    "int": _whole,
    "number": lambda x: to_number(x[0]),
}
