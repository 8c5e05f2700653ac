"""Surveys as open data: published definitions with their texts, and what every variable means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Literal

import asyncpg
from msgspec import Meta, Struct

from stemme.dashboards import rules
from stemme.dashboards.rules import Placed
from stemme.dashboards.service.downloads import plain
from stemme.dashboards.service.open_release import Text
from stemme.errors import NotFound
from stemme.surveys.model import (
    Choice,
    Date,
    Grid,
    Many,
    Number,
    One,
    Rank,
    Slider,
    Survey,
    Version,
)
from stemme.surveys.service import reading as surveys

COLUMNS = (
    *("survey", "revision", "variable", "question", "type", "sensitive", "required", "label"),
    *("row", "value", "code", "value_label", "missing", "min", "max", "unit", "about"),
)


Kind = Literal["text", "number", "slider", "date", "one", "many", "rank", "grid"]


class SurveyEntry(Struct, frozen=True):
    """A published survey."""

    survey: str
    revision: int
    title: Text
    summary: Text
    mode: Literal["anonymous", "confidential", "pseudonymous"]
    audience: Literal["adults", "children", "business"]
    languages: list[str]
    open: Annotated[bool, Meta(description="Whether it takes answers now.")]
    url: str


class Surveys(Struct, frozen=True):
    """Every published survey."""

    surveys: list[SurveyEntry]


class SurveyDocument(Struct, frozen=True):
    """A published definition, with its texts frozen: language to key path to text."""

    survey: str
    revision: int
    definition: Survey
    texts: dict[str, dict[str, str]]


class Value(Struct, frozen=True):
    """An answer that may be chosen; `missing` ones, such as "vil ikke svare", are never counted."""

    value: str
    code: int | None
    label: Text
    missing: bool


class CodebookVariable(Struct, frozen=True):
    """What is asked and what may be answered: a question, a row of a grid, one of many choices."""

    variable: str
    question: str
    type: Kind
    sensitive: Annotated[bool, Meta(description="Whether more people must hide in its numbers.")]
    required: bool
    label: Text
    row: Annotated[str, Meta(description="The row of a grid or the choice; else empty.")]
    values: list[Value]
    min: float | None
    max: float | None
    unit: str
    about: Annotated[list[str], Meta(description="Ids of the programme that it hangs on.")]


class Codebook(Struct, frozen=True):
    """Every variable of a published survey, in the order asked."""

    survey: str
    revision: int
    lang: str
    variables: list[CodebookVariable]


async def list_surveys(conn: asyncpg.Connection, lang: str) -> list[SurveyEntry]:
    """Give every published survey in its newest revision."""
    return [
        SurveyEntry(
            survey=version.survey,
            revision=version.revision,
            title=_text(version, lang, version.definition.title, "title"),
            summary=_text(version, lang, version.definition.summary, "summary"),
            mode=version.definition.mode,
            audience=version.definition.audience,
            languages=version.definition.languages,
            open=wave is not None and wave.state == "open" and not wave.sample,
            url=f"/api/v1/surveys/{version.survey}",
        )
        for version, wave in await surveys.list_surveys(conn)
    ]


async def fetch_survey(conn: asyncpg.Connection, slug: str) -> Version:
    """Give the newest published definition; raises `NotFound`."""
    version = await surveys.published(conn, slug)
    if version is None:
        raise NotFound("There is no published survey of that name.")
    return version


def document(version: Version, lang: str | None) -> SurveyDocument:
    """Give a definition with its texts: in all languages, or in one."""
    texts = {tag: own for tag, own in version.texts.items() if lang in (None, tag)}
    return SurveyDocument(version.survey, version.revision, version.definition, texts)


def codebook(version: Version, lang: str) -> Codebook:
    """Give every variable by the name it has in releases and exports."""
    found = [
        variable
        for placed in rules.placed_questions(version.definition).values()
        for variable in _variables(version, placed, lang)
    ]
    return Codebook(version.survey, version.revision, lang, found)


def _variables(version: Version, placed: Placed, lang: str) -> Iterator[CodebookVariable]:
    question, values = placed.question, _values(version, placed, lang)
    if isinstance(question, Many):
        for value in values:
            name = f"{question.name}.{value.value}"
            yield _variable(version, placed, lang, (name, value.label, [], placed.about))
    elif isinstance(question, Grid):
        for row in question.rows:
            label = _text(version, lang, row.label, *placed.path, "rows", row.value, "label")
            name, about = f"{question.name}.{row.value}", row.about or placed.about
            yield _variable(version, placed, lang, (name, label, values, about))
    else:
        yield _variable(version, placed, lang, (question.name, "", values, placed.about))


_Own = tuple[str, str, list[Value], list[str]]
"""Name, row, values and place in the programme: what differs between variables of a question."""


def _variable(version: Version, placed: Placed, lang: str, own: _Own) -> CodebookVariable:
    question = placed.question
    name, row, values, about = own
    low, high = (
        (question.min, question.max) if isinstance(question, Number | Slider) else (None, None)
    )
    unit = ""
    if isinstance(question, Number):
        unit = _text(version, lang, question.unit, *placed.path, "unit")
    return CodebookVariable(
        variable=name,
        question=question.name,
        type=_type(placed),
        sensitive=question.sensitive,
        required=question.required,
        label=_text(version, lang, question.label, *placed.path, "label"),
        row=row,
        values=values,
        min=low,
        max=high,
        unit=unit,
        about=about,
    )


def _type(placed: Placed) -> Kind:
    match placed.question:
        case One():
            return "one"
        case Many():
            return "many"
        case Grid():
            return "grid"
        case Slider():
            return "slider"
        case Number():
            return "number"
        case Rank():
            return "rank"
        case Date():
            return "date"
    return "text"


def _values(version: Version, placed: Placed, lang: str) -> list[Value]:
    """Give what may be chosen; of a scale, its two named ends."""
    question = placed.question
    if isinstance(question, Slider) and any(question.ends):
        ends = zip((question.min, question.max), question.ends, strict=True)
        return [
            Value(
                str(number),
                number,
                _text(version, lang, end, *placed.path, "ends", str(at)),
                missing=False,
            )
            for at, (number, end) in enumerate(ends)
        ]
    if not isinstance(question, One | Many | Grid | Rank):
        return []
    shared = isinstance(question.choices, str)
    at = ("lists", str(question.choices)) if shared else (*placed.path, "choices")
    return [
        _value(choice, _text(version, lang, choice.label, *at, choice.value, "label"))
        for choice in rules.choices_of(version.definition, question)
    ]


def _value(choice: Choice, label: str) -> Value:
    return Value(choice.value, choice.code, label, choice.missing)


def _text(version: Version, lang: str, source: str, *path: str) -> str:
    return (surveys.text_of(version, lang, ".".join(path)) or source) if source else ""


def to_csv(book: Codebook) -> bytes:
    """Give the codebook as RFC 4180 has it, with a byte order mark: a line a value."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(plain, line) for line in lines_of(book))
    return text.getvalue().encode("utf-8-sig")


def lines_of(book: Codebook) -> Iterator[tuple[str, ...]]:
    """Give a line a value, a cell for each of `COLUMNS`."""
    for one in book.variables:
        values: list[Value | None] = [*one.values] or [None]
        yield from (_cells(book, one, value) for value in values)


def _cells(book: Codebook, one: CodebookVariable, value: Value | None) -> tuple[str, ...]:
    own = ("", "", "", "")
    if value is not None:
        code = "" if value.code is None else str(value.code)
        own = (value.value, code, value.label, str(value.missing).lower())
    return (
        *(book.survey, str(book.revision), one.variable, one.question, one.type),
        *(str(one.sensitive).lower(), str(one.required).lower(), one.label, one.row),
        *own,
        *("" if end is None else f"{end:g}" for end in (one.min, one.max)),
        one.unit,
        " ".join(one.about),
    )
