"""A plain file of answers: one row a respondent, every wrong cell named by line and column."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from stemme.dashboards.rules import choices_of, placed_questions
from stemme.i18n.numbers import parse_number
from stemme.i18n.source import Complaint
from stemme.surveys.model import (
    Answers,
    Choice,
    Date,
    Grid,
    Many,
    Number,
    One,
    Rank,
    Slider,
    Survey,
    Text,
)
from stemme.surveys.rules.layout import lay_out
from stemme.surveys.rules.walking import visible

WEIGHT = "weight"
"""The column of what each respondent counts; no question may have this name."""
MOST_COMPLAINTS = 200
_DELIMITERS = (",", ";", "\t")


class _Wrong(NamedTuple):
    """What is wrong with a cell, and what would be right."""

    said: str


_Cell = Callable[[str], Any]
"""A value of an answer, None for nothing, or what is wrong."""


class _Column(NamedTuple):
    """A column: the question, the row or choice it holds, and how its cells are read."""

    title: str
    question: str
    part: str
    read: _Cell
    known: dict[str, Any]


class AnswersFile:
    """Answers in a file; `complaints` and `weights` are filled while `people` is gone through."""

    def __init__(self, path: Path, survey: Survey, shown: str | None = None) -> None:
        self.path, self.survey = path, survey
        self.complaints: list[Complaint] = []
        self.left_out = 0
        self.weights = array("d")
        self.weighted = False
        self._shown = shown or path.as_posix()
        self._layout = lay_out(survey)
        self._placed = placed_questions(survey)

    def people(self, needed: list[str]) -> Iterator[Answers]:
        """Give each respondent's answers; `needed` are the questions that must have a column."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._rows(file, needed)
        except OSError as error:
            self._say(1, f"cannot be read: {error.strerror}")
        except UnicodeDecodeError:
            self._say(1, "is not UTF-8; save it as CSV in UTF-8")

    def _rows(self, file: TextIO, needed: list[str]) -> Iterator[Answers]:
        reader = csv.reader(file, delimiter=_delimiter(file), strict=True)
        try:
            titles = next(reader, [])
            if not titles:
                self._say(1, "the file is empty; its first line names the columns")
            columns = self._header(titles, needed) if titles else []
            line = reader.line_num + 1
            for cells in reader:
                if cells and columns:
                    yield self._person(columns, cells, line)
                line = reader.line_num + 1
        except csv.Error as error:
            self._say(reader.line_num, f"not CSV: {error}")

    def _say(self, line: int, said: str) -> None:
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(Complaint(self._shown, line, said))
        else:
            self.left_out += 1

    # Header

    def _header(self, titles: list[str], needed: list[str]) -> list[_Column]:
        """Give the columns; none if one of them is wrong, as then no cell can be judged."""
        columns: list[_Column] = []
        for title in map(str.strip, titles):
            if title in [column.title for column in columns]:
                self._say(1, f"{title}: this column is there twice")
                continue
            column = self._column(title)
            if column is None:
                self._say(1, f"{title or 'a column without a name'}: {self._unknown(title)}")
            else:
                columns.append(column)
        whole = {column.title for column in columns}
        for column in columns:
            if column.part and column.question in whole:
                self._say(1, f"{column.title}: '{column.question}' is a column of its own already")
        read = {column.question for column in columns}
        for name in needed:
            if name not in read:
                self._say(1, f"there is no column for '{name}', which the plan publishes")
        self.weighted = WEIGHT in whole and WEIGHT not in self._placed
        return [] if self.complaints else columns

    def _unknown(self, title: str) -> str:
        known = [*self._placed]
        for name, placed in self._placed.items():
            known += [f"{name}.{part}" for part in _parts(self.survey, placed.question)]
        near = get_close_matches(title, known, 1)
        hint = f"; did you mean {near[0]}?" if near else "; leave the column out"
        return f"the survey has no such question{hint}"

    def _column(self, title: str) -> _Column | None:
        name, _, part = title.partition(".")
        placed = self._placed.get(name)
        if placed is None:
            return _Column(title, title, "", _weight, {}) if title == WEIGHT else None
        question = placed.question
        if part and part not in _parts(self.survey, question):
            return None
        if isinstance(question, Grid) and not part:
            return None
        return _Column(title, name, part, _reader(self.survey, question, part), {})

    # Rows

    def _person(self, columns: list[_Column], cells: list[str], line: int) -> Answers:
        if len(cells) != len(columns):
            self._say(line, f"{len(cells)} cells, but the header has {len(columns)}")
            return {}
        answers: dict[str, Any] = {}
        for column, cell in zip(columns, cells, strict=True):
            value = _read(column, cell)
            if isinstance(value, _Wrong):
                self._say(line, f"{column.title}: {value.said}")
            elif column.title == WEIGHT and self.weighted:
                self.weights.append(value)
            elif value is not None:
                _put(answers, column, value)
        self._together(answers, line)
        return answers

    def _together(self, answers: dict[str, Any], line: int) -> None:
        """Look at one person as a whole: choices that exclude others, questions not asked."""
        for name, value in list(answers.items()):
            question = self._placed[name].question
            if isinstance(question, Many):
                if not value:
                    del answers[name]
                elif said := _conflict(choices_of(self.survey, question), question, value):
                    self._say(line, f"{name}: {said}")
        shown = visible(self._layout, answers, "")
        for name in answers:
            if self._layout.questions[name] not in shown:
                said = " and ".join(self._placed[name].shown)
                self._say(line, f"{name}: leave it empty, as this is asked only if {said}")


