"""What is wrong with a panel of a plan: its answers, bands, groups and mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from stemme.dashboards.model import Band, Dashboard, Panel
from stemme.dashboards.rules import categories, placed_questions
from stemme.dashboards.rules.scores import MOST_VALUES, scores
from stemme.i18n.source import Complaint, Key, Source
from stemme.surveys.model import (
    AnyQuestion,
    Date,
    Grid,
    Many,
    Number,
    One,
    Rank,
    Slider,
    Survey,
    Text,
)


def complaints(source: Source, plan: Dashboard, survey: Survey, index: int) -> Iterator[Complaint]:
    """Give what is wrong with a panel whose question the survey has."""
    panel = plan.panels[index]
    path: list[Key] = ["panels", index]
    question = placed_questions(survey)[panel.question].question
    if isinstance(question, Text):
        said = f"'{panel.question}' is free text, which is never published; 'themes' can name it"
        yield source.complaint([*path, "question"], said)
        return
    if isinstance(question, Date | Rank) or (isinstance(question, Grid) and question.multiple):
        said = f"'{panel.question}' holds dates, an order or several answers a row; a plan cannot"
        yield source.complaint([*path, "question"], f"{said} show those, the archive holds them")
        return
    yield from _bands(source, panel, question, path)
    yield from _mean(source, panel, survey, (question, path))
    yield from _top(source, panel, categories(survey, question, panel), (question, path))
    yield from unknown_breakdowns(source, plan, panel.by, path)
    if panel.question in panel.by:
        said = f"'{panel.question}' cannot be broken down by itself"
        yield source.complaint([*path, "by"], said)


def unknown_breakdowns(
    source: Source, plan: Dashboard, by: list[str], path: list[Key]
) -> Iterator[Complaint]:
    """Give what is wrong with the breakdowns of a part."""
    for name in by:
        if name not in plan.breakdowns:
            yield source.complaint([*path, "by"], f"'{name}' is not among the plan's breakdowns")
    if len(set(by)) < len(by):
        yield source.complaint([*path, "by"], "a breakdown is named twice")


def _mean(
    source: Source, panel: Panel, survey: Survey, place: tuple[AnyQuestion, list[Key]]
) -> Iterator[Complaint]:
    question, path = place
    if not panel.mean or scores(survey, question):
        return
    if isinstance(question, One | Grid):
        said = f"a mean needs a 'code' for every answer of '{panel.question}', each its own"
    elif isinstance(question, Slider):
        said = f"'{panel.question}' has too many steps for a mean: at most {MOST_VALUES}"
    else:
        said = "only scales, and questions with one answer whose choices have codes, have a mean"
    yield source.complaint([*path, "mean"], said)


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
            yield source.complaint([*path, "top"], no_answer(panel.question, answer, known))
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


def _bands(
    source: Source, panel: Panel, question: AnyQuestion, path: list[Key]
) -> Iterator[Complaint]:
    if not isinstance(question, Slider | Number):
        if panel.bands:
            yield source.complaint([*path, "bands"], "only numbers and scales are cut into bands")
        return
    span = Span(question.min, question.max, question.step)
    yield from cut(source, panel.bands, (panel.question, span), path)
    if isinstance(question, Slider):
        yield from _empty(source, panel, question, path)


def _empty(source: Source, panel: Panel, question: Slider, path: list[Key]) -> Iterator[Complaint]:
    """A band between two steps of a scale is one that nobody can be in."""
    steps = range(question.min, question.max + 1, question.step)
    for index, band in enumerate(panel.bands):
        if not any(band.from_ <= step <= band.to for step in steps):
            said = f"the band '{band.value}' holds no step of the scale"
            yield source.complaint([*path, "bands", index], said)


class Span(NamedTuple):
    """The numbers that can be given; None is no limit."""

    min: float | None
    max: float | None
    step: float


def cut(
    source: Source, bands: list[Band], what: tuple[str, Span], path: list[Key]
) -> Iterator[Complaint]:
    """Give what is wrong with how a number is cut into bands: every number belongs to one."""
    name, span = what
    if len(bands) < 2:
        said = f"'{name}' is a number: say in 'bands' how it is cut into a few answers"
        yield source.complaint([*path, "bands"] if bands else path, said)
        return
    previous: float | None = None
    for index, band in enumerate(bands):
        here: list[Key] = [*path, "bands", index]
        if band.value in [one.value for one in bands[:index]]:
            yield source.complaint(here, f"the band '{band.value}' is there twice")
        if band.from_ > band.to:
            yield source.complaint(here, f"the band '{band.value}' ends before it begins")
        if previous is not None and band.from_ <= previous:
            yield source.complaint(here, f"the band '{band.value}' begins inside the one before it")
        elif previous is not None and band.from_ > previous + span.step:
            said = f"numbers between {previous:g} and {band.from_:g} are in no band"
            yield source.complaint(here, said)
        previous = band.to
    yield from _ends(source, bands, span, path)


def _ends(source: Source, bands: list[Band], span: Span, path: list[Key]) -> Iterator[Complaint]:
    first, last = bands[0].from_, bands[-1].to
    if span.min is not None and first > span.min:
        said = f"the first band begins at {first:g}, the question at {span.min:g}"
        yield source.complaint([*path, "bands"], said)
    if span.max is not None and last < span.max:
        said = f"the last band ends at {last:g}, the question at {span.max:g}"
        yield source.complaint([*path, "bands"], said)


def no_answer(question: str, answer: str, known: list[str]) -> str:
    return f"'{question}' has no answer '{answer}' that is shown; one of: {', '.join(known)}"
