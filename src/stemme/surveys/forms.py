"""What a browser posts, as answers: one problem a question, and the raw text kept to show again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from stemme.i18n import lazy as _
from stemme.i18n import parse_number, translate
from stemme.surveys.model import (
    Answers,
    AnswerValue,
    Many,
    Number,
    One,
    Question,
    Slider,
    Text,
)
from stemme.surveys.rules.layout import FIELD_PREFIX, Layout, Part, readable, visible
from stemme.surveys.rules.values import Problem, problem_with

Fields = dict[str, list[str]]
"""Field name to what was posted under it."""

LONGEST_RAW = 10_000
"""More text than this in one field does not travel on to the next page."""

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TOO_LONG = Problem("long", LONGEST_RAW)


def posted_fields(layout: Layout, pairs: Iterable[tuple[str, object]]) -> Fields:
    """The fields of this survey among all that was posted; anything else is dropped."""
    fields: Fields = {}
    for name, value in pairs:
        if name.startswith(FIELD_PREFIX) and isinstance(value, str) and value:
            question = name.removeprefix(FIELD_PREFIX).partition("-")[0]
            if question in layout.questions:
                fields.setdefault(name, []).append(value)
    return fields


def travels(posted: list[str]) -> bool:
    """Whether a field is short enough to go along to other pages."""
    return all(len(text) <= LONGEST_RAW for text in posted)


def fields_on(layout: Layout, page: int) -> frozenset[str]:
    """The names of every field of a page."""
    return frozenset(
        name
        for index in layout.pages[page]
        if isinstance(layout.parts[index].node, Question)
        for name in layout.parts[index].fields
    )


def page_of(layout: Layout, fields: Fields) -> int | None:
    """The page that some posted fields belong to."""
    for name in fields:
        question = name.removeprefix(FIELD_PREFIX).partition("-")[0]
        return layout.question(question).page
    return None


def clean_text(text: str) -> str:
    """Composed, with plain line ends, and without characters that no keyboard makes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def value_of(part: Part, fields: Mapping[str, list[str]]) -> AnswerValue | Problem | None:
    """The answer in the fields, a problem where it cannot be read, None where there is none."""
    if part.rows:
        rows = {}
        for row, field in zip(part.rows, part.fields, strict=True):
            if posted := fields.get(field):
                rows[row] = posted[-1]
        return rows or None
    posted = fields.get(part.fields[0])
    return _BY_TYPE[type(part.node)](part, posted) if posted else None


def _choice(_: Part, posted: list[str]) -> AnswerValue:
    return posted[-1]


def _choices(part: Part, posted: list[str]) -> AnswerValue:
    last = len(part.order)
    return sorted(dict.fromkeys(posted), key=lambda value: part.order.get(value, last))


def _words(_: Part, posted: list[str]) -> AnswerValue | Problem | None:
    return _TOO_LONG if len(posted[-1]) > LONGEST_RAW else clean_text(posted[-1]) or None


def _number(_: Part, posted: list[str]) -> AnswerValue | Problem | None:
    text = posted[-1]
    if len(text) > LONGEST_RAW:
        return _TOO_LONG
    if not text.strip():
        return None
    number = parse_number(text)
    return Problem("number") if number is None else number


_BY_TYPE: dict[type, Callable[[Part, list[str]], AnswerValue | Problem | None]] = {
    One: _choice,
    Many: _choices,
    Text: _words,
    Number: _number,
    Slider: _number,
}


@dataclass(frozen=True)
class Reading:
    """All fields read together."""

    answers: Answers
    """What could be read, hidden questions included."""
    shown: frozenset[int]
    problems: dict[str, Problem]
    """Question name to what is wrong, for questions that are shown."""


def read(layout: Layout, fields: Mapping[str, list[str]], today: str) -> Reading:
    """Read every field, decide what is shown, and check all that is."""
    answers: Answers = {}
    unread: dict[str, Problem] = {}
    for name, index in layout.questions.items():
        value = value_of(layout.parts[index], fields)
        if isinstance(value, Problem):
            unread[name] = value
        elif value is not None:
            answers[name] = value
    shown = visible(layout, answers, today)
    known: dict[str, str | float] = {}
    for index, name in layout.read.items():
        if index in shown and name in answers:
            known.update(readable(name, answers[name]))
    problems: dict[str, Problem] = {}
    for name, index in layout.questions.items():
        if index in shown:
            problem = unread.get(name) or problem_with(
                layout.parts[index], answers.get(name), known, today
            )
            if problem is not None:
                problems[name] = problem
    return Reading(answers, shown, problems)


def explain(part: Part, problem: Problem, texts: Mapping[str, str], lang: str) -> str:
    """The problem in a sentence that says what to do."""
    if problem.kind == "check" and isinstance(part.node, Question):
        check = part.node.checks[int(problem.limit)]
        return texts.get(f"{part.path}.checks.{int(problem.limit)}.message", check.message)
    limit = f"{problem.limit:g}"
    sentences = {
        "required": _("Du må svare på dette spørsmålet."),
        "choice": _("Velg blant svarene som står her."),
        "exclusive": _("Et av svarene du har valgt, kan ikke stå sammen med andre."),
        "few": _("Velg minst %(n)s.", n=limit),
        "many": _("Velg høyst %(n)s.", n=limit),
        "number": _("Skriv et tall."),
        "small": _("Skriv %(n)s eller et høyere tall.", n=limit),
        "large": _("Skriv %(n)s eller et lavere tall.", n=limit),
        "step": _("Skriv et helt tall.") if problem.limit == 1 else _("Skriv et tall."),
        "long": _("Teksten er for lang. Skriv høyst %(n)s tegn.", n=limit),
    }
    return translate(sentences[problem.kind], lang)
