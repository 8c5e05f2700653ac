"""Answers as columns: whole chunks of JSON lines decoded at once, a list of values a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from stemme.dashboards.rules.questions import choices_of, placed_questions
from stemme.surveys.model import (
    AnyQuestion,
    Date,
    Grid,
    Many,
    Number,
    One,
    Rank,
    Row,
    Slider,
    Survey,
    Text,
)

Column = Sequence[Any]
Columns = Mapping[str, Column]
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
        self._decoder = msgspec.json.Decoder(_row_type(survey, self._fields))

    def read(self, lines: bytes) -> Columns:
        """Give the columns of answers as JSON, one a line.

        What has another shape than its question asks for is no answer.
        """
        try:
            rows = self._decoder.decode_lines(lines)
        except msgspec.ValidationError:
            return self.sort(msgspec.json.decode(b"[%s]" % b",".join(lines.splitlines())))
        columns: dict[str, Column] = {}
        for field, column in zip(self._fields, _turned(rows, len(self._fields)), strict=True):
            if field.rows:
                given = _turned(column, len(field.rows))
                names = [f"{field.name}.{row}" for row in field.rows]
                columns.update(zip(names, given, strict=True))
            else:
                columns[field.name] = column
        return columns

    def sort(self, people: list[Any]) -> Columns:
        """Give the columns of decoded answers, person by person, whatever their shape."""
        columns: dict[str, Column] = {}
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


def _row_type(survey: Survey, fields: list[_Field]) -> Any:
    """A struct with a field a question: all else in an answer is skipped without being made.

    Choices are literals, so that the decoder gives the same few texts again and again.
    """
    parts: list[tuple[str, Any, Any]] = []
    for at, (_, question, rows) in enumerate(fields):
        name, kind = f"q{at}", _type(survey, question)
        if rows:
            inner = msgspec.defstruct(
                f"Rows{at}",
                [(f"r{place}", kind, None) for place in range(len(rows))],
                rename={f"r{place}": row for place, row in enumerate(rows)},
                frozen=True,
                gc=False,
            )
            parts.append((name, inner, inner()))
        else:
            parts.append((name, kind, None))
    names = {f"q{at}": field.name for at, field in enumerate(fields)}
    return msgspec.defstruct("Answered", parts, rename=names, frozen=True, gc=False)


def _turned(rows: Sequence[Any], width: int) -> list[Column]:
    """From a struct a person to a column a field."""
    return list(zip(*map(msgspec.structs.astuple, rows), strict=True)) or [()] * width


def _type(survey: Survey, question: AnyQuestion) -> Any:
    match question:
        case Slider() | Number():
            return int | float | None
        case Text():
            # What somebody wrote is never here; the stream puts its themes in the place of it.
            return list[str] | None
        case Date() | Rank():
            return None  # No plan can name them.
    values = tuple(choice.value for choice in choices_of(survey, question))
    # Spelled out, since the choices are known only now.
    chosen: Any = Literal.__getitem__(values)
    return list[chosen] | None if isinstance(question, Many) else chosen | None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def _texts(value: Any) -> list[str] | None:
    fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if fits else None


_CLEAN: dict[type, Any] = {
    One: _text,
    Slider: _number,
    Number: _number,
    Many: _texts,
    Text: _texts,
}
