"""Texts, numbers and truths of expressions, and how one becomes the other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Context

Value = str | float | bool | list["Value"]
"""A list holds what was answered in each item of a repeat."""

BLANK = " \t\r\n"
EPOCH = date(1970, 1, 1).toordinal()
"""The ordinal of day 0."""
DAYS = (1 - EPOCH, date.max.toordinal() - EPOCH)
"""The first and the last day that has a date."""

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_MOMENT = re.compile(
    r"(?:(\d{4})-(\d\d)-(\d\d))?(?:(?:(?<=\d)T|^)(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?", re.ASCII
)
_TWELVE = Context(prec=12, rounding=ROUND_HALF_UP)


def to_number(value: Value) -> float:
    """The value as a number; a date as days since 1970, a time as part of one; else NaN."""
    if isinstance(value, list):
        return to_number(value[0]) if value else math.nan
    if not isinstance(value, str):
        return float(value)
    text = value.strip(BLANK)
    if _NUMBER.fullmatch(text):
        return float(text)
    return moment(text)


def moment(text: str) -> float:
    """Days since 1970 of a date, with or without a time, or the part of a day of a time."""
    match = _MOMENT.fullmatch(text)
    if match is None or not text:
        return math.nan
    year, month, day, hour, minute, second = (
        None if part is None else int(part) for part in match.groups()
    )
    if hour is not None and (hour > 23 or (minute or 0) > 59 or (second or 0) > 59):
        return math.nan
    seconds = (hour or 0) * 3600 + (minute or 0) * 60 + (second or 0)
    if year is None or month is None or day is None:
        return seconds / 86400
    try:
        return date(year, month, day).toordinal() - EPOCH + seconds / 86400
    except ValueError:
        return math.nan


def to_text(value: Value) -> str:
    """The value as text; a number with at most 12 digits and never an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return to_text(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = format(_TWELVE.create_decimal_from_float(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_truth(value: Value) -> bool:
    """Text is true unless empty, a number unless 0 or NaN."""
    if isinstance(value, list):
        return bool(value) and to_truth(value[0])
    if isinstance(value, str):
        return value != ""
    return not math.isnan(value) and value != 0


def flat(value: Value) -> list[Value]:
    """The value, or every one of a list of them."""
    return list(_flatten(value))


def _flatten(value: Value) -> Iterator[Value]:
    if isinstance(value, list):
        for part in value:
            yield from _flatten(part)
    else:
        yield value
