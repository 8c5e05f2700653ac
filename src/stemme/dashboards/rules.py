"""From a plan and a survey to what may be counted, and from answers to codes."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from stemme.dashboards.model import MINIMUM, SENSITIVE_MINIMUM, Band, Dashboard, Header, Panel
from stemme.disclosure import plan as disclosure
from stemme.surveys.model import (
    AnyQuestion,
    Choice,
    Grid,
    Group,
    Item,
    Many,
    Note,
    Number,
    One,
    Row,
    Slider,
    Survey,
    Text,
    Wave,
)

YES, NO = "ja", "nei"
"""The two categories of a choice in a question with many answers."""
NONE = -1
"""The code of no answer, and of an answer that is no category: "vet ikke", "vil ikke svare"."""


class Placed(NamedTuple):
    """A question with its place: names from the page down, and the tree ids it hangs on."""

    question: AnyQuestion
    path: tuple[str, ...]
    about: list[str]


def placed_questions(survey: Survey) -> dict[str, Placed]:
    """Give every question by name, in the survey's order; `about` is inherited from its groups."""
    return {found.question.name: found for found in _walk(survey.items, (), [])}


def _walk(items: list[Any], path: tuple[str, ...], about: list[str]) -> Iterator[Placed]:
    item: Item
    for item in items:
        place, own = (*path, item.name), item.about or about
        if isinstance(item, Group):
            yield from _walk(item.items, place, own)
        elif not isinstance(item, Note):
            yield Placed(item, place, own)


def choices_of(survey: Survey, question: One | Many | Grid) -> list[Choice]:
    """Give a question's choices, from its own list or a shared one."""
    if isinstance(question.choices, str):
        return survey.lists.get(question.choices, [])
    return question.choices


def shown_choices(survey: Survey, question: One | Many | Grid) -> list[Choice]:
    """Give the choices that are answers: neither "vet ikke" nor "vil ikke svare"."""
    return [choice for choice in choices_of(survey, question) if not choice.missing]


def categories(survey: Survey, question: AnyQuestion, panel: Panel | None = None) -> list[str]:
    """Give the answers that are counted for a question, in order."""
    if isinstance(question, One | Many | Grid):
        return [choice.value for choice in shown_choices(survey, question)]
    return [band.value for band in panel.bands] if panel else []


def least(dashboard: Dashboard, survey: Survey, question: AnyQuestion | None = None) -> int:
    """Give the smallest group that may be shown: a plan may raise it, never lower it."""
    careful = survey.audience == "children" or (question is not None and question.sensitive)
    return max(dashboard.minimum, SENSITIVE_MINIMUM if careful else MINIMUM)


# Plan ----------------------------------------------------------------------------------------


def variables_of(dashboard: Dashboard, survey: Survey, panel: Panel) -> list[disclosure.Variable]:
    """Give what is counted for a panel: a grid has one variable a row, `many` one a choice."""
    question = placed_questions(survey)[panel.question].question
    minimum, sensitive = least(dashboard, survey, question), question.sensitive

    def variable(id_: str, answers: list[str], top: list[str]) -> disclosure.Variable:
        return disclosure.Variable(
            id=id_, categories=tuple(answers), top=tuple(top), minimum=minimum, sensitive=sensitive
        )

    answers = categories(survey, question, panel)
    if isinstance(question, Many):
        return [variable(f"{question.name}.{answer}", [YES, NO], [YES]) for answer in answers]
    if isinstance(question, Grid):
        return [
            variable(f"{question.name}.{row.value}", answers, panel.top) for row in question.rows
        ]
    return [variable(question.name, answers, panel.top)]


def groups_of(dashboard: Dashboard, survey: Survey, breakdown: str) -> dict[str, list[str]]:
    """Give a breakdown's groups and the answers each one holds."""
    if breakdown in dashboard.groupings:
        return {group.value: group.of for group in dashboard.groupings[breakdown]}
    question = placed_questions(survey)[breakdown].question
    return {answer: [answer] for answer in categories(survey, question)}


def publication_plan(dashboard: Dashboard, survey: Survey) -> disclosure.Plan:
    """Give every number that will be shown, in the words of `disclosure`."""
    variables: list[disclosure.Variable] = []
    tables: list[disclosure.Table] = []
    for panel in dashboard.panels:
        own = variables_of(dashboard, survey, panel)
        variables += own
        tables += [disclosure.Table(variable=v.id, by=tuple(panel.by)) for v in own]
    breakdowns = [
        disclosure.Breakdown(id=name, groups=tuple(groups_of(dashboard, survey, name)))
        for name in dashboard.breakdowns
    ]
    return disclosure.Plan(
        id=dashboard.id,
        minimum=least(dashboard, survey),
        children=survey.audience == "children",
        variables=tuple(variables),
        breakdowns=tuple(breakdowns),
        tables=tuple(tables),
    )


# Answers -------------------------------------------------------------------------------------

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


def header_of(dashboard: Dashboard, wave: Wave, revision: int) -> dict[str, Any]:
    """Give the header of a wave's release, with the plan frozen in it."""
    plan = msgspec.json.encode(dashboard).decode()
    header = Header(wave.survey, wave.wave, revision, wave.sample, plan)
    plain: dict[str, Any] = msgspec.to_builtins(header)
    return plain


def read_header(header: Mapping[str, Any]) -> tuple[Header, Dashboard]:
    """Give a release's header and the plan frozen in it."""
    read = msgspec.convert(dict(header), Header)
    return read, msgspec.json.decode(read.dashboard, type=Dashboard)
