"""What is wrong with a plan because of who was asked: numbers that tell what it does not guard."""

from __future__ import annotations

from collections.abc import Iterator

from stemme.dashboards.model import Dashboard
from stemme.dashboards.rules import placed_questions
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
