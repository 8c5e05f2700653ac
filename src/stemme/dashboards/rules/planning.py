"""From a plan and a survey to every number that may be counted, in the words of `disclosure`."""

from __future__ import annotations

from collections.abc import Iterator

from stemme.dashboards.model import SENSITIVE_MINIMUM, Dashboard, Index, Panel, Themes, Total
from stemme.dashboards.rules.asking import asked
from stemme.dashboards.rules.questions import (
    NO,
    YES,
    Placed,
    categories,
    least,
    placed_questions,
    shown_choices,
)
from stemme.dashboards.rules.scores import counted, has_mean, index_counted, item_question
from stemme.disclosure import plan as disclosure
from stemme.surveys.model import Grid, Many, Survey

Part = Panel | Index | Total | Themes
"""What a plan is made of; each part is one or several variables."""


def parts_of(dashboard: Dashboard) -> list[Part]:
    """Give all parts of a plan, in the order that their variables have in a release."""
    return [*dashboard.panels, *dashboard.indices, *dashboard.totals, *dashboard.themes]


def read_by(part: Part) -> list[str]:
    """Give the questions whose answers a part is made of."""
    if isinstance(part, Panel | Themes):
        return [part.question]
    return list(dict.fromkeys(item.partition(".")[0] for item in part.of))


def variables_of(dashboard: Dashboard, survey: Survey, part: Part) -> list[disclosure.Variable]:
    """Give what is counted for a part: a grid has one variable a row, `many` one a choice."""
    match part:
        case Panel():
            return list(_panel(dashboard, survey, part))
        case Index():
            return [_index(dashboard, survey, part)]
        case Total():
            return [_total(dashboard, survey, part)]
        case Themes():
            return list(_themes(dashboard, survey, part))


def _panel(dashboard: Dashboard, survey: Survey, panel: Panel) -> Iterator[disclosure.Variable]:
    placed = placed_questions(survey)[panel.question]
    question = placed.question
    if isinstance(question, Many):
        yield from _choices(dashboard, survey, placed, question)
        return
    kept = counted(survey, panel, question)
    rows = question.rows if isinstance(question, Grid) else [None]
    for row in rows:
        yield disclosure.Variable(
            id=question.name if row is None else f"{question.name}.{row.value}",
            categories=kept.categories,
            top=tuple(panel.top),
            minimum=least(dashboard, survey, question),
            sensitive=question.sensitive,
            values=kept.values,
            bands=kept.bands,
            mean=has_mean(survey, panel, question),
            asked=asked(dashboard, survey, placed),
        )


def _choices(
    dashboard: Dashboard, survey: Survey, placed: Placed, question: Many
) -> Iterator[disclosure.Variable]:
    """Each choice by itself; who refused or did not know is among none of them."""
    for choice in shown_choices(survey, question):
        yield disclosure.Variable(
            id=f"{question.name}.{choice.value}",
            categories=(YES, NO),
            top=(YES,),
            minimum=least(dashboard, survey, question),
            sensitive=question.sensitive,
            question=question.name,
            exclusive=choice.exclusive,
            most=question.max or 0,
            least=question.min if question.min > 1 else 0,
            asked=asked(dashboard, survey, placed),
        )


def _index(dashboard: Dashboard, survey: Survey, index: Index) -> disclosure.Variable:
    """An index is as careful as the most sensitive of its items."""
    items = [question for item in index.of if (question := item_question(survey, item))]
    kept = index_counted(index)
    return disclosure.Variable(
        id=index.id,
        categories=kept.categories,
        top=kept.categories[1:],
        minimum=max((least(dashboard, survey, one) for one in items), default=None),
        sensitive=any(one.sensitive for one in items),
        values=kept.values,
        bands=kept.bands,
        mean=True,
        asked=_asked_all(dashboard, survey, index.of),
        of=tuple(index.of),
    )


def _total(dashboard: Dashboard, survey: Survey, total: Total) -> disclosure.Variable:
    placed = placed_questions(survey)
    items = [placed[name].question for name in total.of]
    return disclosure.Variable(
        id=total.id,
        categories=tuple(band.value for band in total.bands),
        top=tuple(total.top),
        minimum=max((least(dashboard, survey, one) for one in items), default=None),
        sensitive=any(one.sensitive for one in items),
        asked=_asked_all(dashboard, survey, total.of),
        of=tuple(total.of),
    )


def _asked_all(dashboard: Dashboard, survey: Survey, items: list[str]) -> disclosure.Asked | None:
    """Give who was asked, where all items were asked of the same: nobody else has their sum."""
    placed = placed_questions(survey)
    names = dict.fromkeys(item.partition(".")[0] for item in items)
    found = {asked(dashboard, survey, placed[name]) for name in names}
    return found.pop() if len(found) == 1 else None


def _themes(dashboard: Dashboard, survey: Survey, themes: Themes) -> Iterator[disclosure.Variable]:
    """What somebody wrote is as sensitive as anything; a text may have none of the themes."""
    asked_ = asked(dashboard, survey, placed_questions(survey)[themes.question])
    for theme in themes.names:
        yield disclosure.Variable(
            id=f"{themes.question}.{theme}",
            categories=(YES, NO),
            top=(YES,),
            minimum=max(dashboard.minimum, SENSITIVE_MINIMUM),
            sensitive=True,
            question=themes.question,
            open_choices=True,
            asked=asked_,
        )


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
    for part in parts_of(dashboard):
        own = variables_of(dashboard, survey, part)
        variables += own
        tables += [disclosure.Table(variable=v.id, by=tuple(part.by)) for v in own]
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
