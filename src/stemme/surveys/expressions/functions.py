"""The functions and operators of expressions that look at nothing but their operands."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import reduce
from itertools import chain
from operator import add

from stemme.surveys.expressions.pattern import compiled, fits
from stemme.surveys.expressions.values import (
    BLANK,
    DAYS,
    EPOCH,
    Value,
    moment,
    to_number,
    to_text,
    to_truth,
)

Operands = list[Value]


def _equal(a: Value, b: Value) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return to_truth(a) == to_truth(b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return to_number(a) == to_number(b)


def _divide(x: Operands) -> float:
    a, b = to_number(x[0]), to_number(x[1])
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a) or math.isnan(b):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)


def _remainder(x: Operands) -> float:
    a, b = to_number(x[0]), to_number(x[1])
    if b == 0 or math.isnan(a) or math.isnan(b) or math.isinf(a):
        return math.nan
    return math.fmod(a, b)


def _round(x: Operands) -> float:
    """Halves go up, as in XPath."""
    value = to_number(x[0])
    places = to_number(x[1]) if len(x) > 1 else 0.0
    if not abs(places) <= 12:
        return math.nan
    if not abs(value) < 1e15:
        return value
    scale = 10.0 ** int(places)
    return math.floor(value * scale + 0.5) / scale + 0.0


def _by(whole: Callable[[float], float]) -> Callable[[Operands], Value]:
    def apply(x: Operands) -> Value:
        value = to_number(x[0])
        return value if math.isnan(value) or math.isinf(value) else float(whole(value)) + 0.0

    return apply


def _power(x: Operands) -> float:
    a, b = to_number(x[0]), to_number(x[1])
    try:
        found = math.pow(a, b)
    except (ValueError, OverflowError):
        return math.nan
    # One to the power of what is no number is no number to a browser.
    return math.nan if math.isnan(a) or math.isnan(b) or math.isinf(found) else found


def _root(x: Operands) -> float:
    value = to_number(x[0])
    return math.sqrt(value) if value >= 0 else math.nan


def _index(value: Value) -> int | None:
    number = to_number(value)
    return None if math.isnan(number) or abs(number) > 1e9 else int(number)


def _substr(x: Operands) -> str:
    """Code points from one place to before another, counted from 0, or from the end if below."""
    start = _index(x[1])
    stop = _index(x[2]) if len(x) > 2 else None
    if start is None or (len(x) > 2 and stop is None):
        return ""
    return to_text(x[0])[start:stop]


def _selected_at(x: Operands) -> str:
    chosen, at = _tokens(x[0]), _index(x[1])
    return chosen[at] if at is not None and 0 <= at < len(chosen) else ""


def _item_at(x: Operands) -> str:
    separator, at = to_text(x[0]), _index(x[2])
    parts = to_text(x[1]).split(separator) if separator else [to_text(x[1])]
    return parts[at] if at is not None and 0 <= at < len(parts) else ""


def _day(value: Value) -> float:
    """The moment of a text, or a number taken as one."""
    return moment(value.strip(BLANK)) if isinstance(value, str) else to_number(value)


def _date(x: Operands) -> str:
    day = _day(x[0])
    if not DAYS[0] <= day < DAYS[1] + 1:
        return ""
    return date.fromordinal(math.floor(day) + EPOCH).isoformat()


def _format_date(x: Operands) -> str:
    """A date written by a pattern of %Y %m %n %d %e %H %M %S; empty where there is none."""
    iso = _date(x)
    if not iso:
        return ""
    seconds = math.floor((_day(x[0]) - math.floor(_day(x[0]))) * 86400 + 0.5)
    year, month, day = iso.split("-")
    parts = {
        "Y": year,
        "m": month,
        "n": str(int(month)),
        "d": day,
        "e": str(int(day)),
        "H": f"{seconds // 3600:02}",
        "M": f"{seconds // 60 % 60:02}",
        "S": f"{seconds % 60:02}",
        "%": "%",
    }
    first, *rest = to_text(x[1]).replace("%%", "%\0").split("%")
    return first + "".join(
        "%" + piece[1:] if piece[:1] == "\0" else parts.get(piece[:1], "") + piece[1:]
        for piece in rest
    )


def _tokens(value: Value) -> list[str]:
    text = to_text(value)
    for blank in BLANK[1:]:
        text = text.replace(blank, " ")
    return [part for part in text.split(" ") if part]


def _lower(x: Operands) -> str:
    return "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in to_text(x[0]))


def _upper(x: Operands) -> str:
    return "".join(chr(ord(one) - 32) if "a" <= one <= "z" else one for one in to_text(x[0]))


SCALARS: dict[str, Callable[[Operands], Value]] = {
    "=": lambda x: _equal(x[0], x[1]),
    "!=": lambda x: not _equal(x[0], x[1]),
    "<": lambda x: to_number(x[0]) < to_number(x[1]),
    "<=": lambda x: to_number(x[0]) <= to_number(x[1]),
    ">": lambda x: to_number(x[0]) > to_number(x[1]),
    ">=": lambda x: to_number(x[0]) >= to_number(x[1]),
    "+": lambda x: to_number(x[0]) + to_number(x[1]),
    "-": lambda x: to_number(x[0]) - to_number(x[1]),
    "*": lambda x: to_number(x[0]) * to_number(x[1]),
    "div": _divide,
    "mod": _remainder,
    "neg": lambda x: -to_number(x[0]),
    "not": lambda x: not to_truth(x[0]),
    "true": lambda _: True,
    "false": lambda _: False,
    "boolean": lambda x: to_truth(x[0]),
    "selected": lambda x: to_text(x[1]).strip(BLANK) in _tokens(x[0]),
    "count-selected": lambda x: float(len(_tokens(x[0]))),
    "selected-at": _selected_at,
    "item-at": _item_at,
    "coalesce": lambda x: to_text(x[0]) or to_text(x[1]),
    "string": lambda x: to_text(x[0]),
    "string-length": lambda x: float(len(to_text(x[0]))),
    "regex": lambda x: fits(compiled(to_text(x[1])), to_text(x[0])),
    "contains": lambda x: to_text(x[1]) in to_text(x[0]),
    "starts-with": lambda x: to_text(x[0]).startswith(to_text(x[1])),
    "ends-with": lambda x: to_text(x[0]).endswith(to_text(x[1])),
    "substr": _substr,
    "normalize-space": lambda x: " ".join(_tokens(x[0])),
    "lower-case": _lower,
    "upper-case": _upper,
    "round": _round,
    "int": _by(math.trunc),
    "floor": _by(math.floor),
    "ceiling": _by(math.ceil),
    "abs": lambda x: abs(to_number(x[0])),
    "pow": _power,
    "sqrt": _root,
    "number": lambda x: to_number(x[0]),
    "date": _date,
    "format-date": _format_date,
    "decimal-date-time": lambda x: _day(x[0]),
}
"""They read the first of a list."""


def _filled(x: list[Operands]) -> list[float]:
    return [to_number(value) for value in chain.from_iterable(x) if value != ""]


def _of_filled(fold: Callable[[list[float]], float]) -> Callable[[list[Operands]], Value]:
    def apply(x: list[Operands]) -> Value:
        numbers = _filled(x)
        return math.nan if any(map(math.isnan, numbers)) else fold(numbers)

    return apply


LISTS: dict[str, Callable[[list[Operands]], Value]] = {
    # From left to right, as a browser does; `sum` of a newer Python corrects its roundings.
    "sum": _of_filled(lambda numbers: float(reduce(add, numbers, 0.0))),
    "min": _of_filled(lambda numbers: min(numbers, default=math.nan)),
    "max": _of_filled(lambda numbers: max(numbers, default=math.nan)),
    "count": lambda x: float(sum(value != "" for value in x[0])),
    "concat": lambda x: "".join(map(to_text, chain.from_iterable(x))),
    "join": lambda x: to_text(x[0][0] if x[0] else "").join(
        to_text(value) for value in chain.from_iterable(x[1:])
    ),
}
"""They read every one of a list."""
