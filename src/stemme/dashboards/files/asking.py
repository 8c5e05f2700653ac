"""What is wrong with a plan because of who was asked: numbers that tell what it does not guard."""

from __future__ import annotations

from collections.abc import Iterator

from stemme.dashboards.model import Dashboard
from stemme.dashboards.rules import categories, groups_of, placed_questions
from stemme.dashboards.rules.asking import untold
from stemme.i18n.source import Complaint, Key, Source
from stemme.surveys.model import Survey


def complaints(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    """Give what is wrong, once a question, where it first stands in the plan."""
    placed, seen = placed_questions(survey), set[str]()
    for name, path in _read(plan):
        if name in placed and name not in seen:
            seen.add(name)
            if said := untold(plan, survey, placed[name]):
                yield source.complaint(path, said)
    for at, name in enumerate(plan.breakdowns):
        if said := _uncounted(plan, survey, name):
            yield source.complaint(["breakdowns", at], said)


def _uncounted(plan: Dashboard, survey: Survey, name: str) -> str:
    """Give why those whom a breakdown leaves out would be counted; or nothing.

    They are who answered a question without those of all groups.
    """
    placed = placed_questions(survey)
    question = placed[name].question
    if placed[name].shown:
        return f"'{name}' is asked only of some; whoever adds up its groups counts the others"
    shown = any(panel.question == name for panel in plan.panels)
    grouped = {answer for of in groups_of(plan, survey, name).values() for answer in of}
    left = [answer for answer in categories(survey, question) if answer not in grouped]
    must = any(
        placed[panel.question].question.required and name in panel.by for panel in plan.panels
    )
    if shown and left and must and question.required:
        return (
            f"the groups of '{name}' leave out '{left[0]}', which its panel shows: as all must"
            " answer, whoever adds up the groups counts them; give it a group, or leave out the"
            " panel"
        )
    return ""


def _read(plan: Dashboard) -> Iterator[tuple[str, list[Key]]]:
    """Every question that the plan reads, and where it says so."""
    for at, panel in enumerate(plan.panels):
        yield panel.question, ["panels", at, "question"]
    made = [
        *(("indices", at, one.of) for at, one in enumerate(plan.indices)),
        *(("totals", at, one.of) for at, one in enumerate(plan.totals)),
    ]
    for key, at, items in made:
        for place, item in enumerate(items):
            yield item.partition(".")[0], [key, at, "of", place]
    for at, themes in enumerate(plan.themes):
        yield themes.question, ["themes", at, "question"]