def _delimiter(file: TextIO) -> str:
    """The one that the header has most of."""
    header = file.readline()
    file.seek(0)
    return max(_DELIMITERS, key=header.count)


def _read(column: _Column, cell: str) -> Any:
    """A cell's value; the same cell is read once, as answers repeat."""
    if cell not in column.known:
        if len(column.known) > 10_000:
            column.known.clear()
        column.known[cell] = column.read(cell.strip())
    return column.known[cell]


def _put(answers: dict[str, Any], column: _Column, value: Any) -> None:
    if not column.part:
        answers[column.question] = value
    elif isinstance(value, bool):
        chosen = answers.setdefault(column.question, [])
        if value:
            chosen.append(column.part)
    else:
        answers.setdefault(column.question, {})[column.part] = value


def _parts(survey: Survey, question: Any) -> list[str]:
    """The rows of a grid, the choices of a question with many answers."""
    if isinstance(question, Grid):
        return [row.value for row in question.rows]
    if isinstance(question, Many):
        return [choice.value for choice in choices_of(survey, question)]
    return []


def _reader(survey: Survey, question: Any, part: str) -> _Cell:
    match question:
        case Many() if part:
            return _flag
        case Many():
            one = _choice(choices_of(survey, question))
            return lambda cell: _several(one, cell)
        case One() | Grid():
            return _choice(choices_of(survey, question))
        case Slider() | Number():
            return lambda cell: _number(question, cell)
        case Text() | Date() | Rank():
            # What people wrote is not read: of texts only themes are ever published.
            return lambda _: None
    raise TypeError(type(question).__name__)


def _choice(choices: list[Choice]) -> _Cell:
    known = {str(one.code): one.value for one in choices if one.code is not None}
    known |= {one.value: one.value for one in choices}
    right = ", ".join(
        one.value if one.code is None else f"{one.value} ({one.code})" for one in choices
    )

    def read(cell: str) -> Any:
        if not cell:
            return None
        return known.get(cell) or _Wrong(f"'{cell}' is no answer; write one of: {right}")

    return read


def _several(one: _Cell, cell: str) -> Any:
    found = [one(part.strip()) for part in cell.split(";") if part.strip()]
    wrong = next((value for value in found if isinstance(value, _Wrong)), None)
    if wrong is not None:
        return wrong
    if len(set(found)) < len(found):
        return _Wrong(f"'{cell}' names an answer twice")
    return found or None


def _flag(cell: str) -> Any:
    known = {"": None, "0": False, "1": True}
    return known[cell] if cell in known else _Wrong(f"'{cell}': write 1 if chosen, 0 if not")


def _number(question: Slider | Number, cell: str) -> Any:
    if not cell:
        return None
    least, most = question.min, question.max
    number = parse_number(cell)
    start = least or 0
    steps = math.nan if number is None else (number - start) / question.step
    inside = number is not None and (least is None or number >= least)
    if number is None or not inside or (most is not None and number > most):
        limits = [f"from {least:g}"] if least is not None else []
        limits += [f"to {most:g}"] if most is not None else []
        return _Wrong(f"'{cell}': write " + " ".join(["a number", *limits]))
    if abs(steps - round(steps)) > 1e-9 * max(1.0, abs(steps)):
        return _Wrong(f"'{cell}': write {start:g}, or {question.step:g} more each time")
    return number


def _weight(cell: str) -> Any:
    number = parse_number(cell)
    if number is None or number <= 0:
        return _Wrong(f"'{cell}': write what the respondent counts, more than 0")
    return number


def _conflict(choices: list[Choice], question: Many, chosen: list[str]) -> str:
    alone = [one.value for one in choices if one.exclusive and one.value in chosen]
    if alone and len(chosen) > 1:
        return f"'{alone[0]}' cannot stand with other answers"
    if question.max is not None and len(chosen) > question.max:
        return f"{len(chosen)} answers; at most {question.max} can be chosen"
    return ""
