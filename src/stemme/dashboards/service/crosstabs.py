"""Cross-tabs for analysts: one answer by up to two groups, in counts that carry cell-key noise.

`analyst` is a connection of the `analyst` role, `session` the token of an analyst's session. The
database counts, adds the noise and hides; what comes here may be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import asyncpg
from msgspec import Struct

from stemme.dashboards import rules, store
from stemme.dashboards.service import story
from stemme.dashboards.service.reading import Results
from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.surveys.model import Grid, Many, Text

MOST_GROUPS = 2
SHORTEST_REASON = 10
LONGEST_REASON = 300


class BudgetSpent(StemmeError):
    """The analyst, or all of them together, have asked for as many tables as there may be."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = _(
        "Du har brukt opp tabellene for denne runden. De du har laget, kan du se så ofte du vil."
    )


class QuestionSplit(StemmeError):
    """So many tables of this question exist that one more would average the noise away."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = _(
        "Det er laget så mange tabeller av dette spørsmålet som er trygt. "
        "Velg en av dem, eller et annet spørsmål."
    )


class ReasonNeeded(StemmeError):
    """A table is asked for with a reason, for the log."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = _("Skriv hva du skal bruke tabellen til, med minst ti tegn.")


class NotPlanned(StemmeError):
    """The plan does not list the question, or a group; or the same thing stands on both sides."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = _("Velg et spørsmål, og grupper som er noe annet enn spørsmålet.")


class Query(NamedTuple):
    """A table: which answer, by which groups. Turned round it is the same table."""

    variable: str
    by: tuple[str, ...]


class Choice(Struct, frozen=True):
    """Something that may be chosen, with words."""

    id: str
    label: str


class Question(Struct, frozen=True):
    """A question with the variables that may be counted: itself, its rows or its choices."""

    label: str
    variables: tuple[Choice, ...]


class Budget(NamedTuple):
    """How many different tables an analyst may ask for of a wave, and how many are left."""

    all: int
    left: int


class Cell(NamedTuple):
    """A count with noise, and its share of the row's changed base; None is hidden."""

    people: int | None
    percent: int | None


class Row(Struct, frozen=True):
    """One group, or one in another: its labels, its changed size and its cells."""

    labels: tuple[str, ...]
    base: int | None
    cells: tuple[Cell, ...]


class Crosstab(Struct, frozen=True):
    """A table as it may be shown and kept."""

    query: Query
    question: str
    part: str
    groups: tuple[str, ...]
    answers: tuple[str, ...]
    rows: tuple[Row, ...]
    sample: bool

    @property
    def hidden(self) -> bool:
        """Whether anything is hidden, so that the page says why."""
        return any(cell.people is None for row in self.rows for cell in row.cells)


class Offer:
    """What a release lets an analyst choose, in one language."""

    def __init__(self, results: Results, lang: str) -> None:
        self.results = results
        self.words = story.Words(results, lang)
        self._placed = rules.placed_questions(results.version.definition)
        self._planned = {one.id: one for one in results.release.plan.variables}
        self.groups = [
            Choice(name, self.words.label(self._placed[name]))
            for name in results.dashboard.crosstabs
        ]

    @property
    def questions(self) -> list[Question]:
        """Every planned question that was asked as it is shown; never one of free text."""
        asked: dict[str, list[Choice]] = {}
        for id_ in self._planned:
            name = id_.partition(".")[0]
            if name in self._placed and not isinstance(self._placed[name].question, Text):
                asked.setdefault(name, []).append(Choice(id_, self.part(id_)))
        return [
            Question(self.words.label(self._placed[name]), tuple(found))
            for name, found in asked.items()
        ]

    def knows(self, asked: Query) -> bool:
        """Whether the question and the groups are in the plan that is released now."""
        groups = {group.id for group in self.groups}
        return asked.variable in self._planned and set(asked.by) <= groups

    def question(self, variable: str) -> str:
        """Give the question that a variable is of; raises `NotPlanned`."""
        placed = self._placed.get(variable.partition(".")[0])
        if placed is None or variable not in self._planned:
            raise NotPlanned
        return self.words.label(placed)

    def part(self, variable: str) -> str:
        """Give the row of a grid or the choice that a variable is; else nothing."""
        name, _dot, part = variable.partition(".")
        placed = self._placed[name]
        if isinstance(placed.question, Grid):
            labels = {row.value: row.label for row in placed.question.rows}
            return self.words.asked(labels.get(part, part), *placed.path, "rows", part, "label")
        if isinstance(placed.question, Many):
            return self._answers(name).get(part, part)
        return ""

    def answers(self, variable: str) -> list[str]:
        """Give the labels of a variable's answers; of one choice among many, its own alone."""
        name, _dot, part = variable.partition(".")
        labels = self._answers(name)
        if isinstance(self._placed[name].question, Many):
            return [labels.get(part, part)]
        return [labels.get(one, one) for one in self._planned[variable].categories]

    def labels(self, group: str) -> list[str]:
        """Give the groups of a breakdown in their order."""
        labels = self.words.groups(self._placed[group])
        return [labels.get(one, one) for one in self.results.release.plan.breakdown(group).groups]

    def _answers(self, name: str) -> dict[str, str]:
        panels = {panel.question: panel for panel in self.results.dashboard.panels}
        return self.words.answers(self._placed[name], panels[name])


