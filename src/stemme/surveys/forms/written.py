"""What stands in the fields of one question, as its answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from stemme.i18n import parse_number
from stemme.surveys.expressions.evaluate import Context, result
from stemme.surveys.expressions.values import Value, to_text
from stemme.surveys.model import (
    OTHER,
    AnswerValue,
    Date,
    Grid,
    Many,
    Number,
    One,
    Rank,
    Slider,
    Text,
)
from stemme.surveys.rules.layout import PIECES, Part
from stemme.surveys.rules.values import Problem

LONGEST_RAW = 10_000
"""More text than this in one field does not travel on to the next page."""

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)", re.ASCII)
_TOO_LONG = Problem("long", LONGEST_RAW)


def clean_text(text: str) -> str:
    """Composed, with plain line ends, and without characters that no keyboard makes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def value_of(part: Part, fields: Mapping[str, list[str]]) -> AnswerValue | Problem | None:
    """The answer in the fields, a problem where it cannot be read, None where there is none."""
    posted = [fields.get(field, []) for field in part.fields]
    return _BY_TYPE[type(part.node)](part, posted) if any(posted) else None


def begin_with(part: Part, known: Mapping[str, Value], today: str) -> dict[str, list[str]]:
    """The fields of a question as its default fills them; none where it comes to nothing."""
    text = to_text(result(part.default or "", Context(known, today=today, now=today)))
    if not text or text == "NaN":
        return {}
    if isinstance(part.node, Date):
        year, month, day = [*text[:10].split("-"), "", ""][:3]
        pieces = {"year": year, "month": month, "day": day, "time": text[11:16]}
        wanted = PIECES[part.node.precision]
        return {one: [pieces[piece]] for one, piece in zip(part.fields, wanted, strict=True)}
    if isinstance(part.node, Grid | Rank):
        return {}
    return {part.fields[0]: text.split() if isinstance(part.node, Many) else [text]}


def line_of(part: Part, fields: Mapping[str, list[str]]) -> str | Problem | None:
    """What is written on the line beside a choice, None where there is nothing or no line."""
    if not getattr(part.node, "other", "") or not (posted := fields.get(part.fields[-1])):
        return None
    text = _words(part, [posted])
    return text if isinstance(text, (str, Problem)) else None


Posted = list[list[str]]
"""What was posted in each field of a question."""


def _choice(part: Part, posted: Posted) -> AnswerValue | None:
    if posted[0]:
        return posted[0][-1]
    return OTHER if _is_written(part, posted) else None


def _is_written(part: Part, posted: Posted) -> bool:
    """Whether there is something on the line: who writes there has chosen it."""
    return bool(getattr(part.node, "other", "")) and any(map(str.strip, posted[-1]))


def _in_order(part: Part, chosen: Iterable[str]) -> list[str]:
    last = len(part.order)
    return sorted(dict.fromkeys(chosen), key=lambda value: part.order.get(value, last))


def _choices(part: Part, posted: Posted) -> AnswerValue | None:
    line = [OTHER] if _is_written(part, posted) else []
    return _in_order(part, [*posted[0], *line]) or None


def _rows(part: Part, posted: Posted) -> AnswerValue | None:
    filled = [(row, one) for row, one in zip(part.rows, posted, strict=True) if one]
    if isinstance(part.node, Grid) and part.node.multiple:
        return {row: _in_order(part, one) for row, one in filled}
    return {row: one[-1] for row, one in filled}


def _ranked(part: Part, posted: Posted) -> AnswerValue | Problem | None:
    """Each choice has a field with its place; the places used go from 1 on, each once."""
    found = [
        (parse_number(one[-1]), choice.value)
        for choice, one in zip(part.choices, posted, strict=True)
        if one and one[-1].strip()
    ]
    places = {place: value for place, value in found if place is not None}
    wanted = list(range(1, len(found) + 1))
    if sorted(places) != wanted:
        return Problem("places")
    return [places[place] for place in wanted] or None


def _date(part: Part, posted: Posted) -> AnswerValue | Problem | None:
    precision = part.node.precision if isinstance(part.node, Date) else "day"
    written = {
        piece: one[-1].strip() if one else ""
        for piece, one in zip(PIECES[precision], posted, strict=True)
    }
    if not any(written.values()):
        return None
    wrong = Problem("time" if precision == "time" else "date")
    time = _CLOCK.fullmatch("".join(map(_latin, written.pop("time", ""))))
    if time is None and precision in ("time", "minute"):
        return wrong
    found = [parse_number(text) for text in written.values()]
    numbers = {one: given for one, given in zip(written, found, strict=True) if given is not None}
    # Of a year written with two figures nobody knows which hundred it is.
    if len(numbers) < len(written) or numbers.get("year", 1000) < 1000:
        return wrong
    clock = f"{int(time[1]):02}:{time[2]}" if time is not None else ""
    sizes = {"year": 4, "month": 2, "day": 2}
    date = "-".join(f"{numbers[one]:0{size}}" for one, size in sizes.items() if one in numbers)
    return "T".join(one for one in (date, clock) if one)


def _latin(letter: str) -> str:
    return str(unicodedata.digit(letter, letter))


def _words(_: Part, posted: Posted) -> AnswerValue | Problem | None:
    text = posted[0][-1]
    return _TOO_LONG if len(text) > LONGEST_RAW else clean_text(text) or None


def _number(_: Part, posted: Posted) -> AnswerValue | Problem | None:
    text = posted[0][-1]
    if len(text) > LONGEST_RAW:
        return _TOO_LONG
    if not text.strip():
        return None
    number = parse_number(text)
    return Problem("number") if number is None else number


_BY_TYPE: dict[type, Callable[[Part, Posted], AnswerValue | Problem | None]] = {
    One: _choice,
    Many: _choices,
    Grid: _rows,
    Rank: _ranked,
    Date: _date,
    Text: _words,
    Number: _number,
    Slider: _number,
}
