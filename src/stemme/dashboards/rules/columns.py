"""Answers as columns: whole chunks of JSON lines decoded at once, a list of values a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from stemme.dashboards.rules.questions import placed_questions
from stemme.surveys.model import AnyQuestion, Grid, Many, Number, One, Row, Slider, Survey, Text

Columns = Mapping[str, list[Any]]
"""By question, or by `grid.row`: a text, a number, a list of texts, or None, one a person."""


class _Field(NamedTuple):
    """A question that is read, and its rows if it is a grid."""

    name: str
    question: AnyQuestion
    rows: tuple[str, ...]


class Reader:
    """Gives the columns of the questions of a survey that are counted."""

    def __init__(self, survey: Survey, names: Iterable[str]) -> None:
        placed = placed_questions(survey)
        wanted = dict.fromkeys(names)
        self._fields = [
            _Field(name, placed[name].question, tuple(row.value for row in _rows(placed[name])))
            for name in wanted
        ]
        self._decoder = msgspec.json.Decoder(_row_type(self._fields))

    def read(self, lines: bytes) -> Columns:
        """Give the columns of answers as JSON, one a line.

        What has another shape than its question asks for is no answer.
        """
        try:
            rows = self._decoder.decode_lines(lines)
        except msgspec.ValidationError:
            return self.sort(msgspec.json.decode(b"[%s]" % b",".join(lines.splitlines())))
        columns: dict[str, list[Any]] = {}
        for at, field in enumerate(self._fields):
            if field.rows:
                for place, row in enumerate(field.rows):
                    column = list(map(attrgetter(f"q{at}.r{place}"), rows))
                    columns[f"{field.name}.{row}"] = column
            else:
                columns[field.name] = list(map(attrgetter(f"q{at}"), rows))
        return columns

    def sort(self, people: list[Any]) -> Columns:
        """Give the columns of decoded answers, person by person, whatever their shape."""
        columns: dict[str, list[Any]] = {}
        for name, question, rows in self._fields:
            given = [one.get(name) if isinstance(one, dict) else None for one in people]
            for row in rows:
                columns[f"{name}.{row}"] = [
                    _text(value.get(row)) if isinstance(value, dict) else None for value in given
                ]
            if not rows:
                clean = _CLEAN[type(question)]
                columns[name] = [clean(value) for value in given]
        return columns


def _rows(placed: Any) -> list[Row]:
    return placed.question.rows if isinstance(placed.question, Grid) else []


def _row_type(fields: list[_Field]) -> Any:
    """A struct with a field a question: all else in an answer is skipped without being made."""
    parts: list[tuple[str, Any, Any]] = []
    for at, (_, question, rows) in enumerate(fields):
        name = f"q{at}"
        if rows:
            inner = msgspec.defstruct(
                f"Rows{at}",
                [(f"r{place}", str | None, None) for place in range(len(rows))],
                rename={f"r{place}": row for place, row in enumerate(rows)},
                frozen=True,
            )
            parts.append((name, inner, inner()))
        else:
            parts.append((name, _TYPES[type(question)], None))
    names = {f"q{at}": field.name for at, field in enumerate(fields)}
    return msgspec.defstruct("Answered", parts, rename=names, frozen=True)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def _texts(value: Any) -> list[str] | None:
    fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if fits else None


_TYPES: dict[type, Any] = {
    One: str | None,
    Slider: int | float | None,
    Number: int | float | None,
    Many: list[str] | None,
    # What somebody wrote is never here; the stream puts its themes in the place of it.
    Text: list[str] | None,
}
_CLEAN: dict[type, Any] = {
    One: _text,
    Slider: _number,
    Number: _number,
    Many: _texts,
    Text: _texts,
}
