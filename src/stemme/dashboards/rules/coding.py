"""From answers to codes, person by person."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from typing import Any

from stemme.dashboards.model import Band, Dashboard
from stemme.dashboards.rules.planning import groups_of, variables_of
from stemme.dashboards.rules.questions import choices_of, placed_questions, shown_choices
from stemme.disclosure import plan as disclosure
from stemme.surveys.model import AnyQuestion, Grid, Many, Number, One, Row, Slider, Survey, Text

NONE = -1
"""The code of no answer, and of an answer that is no category: "vet ikke", "vil ikke svare"."""

Coding = Callable[[Any], list[int]]


class Coder:
    """Codes answers row by row into 16-bit numbers; memory grows by two bytes a number, no more."""

    def __init__(self, dashboard: Dashboard, survey: Survey) -> None:
        questions = placed_questions(survey)
        self.names: list[str] = []
        self._codings: list[tuple[str, Coding, list[int]]] = []
        for panel in dashboard.panels:
            ids = [v.id for v in variables_of(dashboard, survey, panel)]
            coding = _coding(survey, questions[panel.question].question, panel.bands)
            self._codings.append((panel.question, coding, [NONE] * len(ids)))
            self.names += ids
        self.variables = len(self.names)
        for name in dashboard.breakdowns:
            groups = groups_of(dashboard, survey, name)
            codes = {answer: code for code, of in enumerate(groups.values()) for answer in of}
            self._codings.append((name, _one(codes), [NONE]))
            self.names.append(name)
        self._codes = array("h")

    def add(self, answers: Mapping[str, Any]) -> None:
        """Code one person's answers."""
        for name, coding, nothing in self._codings:
            value = answers.get(name)
            self._codes.extend(nothing if value is None else coding(value))

    def coded(self) -> disclosure.Coded:
        """Give all that was added, one array a variable and a breakdown."""
        import numpy as np

        table = np.frombuffer(self._codes, dtype=np.int16).reshape(-1, len(self.names))
        columns = [np.ascontiguousarray(column) for column in table.T]
        split = self.variables
        return disclosure.Coded(
            variables=dict(zip(self.names[:split], columns[:split], strict=True)),
            breakdowns=dict(zip(self.names[split:], columns[split:], strict=True)),
        )


def _coding(survey: Survey, question: AnyQuestion, bands: list[Band]) -> Coding:
    match question:
        case One():
            return _one(_codes(survey, question))
        case Many():
            return _many(
                [choice.value for choice in shown_choices(survey, question)],
                {choice.value for choice in choices_of(survey, question) if choice.missing},
            )
        case Grid():
            return _grid(question.rows, _codes(survey, question))
        case Slider() | Number():
            return _banded(bands)
        case Text():
            raise TypeError("free text is never coded here")


def _codes(survey: Survey, question: One | Grid) -> dict[str, int]:
    return {choice.value: code for code, choice in enumerate(shown_choices(survey, question))}


def _one(codes: dict[str, int]) -> Coding:
    return lambda value: [codes.get(value, NONE) if isinstance(value, str) else NONE]


def _many(answers: list[str], missing: set[str]) -> Coding:
    """Give YES (0) or NO (1) a choice; nothing where nothing, or a refusal, was chosen."""
    nothing = [NONE] * len(answers)

    def code(value: Any) -> list[int]:
        chosen = set(value) if isinstance(value, list) else set()
        if not chosen or chosen & missing:
            return nothing
        return [0 if answer in chosen else 1 for answer in answers]

    return code


def _grid(rows: list[Row], codes: dict[str, int]) -> Coding:
    def code(value: Any) -> list[int]:
        given = value if isinstance(value, dict) else {}
        return [codes.get(given.get(row.value, ""), NONE) for row in rows]

    return code


def _banded(bands: list[Band]) -> Coding:
    def code(value: Any) -> list[int]:
        if not isinstance(value, int | float):
            return [NONE]
        inside = (i for i, band in enumerate(bands) if band.from_ <= value <= band.to)
        return [next(inside, NONE)]

    return code
