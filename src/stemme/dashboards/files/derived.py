"""What is wrong with the indices, totals and themes of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from stemme.dashboards.files.panels import Span, cut, no_answer, unknown_breakdowns
from stemme.dashboards.model import Dashboard, Index, Total
from stemme.dashboards.rules import placed_questions
from stemme.dashboards.rules.scores import STEP, item_question, scores
from stemme.i18n.source import Complaint, Key, Source
from stemme.surveys.model import Number, Survey, Text


def complaints(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    """Give what is wrong with everything that is made of several answers, or of texts."""
    yield from _ids(source, plan, survey)
    for place, index in enumerate(plan.indices):
        yield from _index(source, plan, survey, (index, ["indices", place]))
    for place, total in enumerate(plan.totals):
        yield from _total(source, plan, survey, (total, ["totals", place]))
    yield from _themes(source, plan, survey)


def _ids(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    taken = set(placed_questions(survey))
    made: list[tuple[str, int, str]] = [
        *(("indices", place, one.id) for place, one in enumerate(plan.indices)),
        *(("totals", place, one.id) for place, one in enumerate(plan.totals)),
    ]
    for key, place, id_ in made:
        if id_ in taken:
            said = f"'{id_}' is a question, or stands here before; write another id"
            yield source.complaint([key, place, "id"], said)
        elif not id_.replace("_", "").isalnum():
            said = f"'{id_}': write letters, digits and underscores only"
            yield source.complaint([key, place, "id"], said)
        taken.add(id_)


def _index(
    source: Source, plan: Dashboard, survey: Survey, what: tuple[Index, list[Key]]
) -> Iterator[Complaint]:
    index, path = what
    if len(set(index.of)) < 2 or len(set(index.of)) < len(index.of):
        yield source.complaint([*path, "of"], "an index is made of two items or more, each once")
    for place, item in enumerate(index.of):
        question = item_question(survey, item)
        here: list[Key] = [*path, "of", place]
        if question is None:
            said = f"'{item}' is no scale, question with one answer or row of a grid (grid.row)"
            yield source.complaint(here, said)
        elif not scores(survey, question):
            said = f"'{item}' has no scores: give every answer that counts a 'code' of its own"
            yield source.complaint(here, said)
    for item in index.reversed:
        if item not in index.of:
            said = f"'{item}' is not in 'of'; only what is in an index can be reversed in it"
            yield source.complaint([*path, "reversed"], said)
    if index.at_least not in range(STEP, 101, STEP):
        said = f"'at_least' must be {STEP}, {2 * STEP}, … or 100, the least score that is counted"
        yield source.complaint([*path, "at_least"], said)
    yield from unknown_breakdowns(source, plan, index.by, path)


def _total(
    source: Source, plan: Dashboard, survey: Survey, what: tuple[Total, list[Key]]
) -> Iterator[Complaint]:
    total, path = what
    placed, numbers = placed_questions(survey), list[Number]()
    if len(set(total.of)) < 2 or len(set(total.of)) < len(total.of):
        yield source.complaint([*path, "of"], "a total is made of two numbers or more, each once")
    for place, name in enumerate(total.of):
        question = placed[name].question if name in placed else None
        if isinstance(question, Number):
            numbers.append(question)
        else:
            said = f"'{name}' is no question that is answered with a number"
            yield source.complaint([*path, "of", place], said)
    if numbers and len(numbers) == len(total.of):
        span = Span(
            _sum([one.min for one in numbers]),
            _sum([one.max for one in numbers]),
            min(one.step for one in numbers),
        )
        yield from cut(source, total.bands, (total.id, span), path)
    known = [band.value for band in total.bands]
    for answer in total.top:
        if answer not in known:
            yield source.complaint([*path, "top"], no_answer(total.id, answer, known))
    if total.by and not total.top:
        said = "groups show one share: name the bands it counts in 'top'"
        yield source.complaint([*path, "by"], said)
    if total.top and not total.top_label:
        said = "'top' needs a 'top_label': what the share is called"
        yield source.complaint([*path, "top"], said)
    if known and set(known) <= set(total.top):
        said = "'top' holds every band, so its share is always 100"
        yield source.complaint([*path, "top"], said)
    yield from unknown_breakdowns(source, plan, total.by, path)


def _sum(limits: list[float | None]) -> float | None:
    """The limit of a sum; none where one of the numbers has none."""
    known = [limit for limit in limits if limit is not None]
    return sum(known) if len(known) == len(limits) else None


def _themes(source: Source, plan: Dashboard, survey: Survey) -> Iterator[Complaint]:
    placed, seen = placed_questions(survey), set[str]()
    for place, themes in enumerate(plan.themes):
        path: list[Key] = ["themes", place]
        question = placed[themes.question].question if themes.question in placed else None
        if question is None:
            said = f"the survey has no question '{themes.question}'"
            yield source.complaint([*path, "question"], said)
        elif not isinstance(question, Text):
            said = f"'{themes.question}' is not free text: it has answers, write a panel"
            yield source.complaint([*path, "question"], said)
        if themes.question in seen:
            said = f"the themes of '{themes.question}' are there already"
            yield source.complaint([*path, "question"], said)
        if themes.names:
            said = "themes are named in the codebook, not here: leave out 'names'"
            yield source.complaint([*path, "names"], said)
        yield from unknown_breakdowns(source, plan, themes.by, path)
        seen.add(themes.question)