def query(variable: str, by: Sequence[str]) -> Query:
    """Give a table as it is known: groups each once and in one order."""
    return Query(variable, tuple(sorted({one for one in by if one})))


async def fetch_budget(analyst: asyncpg.Connection, session: str, results: Results) -> Budget:
    """Give how many tables there may be, and how many are left."""
    return Budget(*await store.fetch_crosstab_budget(analyst, session, *results.key[:2]))


async def list_asked(analyst: asyncpg.Connection, session: str, results: Results) -> list[Query]:
    """Give the tables that the analyst has asked for, the newest first; they cost no more."""
    found = await store.list_crosstabs(analyst, session, *results.key[:2])
    return [Query(variable, tuple(by)) for variable, by in found]


async def request(
    analyst: asyncpg.Connection, session: str, offer: Offer, asked: Query, reason: str
) -> None:
    """Write down who asks for a table and why; in a transaction of its own.

    Raises `ReasonNeeded`, `NotPlanned`, `BudgetSpent`, `QuestionSplit`.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonNeeded
    offer.question(asked.variable)
    if len(asked.by) > MOST_GROUPS:
        raise NotPlanned
    place = offer.results.key[:2]
    said = await store.request_crosstab(
        analyst, session, place, asked, reason.strip()[:LONGEST_REASON]
    )
    refusals = {"unplanned": NotPlanned, "spent": BudgetSpent, "split": QuestionSplit}
    if said in refusals:
        raise refusals[said]


async def fetch(analyst: asyncpg.Connection, session: str, offer: Offer, asked: Query) -> Crosstab:
    """Give a table that was asked for before; raises `NotFound`."""
    try:
        cells = await store.fetch_crosstab(analyst, session, offer.results.key[:2], asked)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError) as error:
        raise NotFound from error
    answers = offer.answers(asked.variable)
    labels = [offer.labels(group) for group in asked.by]
    rows = []
    for places in sorted({cell[:2] for cell in cells}):
        own = {answer: people for *place, answer, people in cells if tuple(place) == places}
        base = own[-1]
        found = tuple(_cell(own[at], base) for at in range(len(answers)))
        names = tuple(known[place] for known, place in zip(labels, places, strict=False))
        rows.append(Row(names, base, found))
    return Crosstab(
        query=asked,
        question=offer.question(asked.variable),
        part=offer.part(asked.variable),
        groups=tuple(one.label for name in asked.by for one in offer.groups if one.id == name),
        answers=tuple(answers),
        rows=tuple(rows),
        sample=offer.results.sample,
    )


def _cell(people: int | None, base: int | None) -> Cell:
    """The share is of changed numbers alone; noise may take it past the whole, where it stops."""
    if people is None or not base:
        return Cell(people, None)
    return Cell(people, min(100, round(100 * people / base)))
