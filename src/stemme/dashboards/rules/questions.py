"""The questions of a survey as a plan sees them: their place, their answers, their minimum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from stemme.dashboards.model import MINIMUM, SENSITIVE_MINIMUM, Dashboard, Panel
from stemme.surveys.model import (
    OTHER,
    AnyQuestion,
    Calc,
    Choice,
    Grid,
    Group,
    Item,
    Many,
    Note,
    One,
    Rank,
    Repeat,
    Survey,
)

YES, NO = "ja", "nei"
"""The two categories of a choice in a question with many answers."""


class Placed(NamedTuple):
    """A question with its place: names from the page down, and the tree ids it hangs on.

    `shown` are the conditions it stands under, its own last.
    """

    question: AnyQuestion
    path: tuple[str, ...]
    about: list[str]
    shown: tuple[str, ...] = ()


def placed_questions(survey: Survey) -> dict[str, Placed]:
    """Give every question by name, in the survey's order; `about` is inherited from its groups."""
    return {found.question.name: found for found in _walk(survey.items, (), [], ())}


def _walk(
    items: list[Any], path: tuple[str, ...], about: list[str], shown: tuple[str, ...]
) -> Iterator[Placed]:
    item: Item
    for item in items:
        place, own = (*path, item.name), item.about or about
        under = (*shown, item.show) if item.show else shown
        if isinstance(item, Group):
            yield from _walk(item.items, place, own, under)
        elif not isinstance(item, Note | Calc | Repeat):
            yield Placed(item, place, own, under)


def choices_of(survey: Survey, question: One | Many | Grid | Rank) -> list[Choice]:
    """Give a question's choices, from its own list or a shared one; the one to write on is last."""
    listed = isinstance(question.choices, str)
    found = survey.lists.get(str(question.choices), []) if listed else list(question.choices)
    choices = [one for one in found if isinstance(one, Choice)]
    if isinstance(question, One | Many) and question.other:
        choices.append(Choice(value=OTHER, label=question.other))
    return choices


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
