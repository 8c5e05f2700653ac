"""`dashboards/<slug>.yaml` to a publication plan, every complaint with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from stemme.dashboards.files import asking, derived, panels
from stemme.dashboards.model import (
    MINIMUM,
    SENSITIVE_MINIMUM,
    Dashboard,
    Index,
    Panel,
    Themes,
    Total,
)
from stemme.dashboards.rules import categories, least, placed_questions
from stemme.i18n.source import Complaint, Key, Source, read
from stemme.surveys.model import One, Survey


def load_plan(
    path: Path, surveys: Mapping[str, Survey]
) -> tuple[Dashboard | None, list[Complaint]]:
    """Read a plan and hold it against its survey; None when anything is wrong with it."""
    source, complaints = read(path, f"{path.parent.name}/{path.name}")
    if source is None:
        return None, complaints
    complaints = _shape(source)
    plan, whole = (None, []) if complaints else source.convert(Dashboard)
    if plan is None:
        return None, complaints or whole
    if plan.id != path.stem:
        said = f"the id must be the file's name, '{path.stem}'"
        complaints.append(source.complaint(["id"], said))
    survey = surveys.get(plan.survey)
    if survey is None:
        known = ", ".join(sorted(surveys)) or "none"
        said = f"no survey '{plan.survey}' without complaints; there are: {known}"
        complaints.append(source.complaint(["survey"], said))
    else:
        wrong = list(_complaints(source, plan, survey))
        # Who was asked is only told of a plan that is in order by itself.
        wrong = wrong or list(asking.complaints(source, plan, survey))
        complaints += sorted(wrong, key=lambda c: c.line)
    return (None if complaints else plan), complaints


def _shape(source: Source) -> list[Complaint]:
    """Look at each part by itself, so that one mistake does not hide the next."""
    kinds: dict[str, type[Struct]] = {
        "panels": Panel,
        "indices": Index,
        "totals": Total,
        "themes": Themes,
    }
    found: list[Complaint] = []
    for key, kind in kinds.items():
        members = source.data.get(key)
        for index in range(len(members) if isinstance(members, list) else 0):
            found += source.convert(kind, [key, index])[1]
    return found


def _complaints(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    lowest = least(plan, survey)
    if plan.minimum < lowest:
        why = "in a survey of children" if lowest == SENSITIVE_MINIMUM > MINIMUM else "anywhere"
        said = f"the minimum can be raised, never lowered: {lowest} is the lowest {why}"
        yield source.complaint(["minimum"], said)
    yield from _breakdowns(source, plan, survey)
    yield from _groupings(source, plan, survey)
    for index, name in enumerate(plan.crosstabs):
        if name not in plan.breakdowns:
            said = f"'{name}' is not among the breakdowns"
            yield source.complaint(["crosstabs", index], said)
    questions, seen = placed_questions(survey), set[str]()
    for index, panel in enumerate(plan.panels):
        path: list[Key] = ["panels", index]
        if panel.question in seen:
            said = f"the question '{panel.question}' already has a panel"
            yield source.complaint([*path, "question"], said)
        elif panel.question not in questions:
            said = f"the survey has no question '{panel.question}'"
            yield source.complaint([*path, "question"], said)
        else:
            yield from panels.complaints(source, plan, survey, index)
        seen.add(panel.question)
    yield from derived.complaints(source, plan, survey)


def _breakdowns(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    questions = placed_questions(survey)
    for index, name in enumerate(plan.breakdowns):
        path: list[Key] = ["breakdowns", index]
        if name not in questions:
            yield source.complaint(path, f"the survey has no question '{name}'")
        elif not isinstance(questions[name].question, One):
            said = f"'{name}' cannot be a breakdown: only a question with one answer can"
            yield source.complaint(path, said)
        elif questions[name].question.sensitive:
            yield source.complaint(path, f"'{name}' is sensitive, so it cannot be a breakdown")


def _groupings(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    questions = placed_questions(survey)
    for name, groups in plan.groupings.items():
        if name not in plan.breakdowns:
            yield source.complaint(["groupings", name], f"'{name}' is not among the breakdowns")
            continue
        if name not in questions or not isinstance(questions[name].question, One):
            continue  # already said of the breakdown itself
        known, taken = categories(survey, questions[name].question), set[str]()
        values = [group.value for group in groups]
        for index, group in enumerate(groups):
            path: list[Key] = ["groupings", name, index]
            if values.index(group.value) != index:
                yield source.complaint(path, f"the group '{group.value}' is there twice")
            for answer in group.of:
                if answer not in known:
                    yield source.complaint(path, panels.no_answer(name, answer, known))
                elif answer in taken:
                    yield source.complaint(path, f"'{answer}' is in two groups of '{name}'")
                taken.add(answer)
