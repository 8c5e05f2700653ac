"""`dashboards/<slug>.yaml` to a publication plan, every complaint with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from stemme.dashboards.model import MINIMUM, SENSITIVE_MINIMUM, Dashboard, Panel
from stemme.dashboards.rules import categories, least, placed_questions
from stemme.i18n.source import Complaint, Key, Source, read
from stemme.surveys.model import Grid, Many, Number, One, Slider, Survey, Text

PROGRAMME = "programme.yaml"


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
        complaints += sorted(_complaints(source, plan, survey), key=lambda c: c.line)
    return (None if complaints else plan), complaints


def _shape(source: Source) -> list[Complaint]:
    """Look at each panel by itself, so that one mistake does not hide the next."""
    panels = source.data.get("panels")
    if not isinstance(panels, list):
        return []
    found: list[Complaint] = []
    for index in range(len(panels)):
        found += source.convert(Panel, ["panels", index])[1]
    return found


def _complaints(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    lowest = least(plan, survey)
    if plan.minimum < lowest:
        why = "in a survey of children" if lowest == SENSITIVE_MINIMUM > MINIMUM else "anywhere"
        said = f"the minimum can be raised, never lowered: {lowest} is the lowest {why}"
        yield source.complaint(["minimum"], said)
    yield from _breakdowns(source, plan, survey)
    yield from _groupings(source, plan, survey)
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
            yield from _panel(source, plan, survey, index)
        seen.add(panel.question)


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
                    yield source.complaint(path, _no_answer(name, answer, known))
                elif answer in taken:
                    yield source.complaint(path, f"'{answer}' is in two groups of '{name}'")
                taken.add(answer)


def _panel(source: Source, plan: Dashboard, survey: Survey, index: int) -> Iterator[Complaint]:
    panel = plan.panels[index]
    path: list[Key] = ["panels", index]
    question = placed_questions(survey)[panel.question].question
    if isinstance(question, Text):
        said = f"'{panel.question}' is free text, which is never published"
        yield source.complaint([*path, "question"], said)
        return
    yield from _bands(source, panel, question, path)
    yield from _top(source, panel, categories(survey, question, panel), (question, path))
    for name in panel.by:
        if name not in plan.breakdowns:
            yield source.complaint([*path, "by"], f"'{name}' is not among the plan's breakdowns")
        elif name == panel.question:
            yield source.complaint([*path, "by"], f"'{name}' cannot be broken down by itself")


def _top(
    source: Source, panel: Panel, known: list[str], place: tuple[object, list[Key]]
) -> Iterator[Complaint]:
    question, path = place
    if isinstance(question, Many):
        if panel.top:
            said = "each choice of a question with many answers is shown by itself: leave out 'top'"
            yield source.complaint([*path, "top"], said)
        return
    for answer in panel.top:
        if answer not in known:
            yield source.complaint([*path, "top"], _no_answer(panel.question, answer, known))
    if panel.by and not panel.top:
        said = "groups show one share: name the answers it counts in 'top'"
        yield source.complaint([*path, "by"], said)
    if isinstance(question, Grid) and not panel.top:
        yield source.complaint(path, "a grid is read by one share a row: name its answers in 'top'")
    if known and set(known) <= set(panel.top):
        yield source.complaint(
            [*path, "top"], "'top' holds every answer, so its share is always 100"
        )
    if panel.top and not panel.top_label:
        yield source.complaint(
            [*path, "top"], "'top' needs a 'top_label': what the share is called"
        )


def _bands(source: Source, panel: Panel, question: object, path: list[Key]) -> Iterator[Complaint]:
    if not isinstance(question, Slider | Number):
        if panel.bands:
            yield source.complaint([*path, "bands"], "only numbers and scales are cut into bands")
        return
    if not panel.bands:
        said = f"'{panel.question}' is a number: say in 'bands' how it is cut into a few answers"
        yield source.complaint(path, said)
        return
    previous: float | None = None
    for index, band in enumerate(panel.bands):
        here: list[Key] = [*path, "bands", index]
        if band.from_ > band.to:
            yield source.complaint(here, f"the band '{band.value}' ends before it begins")
        if previous is not None and band.from_ <= previous:
            yield source.complaint(here, f"the band '{band.value}' begins inside the one before it")
        elif previous is not None and band.from_ > previous + question.step:
            said = f"numbers between {previous:g} and {band.from_:g} are in no band"
            yield source.complaint(here, said)
        previous = band.to
    yield from _ends(source, panel, question, path)


def _ends(
    source: Source, panel: Panel, question: Slider | Number, path: list[Key]
) -> Iterator[Complaint]:
    first, last = panel.bands[0].from_, panel.bands[-1].to
    if question.min is not None and first > question.min:
        said = f"the first band begins at {first:g}, the question at {question.min:g}"
        yield source.complaint([*path, "bands"], said)
    if question.max is not None and last < question.max:
        said = f"the last band ends at {last:g}, the question at {question.max:g}"
        yield source.complaint([*path, "bands"], said)


def _no_answer(question: str, answer: str, known: list[str]) -> str:
    return f"'{question}' has no answer '{answer}' that is shown; one of: {', '.join(known)}"
