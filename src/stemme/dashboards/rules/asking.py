"""Who was asked: a survey's conditions as relations between the variables of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from stemme.dashboards.model import Dashboard, Panel
from stemme.dashboards.rules.questions import YES, Placed, choices_of, placed_questions
from stemme.dashboards.rules.scores import band_of
from stemme.disclosure.plan import Asked
from stemme.surveys.expressions.evaluate import holds
from stemme.surveys.expressions.parser import ExpressionWrong, Tree, parse
from stemme.surveys.model import Grid, Many, One, Slider, Survey


class _Answer(NamedTuple):
    """One possible answer: as conditions read it, and its published category, if it has one."""

    read: str | float
    category: str | None


def asked(dashboard: Dashboard, survey: Survey, placed: Placed) -> Asked | None:
    """Give the published categories that everybody had chosen who was asked a question.

    None where the survey asks everybody, and where a condition cannot be told by one variable of
    the plan. The nearest condition that can is taken: a relation may say less than is true, never
    more.
    """
    for condition in reversed(placed.shown):
        try:
            tree = parse(condition)
        except ExpressionWrong:
            continue
        for part in _parts(tree):
            found = _relation(dashboard, survey, part)
            if found is not None:
                return found
    return None


def _parts(tree: Tree) -> Iterator[Tree]:
    """What must hold, each by itself."""
    if isinstance(tree, list) and tree[0] == "and":
        for part in tree[1:]:
            yield from _parts(part)
    else:
        yield tree


def _relation(dashboard: Dashboard, survey: Survey, tree: Tree) -> Asked | None:
    names = set(_read(tree))
    if len(names) != 1:
        return None
    name = names.pop()
    owner, _, _row = name.partition(".")
    placed = placed_questions(survey).get(owner)
    panel = next((one for one in dashboard.panels if one.question == owner), None)
    if placed is None or panel is None:
        return None
    if isinstance(placed.question, Many):
        return _chosen(survey, placed.question, tree)
    found = _satisfying(survey, panel, name, tree)
    if not found or None in found:
        return None
    every = [answer.category for answer in _answers(survey, panel) if answer.category is not None]
    kept = tuple(dict.fromkeys(one for one in every if one in found))
    # Everything that can be answered is no condition that a reader learns anything from.
    return Asked(name, kept) if len(kept) < len(set(every)) else None


def _satisfying(survey: Survey, panel: Panel, name: str, tree: Tree) -> set[str | None]:
    answers = [_Answer("", None), *_answers(survey, panel)]
    return {answer.category for answer in answers if holds(tree, {name: answer.read})}


def _answers(survey: Survey, panel: Panel) -> Iterator[_Answer]:
    question = placed_questions(survey)[panel.question].question
    if isinstance(question, One | Grid):
        for choice in choices_of(survey, question):
            yield _Answer(choice.value, None if choice.missing else choice.value)
    elif isinstance(question, Slider):
        for step in range(question.min, question.max + 1, question.step):
            band = band_of(panel.bands, step)
            yield _Answer(float(step), panel.bands[band].value if band >= 0 else None)
    else:
        # Anything may be written: no list of answers tells who was asked.
        yield _Answer("", None)


def _chosen(survey: Survey, question: Many, tree: Tree) -> Asked | None:
    """`selected(${q}, 'x')`, and nothing else, is the "yes" of a choice."""
    match tree:
        case ["selected", ["ref", str(_)], str(value)]:
            known = {one.value for one in choices_of(survey, question) if not one.missing}
            return Asked(f"{question.name}.{value}", (YES,)) if value in known else None
    return None


def _read(tree: Tree) -> Iterator[str]:
    """The names that a condition reads."""
    if isinstance(tree, list):
        if tree[0] == "ref":
            yield str(tree[1])
        else:
            for part in tree[1:]:
                yield from _read(part)
