"""From a plan and a survey to every number that may be counted, in the words of `disclosure`."""

from __future__ import annotations

from stemme.dashboards.model import Dashboard, Panel
from stemme.dashboards.rules.questions import (
    NO,
    YES,
    categories,
    least,
    placed_questions,
)
from stemme.disclosure import plan as disclosure
from stemme.surveys.model import Grid, Many, Survey


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
