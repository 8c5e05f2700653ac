"""The numbers that answers stand for: scores of choices, steps of scales, bands, indices."""

from __future__ import annotations

from typing import NamedTuple

from stemme.dashboards.model import Band, Index, Panel
from stemme.dashboards.rules.questions import categories, placed_questions, shown_choices
from stemme.surveys.model import AnyQuestion, Grid, Number, One, Slider, Survey

NONE = -1
"""The code of no answer, and of an answer that is no category: "vet ikke", "vil ikke svare"."""
MOST_VALUES = 21
"""A scale of more steps is too fine for a mean: what people wrote would tell them apart."""
STEP = 5
"""An index is rounded to fives, so that it has no more values than a scale may have."""
INDEX_VALUES = tuple(float(value) for value in range(0, 101, STEP))
UNDER, REACHED = "under", "nadd"
"""The two categories of an index: below `at_least`, and from it on."""


class Counted(NamedTuple):
    """The answers of a question as kept: inner codes are places in `values`, if there are any."""

    categories: tuple[str, ...]
    values: tuple[float, ...] = ()
    bands: tuple[int, ...] = ()


def scores(survey: Survey, question: AnyQuestion) -> list[float]:
    """Give the number each counted answer stands for: a choice's code, a step of a scale.

    Empty where there are none: choices without a code or with the same one, a scale too fine.
    """
    if isinstance(question, One | Grid):
        codes = [choice.code for choice in shown_choices(survey, question)]
        known = [float(code) for code in codes if code is not None]
        return known if 1 < len(known) == len(codes) == len(set(known)) else []
    if isinstance(question, Slider):
        steps = range(question.min, question.max + 1, question.step)
        return [float(step) for step in steps] if 1 < len(steps) <= MOST_VALUES else []
    return []


def has_mean(survey: Survey, panel: Panel, question: AnyQuestion) -> bool:
    """Tell whether a panel shows a mean: where it says so, and for scales unless it says no."""
    if panel.mean is None:
        return isinstance(question, Slider) and bool(scores(survey, question))
    return panel.mean


def band_of(bands: list[Band], value: float) -> int:
    """Give which band a number lies in; NONE if it is in none."""
    inside = (at for at, band in enumerate(bands) if band.from_ <= value <= band.to)
    return next(inside, NONE)


def counted(survey: Survey, panel: Panel, question: AnyQuestion) -> Counted:
    """Give how the answers of a panel's question are kept."""
    answers = tuple(categories(survey, question, panel))
    if not has_mean(survey, panel, question):
        return Counted(answers)
    values = tuple(scores(survey, question))
    if isinstance(question, Slider | Number):
        return Counted(answers, values, tuple(band_of(panel.bands, value) for value in values))
    return Counted(answers, values)


def index_counted(index: Index) -> Counted:
    """Give how an index is kept: in fives from 0 to 100, cut in two at `at_least`."""
    bands = tuple(int(value >= index.at_least) for value in INDEX_VALUES)
    return Counted((UNDER, REACHED), INDEX_VALUES, bands)


def item_question(survey: Survey, item: str) -> One | Grid | Slider | None:
    """Give the question of an index's item, which is a question or a row of a grid."""
    name, _, row = item.partition(".")
    placed = placed_questions(survey).get(name)
    question = placed.question if placed else None
    if isinstance(question, Grid):
        return question if row in {one.value for one in question.rows} else None
    return question if isinstance(question, One | Slider) and not row else None


def index_score(found: list[float | None]) -> float | None:
    """Give an index from 0 to 100 of items from 0 to 1: their mean, if two in three are answered.

    Rounded to `STEP`, halves up. Nothing is standardised: the same answers give the same number in
    every wave.
    """
    known = [value for value in found if value is not None]
    if not found or 3 * len(known) < 2 * len(found):
        return None
    mean = 100 * sum(known) / len(known)
    return STEP * float(int(mean / STEP + 0.5))
